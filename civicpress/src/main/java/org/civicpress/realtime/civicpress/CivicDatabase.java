package org.civicpress.realtime.civicpress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/// The installation's `civic.db`. CivicPress's own process has it open too and writes at any time, so a write here
/// is one short transaction, begun as a writer and tried again while somebody else holds the lock.
///
/// Shared: any platform thread. A virtual thread is refused: SQLite's native calls would hold up the thread that
/// carries it.
public final class CivicDatabase implements AutoCloseable {
    /// What is done with a connection that is lent for the time of the call.
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    private static final int MAX_CONNECTIONS = 4;
    private static final int BUSY_TIMEOUT_MILLIS = 5000;
    private static final int ATTEMPTS = 4;

    private final Path file;
    private final Semaphore permits = new Semaphore(MAX_CONNECTIONS, true);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    /// Our own writers wait here and not in SQLite, where waiting is a sleep.
    private final ReentrantLock writing = new ReentrantLock(true);

    private volatile boolean closed;

    private CivicDatabase(Path file) {
        this.file = file;
    }

    /// Opens a database that is there and has CivicPress's tables.
    static CivicDatabase open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InstallationException("the database " + file + " is missing: restore it from a backup, "
                    + "or correct the key database.sqlite.file in .civicrc");
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw new InstallationException(
                    "the database " + file + " cannot be opened for reading and writing: change its owner or its mode");
        }
        var database = new CivicDatabase(file);
        try {
            database.lend(connection -> {
                requireTables(connection, file);
                return null;
            });
        } catch (SQLException e) {
            throw new InstallationException(
                    "cannot read the database " + file + " (" + e.getMessage() + "): restore it from a backup", e);
        }
        return database;
    }

    /// Makes the file with CivicPress's tables.
    static CivicDatabase create(Path file, String schema) throws SQLException {
        try (var connection = connect(file, SQLiteOpenMode.CREATE);
                var statement = connection.createStatement()) {
            statement.executeUpdate(schema);
        }
        return open(file);
    }

    private static void requireTables(Connection connection, Path file) throws SQLException {
        var needed = java.util.List.of(
                "SELECT id, username, role, email, name, avatar_url, email_verified FROM users",
                "SELECT token_hash, user_id, expires_at, created_at FROM sessions",
                "SELECT " + Records.COLUMNS + " FROM records",
                "SELECT " + Drafts.COLUMNS + " FROM record_drafts");
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA schema_version"); // reads the file: the first to notice that it is none
            for (String query : needed) {
                try {
                    statement.executeQuery(query + " LIMIT 0").close();
                } catch (SQLException e) {
                    if (isBroken(e)) {
                        throw e;
                    }
                    throw new InstallationException(
                            "the database " + file + " is not one of CivicPress 0.3 (" + e.getMessage()
                                    + "): start CivicPress on it once, or correct the key database.sqlite.file in .civicrc",
                            e);
                }
            }
        }
    }

    /// Runs one query, or several that need not agree with each other.
    public <T extends @Nullable Object> T read(Work<T> work) {
        try {
            return lend(work);
        } catch (SQLException e) {
            throw new DatabaseException(file.getFileName() + ": " + e.getMessage(), e);
        }
    }

    /// Runs the work in one transaction, from the start with the write lock. It is run again when another process
    /// kept the lock, so it must do nothing but SQL.
    public <T extends @Nullable Object> T write(Work<T> work) {
        requirePlatformThread(); // before it waits for the lock
        writing.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    return lend(connection -> transaction(connection, work));
                } catch (SQLException e) {
                    if (!isBusy(e) || attempt == ATTEMPTS) {
                        throw new DatabaseException(file.getFileName() + ": " + e.getMessage(), e);
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(25L << attempt));
                }
            }
        } finally {
            writing.unlock();
        }
    }

    private static <T extends @Nullable Object> T transaction(Connection connection, Work<T> work) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            boolean committed = false;
            try {
                T result = work.on(connection);
                statement.execute("COMMIT");
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    rollBack(connection);
                }
            }
        }
    }

    private static void rollBack(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself after some errors; the first one is what the caller should hear of.
        }
    }

    private <T extends @Nullable Object> T lend(Work<T> work) throws SQLException {
        requirePlatformThread();
        permits.acquireUninterruptibly();
        try {
            if (closed) {
                throw new IllegalStateException("the installation is closed");
            }
            Connection connection = idle.pollFirst();
            if (connection == null) {
                connection = connect(file, SQLiteOpenMode.READWRITE);
            }
            boolean reusable = false;
            try {
                T result = work.on(connection);
                reusable = true;
                return result;
            } catch (SQLException e) {
                reusable = isBusy(e);
                throw e;
            } finally {
                if (reusable) {
                    idle.addFirst(connection);
                } else {
                    connection.close();
                }
            }
        } finally {
            permits.release();
        }
    }

    private static Connection connect(Path file, SQLiteOpenMode mode) throws SQLException {
        var config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setOpenMode(mode);
        config.setOpenMode(SQLiteOpenMode.READWRITE);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.enforceForeignKeys(true);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    private static boolean isBusy(SQLException e) {
        return e instanceof SQLiteException sqlite
                && ((sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code
                        || (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_LOCKED.code);
    }

    /// Is it the file and not the question?
    private static boolean isBroken(SQLException e) {
        return e instanceof SQLiteException sqlite
                && (sqlite.getResultCode().code & 0xff) != SQLiteErrorCode.SQLITE_ERROR.code;
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("SQLite was called from the virtual thread " + Thread.currentThread());
        }
    }

    /// Tells, for next to nothing, whether the file was written to, by this process or another. Begins with what was
    /// written until now.
    public Changes changes() {
        return new Changes(file);
    }

    /// A connection that only looks at SQLite's `data_version`, which is another one after every commit of somebody
    /// else. Confined to one platform thread.
    public static final class Changes implements AutoCloseable {
        private final Path file;
        private @Nullable Connection connection;
        private long seen;

        private Changes(Path file) {
            this.file = file;
        }

        /// Whether the file was written to since this was last asked; true when that cannot be known, as for the first
        /// time, and after trouble.
        ///
        /// @throws DatabaseException when the file cannot be read now
        public boolean happened() {
            requirePlatformThread();
            try {
                Connection open = connection;
                boolean isNew = open == null;
                if (open == null) {
                    connection = open = connect(file, SQLiteOpenMode.READWRITE);
                }
                try (var statement = open.createStatement();
                        var row = statement.executeQuery("PRAGMA data_version")) {
                    row.next();
                    long version = row.getLong(1);
                    boolean changed = isNew || version != seen;
                    seen = version;
                    return changed;
                }
            } catch (SQLException e) {
                close();
                throw new DatabaseException(file.getFileName() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            Connection open = connection;
            connection = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException e) {
                    // It has written nothing.
                }
            }
        }
    }

    /// Waits for what is under way, then closes every connection.
    @Override
    public void close() {
        permits.acquireUninterruptibly(MAX_CONNECTIONS);
        try {
            closed = true;
            for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    // Everything was committed; the process or the next opening cleans up.
                }
            }
        } finally {
            permits.release(MAX_CONNECTIONS);
        }
    }
}
