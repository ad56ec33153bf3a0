package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// The journal's database file: how connections to it are opened, and whether it is still the file that was
/// opened. SQLite itself goes on writing happily to a file that was deleted; what it commits then is not durable.
/// Immutable.
final class SqliteFile {
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private final Path path;
    private final Object identity;

    private SqliteFile(Path path, Object identity) {
        this.path = path;
        this.identity = identity;
    }

    /// Creates or opens the file and brings its schema up to date.
    ///
    /// @throws JournalException with one line for the operator
    static SqliteFile open(Path path) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            try (Connection connection = connect(path, true)) {
                prepare(connection);
                Migrations.apply(connection, path.toString());
                probe(connection);
            }
            return new SqliteFile(path, identity(path));
        } catch (SQLException e) {
            throw new JournalException(path + ": " + explain(e), e);
        } catch (IOException e) {
            throw new JournalException(
                    path + ": cannot be created (" + e.getMessage() + "). Make the directory writable for this user.",
                    e);
        }
    }

    Path path() {
        return path;
    }

    /// For the one writer. Never creates the file: one that is gone must not be replaced by an empty one.
    Connection writer() throws SQLException {
        requireSameFile();
        Connection connection = connect(path, false);
        try {
            prepare(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Connection reader() throws SQLException {
        return readOnly(path);
    }

    /// A connection that cannot change anything, to any SQLite file.
    static Connection readOnly(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config.createConnection("jdbc:sqlite:" + path);
    }

    /// @throws SQLException when the path no longer leads to the file that was opened at start
    void requireSameFile() throws SQLException {
        try {
            if (!identity(path).equals(identity)) {
                throw new SQLException(path.getFileName() + " was replaced by another file while in use");
            }
        } catch (IOException e) {
            throw new SQLException(path.getFileName() + " is gone: it was moved or deleted while in use", e);
        }
    }

    /// What an operator can do about it, in half a line.
    static String explain(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return String.valueOf(e.getMessage());
        }
        return switch (primary(sqlite)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT ->
                "not a readable database (" + sqlite.getResultCode().name()
                        + "). Restore a backup, or move it away with its -wal and -shm files to start without what it held.";
            case SQLITE_FULL -> "the disk is full. Free some space.";
            case SQLITE_BUSY, SQLITE_LOCKED -> "locked by another process. Stop what else has it open.";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH -> "cannot be written. Make it writable for this user.";
            case SQLITE_CANTOPEN -> "cannot be opened. Check that it is a file this user may read and write.";
            case SQLITE_IOERR ->
                "the disk does not answer (" + sqlite.getResultCode().name() + "). Check the disk.";
            default -> sqlite.getResultCode().name() + ": " + sqlite.getMessage();
        };
    }

    /// The code without the detail that SQLite keeps in its upper bits.
    static SQLiteErrorCode primary(SQLiteException e) {
        return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff);
    }

    private static Connection connect(Path path, boolean create) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setGetGeneratedKeys(false); // the driver would ask for them, by a query of its own, after every insert
        if (!create) {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
        }
        return config.createConnection("jdbc:sqlite:" + path);
    }

    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL"); // has an effect on a new file only
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA foreign_keys = ON");
            statement.execute("PRAGMA journal_size_limit = 67108864");
        }
    }

    /// Touches the root of every table, so that a damaged file is noticed now and not at the first join.
    private static void probe(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : new String[] {"rooms", "generations", "base_states", "entries", "damaged_entries"}) {
                try (ResultSet row = statement.executeQuery("SELECT 1 FROM " + table + " LIMIT 1")) {
                    row.next();
                }
            }
        }
    }

    private static Object identity(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key != null ? key : attributes.creationTime();
    }
}
