package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// The journal in a SQLite file of its own: write-ahead log, fsync at every commit, one [OwnerLock] beside it.
/// Whether it is still the file that was opened is looked at again and again: SQLite itself goes on writing happily to
/// a file that was deleted, and what it commits then is not durable. Shared.
///
/// ## The log
///
/// SQLite would copy the log into the file in the middle of some commit; here that is done between commits, and the
/// next
/// one begins the log again. While somebody reads what is only in the log it cannot begin again and grows; when it has
/// become large the writer waits a moment for the readers, and again whenever it has become twice as large.
///
/// When an fsync fails, Linux forgets what was to be written, goes on showing it, and calls the next fsync a success.
/// So
/// after a failure the log is written again, byte by byte, and synced, before anybody is told that a commit in it is
/// durable, and before any of it is copied into the file.
final class SqliteFile implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteFile.class);
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;
    private static final int FREE_PAGES_WORTH_RETURNING = 2_048;
    private static final int PAGES_WORTH_A_CHECKPOINT = 1_000;
    private static final int INCREMENTAL = 2;
    private static final int STEPS_BETWEEN_LOOKS = 1_000_000;
    private static final int LARGE_LOG = 4_096; // pages
    private static final int READERS_PATIENCE_MILLIS = 200;

    static final String READ = "BEGIN";

    static final Migrations MIGRATIONS = new Migrations(
            "sqlite",
            "BEGIN IMMEDIATE",
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'",
            "CREATE TABLE IF NOT EXISTS schema_version"
                    + " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)");

    private final Path path;
    private final Object identity;
    private final OwnerLock lock;
    private final ConcurrentLinkedQueue<JournalReader> idle = new ConcurrentLinkedQueue<>();
    private int tooLargeLog = LARGE_LOG; // of the writer's thread

    private SqliteFile(Path path, Object identity, OwnerLock lock) {
        this.path = path;
        this.identity = identity;
        this.lock = lock;
    }

    /// Creates or opens the file and brings its schema up to date.
    ///
    /// @throws JournalException with one line for the operator
    static SqliteFile open(Path path) {
        OwnerLock lock = OwnerLock.take(path);
        try {
            return open(path, lock);
        } catch (RuntimeException e) {
            try {
                lock.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static SqliteFile open(Path path, OwnerLock lock) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            writeLogAgain(path);
            try (Connection connection = connect(path, true)) {
                prepare(connection);
                MIGRATIONS.apply(connection, path.toString());
                probe(connection);
                try (Statement statement = connection.createStatement()) {
                    emptyLog(statement);
                }
            }
            return new SqliteFile(path, identity(path), lock);
        } catch (SQLException e) {
            throw new JournalException(path + ": " + explained(e), e);
        } catch (IOException e) {
            throw new JournalException(
                    path + ": cannot be created (" + e.getMessage() + "). Make the directory writable for this user.",
                    e);
        }
    }

    /// Never creates the file: one that is gone must not be replaced by an empty one.
    @Override
    public Connection writer() throws SQLException {
        verify();
        writeLogAgain(path);
        Connection connection = connect(path, false);
        try (Statement statement = connection.createStatement()) {
            prepare(connection);
            statement.execute("PRAGMA wal_autocheckpoint = 0");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void writeLogAgain(Path path) throws SQLException {
        Path log = path.resolveSibling(path.getFileName() + "-wal");
        if (!Files.exists(log)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
            for (long position = 0; channel.read(bytes, position) > 0; bytes.clear()) {
                bytes.flip();
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes, position);
                }
            }
            channel.force(true);
        } catch (IOException e) {
            throw new SQLException(log.getFileName() + " cannot be written again (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void begin(Statement writing) throws SQLException {
        writing.execute("BEGIN IMMEDIATE");
    }

    /// Nothing in the file says which transaction was the last: that would be another page in each of them.
    @Override
    public boolean isCommitted(Statement writing) {
        return false;
    }

    /// Some failures end the transaction by themselves; rolling back again would be an error of its own.
    @Override
    public void rollback(Statement writing) throws SQLException {
        try {
            writing.execute("ROLLBACK");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                throw e;
            }
        }
    }

    @Override
    public void returnFreeSpace(Statement writing) throws SQLException {
        try (ResultSet free = writing.executeQuery("PRAGMA freelist_count")) {
            if (free.getLong(1) <= FREE_PAGES_WORTH_RETURNING) {
                return;
            }
        }
        writing.execute("PRAGMA incremental_vacuum(256)");
    }

    @Override
    public void checkpoint(Statement writing, boolean isLast) throws SQLException {
        if (isLast) {
            emptyLog(writing);
            return;
        }
        int pages;
        try (ResultSet log = writing.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
            pages = log.getInt(2);
            if (pages - log.getInt(3) < PAGES_WORTH_A_CHECKPOINT) {
                return;
            }
        }
        writing.execute("PRAGMA wal_checkpoint(PASSIVE)");
        if (pages < tooLargeLog) {
            tooLargeLog = pages < LARGE_LOG ? LARGE_LOG : tooLargeLog;
            return;
        }
        writing.execute("PRAGMA busy_timeout = " + READERS_PATIENCE_MILLIS);
        tooLargeLog = emptyLog(writing) ? LARGE_LOG : 2 * pages;
        writing.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
    }

    /// @return false when somebody reads it
    private static boolean emptyLog(Statement writing) throws SQLException {
        try (ResultSet result = writing.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
            return result.getInt(1) == 0;
        }
    }

    @Override
    public <T> T read(Reading<T> reading) throws SQLException {
        JournalReader reader = idle.poll();
        if (reader == null) {
            reader = new JournalReader(readOnly(path), READ);
        }
        T found;
        try {
            found = reading.from(reader);
        } catch (SQLException | RuntimeException e) {
            reader.close();
            throw e;
        }
        idle.add(reader);
        return found;
    }

    /// A connection that cannot change anything, to any SQLite file.
    static Connection readOnly(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config.createConnection("jdbc:sqlite:" + path);
    }

    /// The path has to lead to the file that was opened at start.
    @Override
    public void verify() throws SQLException {
        try {
            if (!identity(path).equals(identity)) {
                throw new SQLException(path.getFileName() + " was replaced by another file while in use");
            }
        } catch (IOException e) {
            throw new SQLException(path.getFileName() + " is gone: it was moved or deleted while in use", e);
        }
    }

    @Override
    public Optional<String> damage() {
        try (Connection connection = readOnly(path)) {
            return damage(connection, Progress.UNSEEN);
        } catch (SQLException e) {
            return Optional.of(explained(e));
        }
    }

    static Optional<String> damage(Connection connection, Progress progress) {
        long[] looks = {0};
        try {
            watch(connection, () -> progress.at("million steps of checking the file done", ++looks[0], 0));
        } catch (SQLException e) {
            return Optional.of(explained(e));
        }
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String first = found.next() ? found.getString(1) : "no answer";
            return first.equals("ok") ? Optional.empty() : Optional.of(first.replaceAll("\\s*\\R\\s*", " "));
        } catch (SQLException e) {
            return Optional.of(explained(e));
        }
    }

    @Override
    public Failure failure(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return Failure.OF_THE_CONNECTION;
        }
        return switch (primary(sqlite)) {
            case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE -> Failure.OF_THE_WORK;
            case SQLITE_FULL, SQLITE_BUSY -> Failure.PASSING;
            default -> Failure.OF_THE_CONNECTION;
        };
    }

    @Override
    public String explain(SQLException e) {
        return explained(e);
    }

    @Override
    public void close() {
        try {
            for (JournalReader reader = idle.poll(); reader != null; reader = idle.poll()) {
                reader.close();
            }
            lock.close();
        } catch (SQLException | IOException e) {
            LOG.warn("closing the journal", e);
        }
    }

    /// Has something done now and then during long statements of a connection.
    static void watch(Connection connection, Runnable look) throws SQLException {
        ProgressHandler.setHandler(connection, STEPS_BETWEEN_LOOKS, new ProgressHandler() {
            @Override
            protected int progress() {
                look.run();
                return 0; // go on
            }
        });
    }

    /// Whether the file is not one, or no more one, that can be read.
    static boolean isUnreadable(@Nullable Throwable e) {
        return e instanceof SQLiteException sqlite
                && (primary(sqlite) == SQLiteErrorCode.SQLITE_NOTADB
                        || primary(sqlite) == SQLiteErrorCode.SQLITE_CORRUPT);
    }

    static String explained(SQLException e) {
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
    private static SQLiteErrorCode primary(SQLiteException e) {
        return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff);
    }

    static Connection connect(Path path, boolean create) throws SQLException {
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
            try (ResultSet mode = statement.executeQuery("PRAGMA auto_vacuum")) {
                if (mode.getInt(1) != INCREMENTAL) {
                    statement.execute("PRAGMA auto_vacuum = INCREMENTAL"); // has an effect on a new file only
                }
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA foreign_keys = ON");
            statement.execute("PRAGMA journal_size_limit = 16777216");
        }
    }

    /// Touches the root of every table, so that a damaged file is noticed now and not at the first join.
    private static void probe(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table :
                    new String[] {"rooms", "generations", "base_states", "entries", "damaged_entries", "proposals"}) {
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
