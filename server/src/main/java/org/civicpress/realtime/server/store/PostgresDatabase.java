package org.civicpress.realtime.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;

/// The journal in a PostgreSQL database: one connection for the writer, a small pool for those who read. Shared.
///
/// ## One server writes
///
/// The writer's session holds an advisory lock, which PostgreSQL drops when the session ends, however it ends. But a
/// session may end without its server: the network breaks, PostgreSQL is started again. Whoever gets the lock next
/// may not be the same, and what a server knows of its rooms is worth nothing once another has written them. So there
/// is a note of who took the database last (`journal_owner`), changed only under the lock. Every transaction writes its
/// number into it: a server that finds somebody else there never writes again, and one that was not told whether its
/// transaction was committed finds its number there, or not.
///
/// A session that is cut off on its way may live on in PostgreSQL, and with it the lock and a transaction in whatever
/// state. The next session of the same server ends it before it waits for the lock.
///
/// ## What is durable
///
/// `synchronous_commit` is on in every transaction, whatever the database says; that `fsync` is on is asked at the
/// start.
final class PostgresDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
    private static final int READERS = 2;
    private static final int OLDEST_VERSION = 13;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String PREFIX = "jdbc:postgresql:";
    private static final String SETTING = "journal.database in realtime.yml (or CIVIC_REALTIME_JOURNAL)";
    private static final String EXAMPLE = "jdbc:postgresql://HOST/DATABASE?user=USER&password=PASSWORD";

    /// One for every schema that a journal may be in; advisory locks are the database's own already.
    private static final String LOCK = "hashtextextended('civic-realtime journal in ' || current_schema(), 0)";

    static final String READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    static final Migrations MIGRATIONS = new Migrations(
            "postgresql",
            "BEGIN",
            "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'",
            "CREATE TABLE IF NOT EXISTS schema_version"
                    + " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");

    /// The driver's own log repeats what is thrown.
    private static final java.util.logging.Logger DRIVER_LOG = java.util.logging.Logger.getLogger("org.postgresql");

    static {
        DRIVER_LOG.setLevel(Level.OFF);
    }

    private final PGSimpleDataSource source;
    private final HikariDataSource readers;
    private final String token;
    private Session session;
    private long batch; // the transaction that was begun last

    /// Locked and ours, until the writer asks for it.
    private @Nullable Connection first;

    private volatile boolean isTaken;

    /// One session of the writer's, as PostgreSQL counts them.
    private record Session(int process, String start) {}

    /// Another server has taken the database.
    private static final class TakenException extends SQLException {
        private static final long serialVersionUID = 1;

        TakenException() {
            super(
                    "another server has taken it over and writes it now. Stop one of the two, then start the other again.");
        }
    }

    private PostgresDatabase(
            PGSimpleDataSource source, Duration patience, String token, Session session, Connection first) {
        this.source = source;
        this.token = token;
        this.session = session;
        this.first = first;
        HikariConfig config = new HikariConfig();
        config.setPoolName("journal-readers");
        config.setDataSource(source);
        config.setMaximumPoolSize(READERS);
        config.setConnectionTimeout(patience.toMillis());
        config.setValidationTimeout(2_000);
        config.setInitializationFailTimeout(-1); // a start does not wait for them
        config.setConnectionInitSql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
        readers = new HikariDataSource(config);
    }

    /// Takes the database and brings its schema up to date.
    ///
    /// @param url `jdbc:postgresql:…`
    /// @throws JournalException with one line for the operator, without the password
    static PostgresDatabase open(String url) {
        return open(url, PATIENCE);
    }

    /// @param patience how long another session may take to let go of the lock, and a load may wait for a connection
    static PostgresDatabase open(String url, Duration patience) {
        PGSimpleDataSource source = source(url);
        String name = name(source);
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        try {
            Connection connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                check(statement, connection.getMetaData().getDatabaseMajorVersion(), name);
                prepare(statement, patience);
                lock(statement, name);
                MIGRATIONS.apply(connection, name);
                take(statement, token);
                return new PostgresDatabase(source, patience, token, session(statement), connection);
            } catch (SQLException | RuntimeException e) {
                close(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException(name + ": " + explained(e), e);
        }
    }

    /// Of a database, for the operator.
    ///
    /// @throws JournalException when that is no URL of one
    static String name(String url) {
        return name(source(url));
    }

    private static String name(PGSimpleDataSource source) {
        return "PostgreSQL at " + source.getServerNames()[0] + ":" + source.getPortNumbers()[0] + "/"
                + source.getDatabaseName() + ", " + SETTING;
    }

    /// A connection that cannot change anything, beside the server that has the database.
    static Connection readOnly(String url) throws SQLException {
        Connection connection = source(url).getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET client_min_messages = warning; SET default_transaction_read_only = on");
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    /// Where the connections come from, with limits on how long anything may take.
    private static PGSimpleDataSource source(String url) {
        if (!url.startsWith(PREFIX)) {
            throw new JournalException(
                    SETTING + " must be a URL such as " + EXAMPLE + ". Leave it out to keep the journal in a file.");
        }
        String host = url.substring(PREFIX.length()).replaceFirst("\\?.*", "");
        if (host.contains("@")) {
            throw new JournalException(SETTING + ": user and password stand behind a question mark, as in " + EXAMPLE);
        }
        Properties given = Driver.parseURL(url, new Properties());
        if (given == null) {
            throw new JournalException(SETTING + " is not a URL that can be read. Write it as " + EXAMPLE);
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
            unlessGiven(source, given, PGProperty.APPLICATION_NAME, "civic-realtime");
            unlessGiven(source, given, PGProperty.CONNECT_TIMEOUT, "5");
            unlessGiven(source, given, PGProperty.LOGIN_TIMEOUT, "10");
            unlessGiven(source, given, PGProperty.SOCKET_TIMEOUT, "20");
            unlessGiven(source, given, PGProperty.CANCEL_SIGNAL_TIMEOUT, "5");
            unlessGiven(source, given, PGProperty.TCP_KEEP_ALIVE, "true");
            unlessGiven(source, given, PGProperty.REWRITE_BATCHED_INSERTS, "true");
        } catch (SQLException | IllegalArgumentException e) {
            throw new JournalException(
                    SETTING + " has a value behind the question mark that cannot be used. Correct it.");
        }
        return source;
    }

    private static void unlessGiven(PGSimpleDataSource source, Properties given, PGProperty property, String value)
            throws SQLException {
        if (!property.isPresent(given)) {
            source.setProperty(property, value);
        }
    }

    /// What a journal cannot do without.
    private static void check(Statement statement, int version, String name) throws SQLException {
        String problem = null;
        if (version < OLDEST_VERSION) {
            problem = "version " + version + " is too old. Use " + OLDEST_VERSION + " or newer.";
        } else if (!one(statement, "SHOW server_encoding").equals("UTF8")) {
            problem = "the database is not in UTF-8. Create it with ENCODING 'UTF8'.";
        } else if (!one(statement, "SHOW fsync").equals("on")) {
            problem = "fsync is off, so a crash can destroy what was saved. Turn it on in postgresql.conf.";
        } else if (one(statement, "SELECT coalesce(current_schema(), '')").isEmpty()) {
            problem = "the schema that currentSchema or search_path name is not there. Create it: CREATE SCHEMA NAME;";
        }
        if (problem != null) {
            throw new JournalException(name + ": " + problem);
        }
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /// A lost peer is noticed at either end within half a minute, so that a lock outlives its server by no more.
    private static void prepare(Statement statement, Duration patience) throws SQLException {
        statement.execute("SET client_min_messages = warning; SET synchronous_commit = on; SET lock_timeout = "
                + patience.toMillis()
                + "; SET idle_in_transaction_session_timeout = '60s'; SET tcp_keepalives_idle = 10;"
                + " SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '25s'");
    }

    /// The session of a server that was killed a moment ago may still be on its way out, so this waits a little.
    private static void lock(Statement statement, String name) throws SQLException {
        try {
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
        } catch (SQLException e) {
            if (!"55P03".equals(e.getSQLState())) {
                throw e;
            }
            throw new JournalException(
                    name + ": in use by another server" + owner(statement)
                            + ". Stop that one first, or give this one another database.",
                    e);
        }
    }

    private static String owner(Statement statement) throws SQLException {
        try (ResultSet owner = statement.executeQuery("SELECT server FROM journal_owner")) {
            return owner.next() ? " (" + owner.getString(1) + ")" : "";
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).equals("42P01")) {
                return ""; // it is just making the tables
            }
            throw e;
        }
    }

    private static void take(Statement statement, String token) throws SQLException {
        statement.execute(
                "BEGIN; DELETE FROM journal_owner; INSERT INTO journal_owner (token, server, since, batch) VALUES ('"
                        + token
                        + "', 'process " + ProcessHandle.current().pid()
                        + "' || coalesce(' at ' || host(inet_client_addr()), ''),"
                        + " CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT), 0); COMMIT");
    }

    private static Session session(Statement statement) throws SQLException {
        try (ResultSet own = statement.executeQuery(
                "SELECT pid, CAST(backend_start AS TEXT) FROM pg_stat_activity WHERE pid = pg_backend_pid()")) {
            own.next();
            return new Session(own.getInt(1), own.getString(2));
        }
    }

    @Override
    public Connection writer() throws SQLException {
        Connection ready = first;
        if (ready != null) {
            first = null;
            return ready;
        }
        requireOurs();
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            prepare(statement, PATIENCE);
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " + session.process()
                    + " AND CAST(backend_start AS TEXT) = '" + session.start() + "'");
            requireStillOurs(statement); // or it would wait for a lock that another server keeps
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            requireStillOurs(statement);
            session = session(statement);
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection, e);
            throw e;
        }
    }

    @Override
    public void begin(Statement writing) throws SQLException {
        batch++;
        writing.execute("BEGIN; SET LOCAL synchronous_commit = on; UPDATE journal_owner SET batch = " + batch
                + " WHERE token = '" + token + "' RETURNING token");
        writing.getMoreResults();
        writing.getMoreResults();
        try (ResultSet owner = writing.getResultSet()) {
            requireOurs(owner);
        }
    }

    @Override
    public boolean isCommitted(Statement writing) throws SQLException {
        try (ResultSet last = writing.executeQuery("SELECT batch FROM journal_owner")) {
            return last.next() && last.getLong(1) == batch;
        }
    }

    private void requireStillOurs(Statement statement) throws SQLException {
        try (ResultSet owner = statement.executeQuery("SELECT token FROM journal_owner")) {
            requireOurs(owner);
        }
    }

    private void requireOurs(@Nullable ResultSet owner) throws SQLException {
        if (owner == null || !owner.next() || !token.equals(owner.getString(1))) {
            isTaken = true;
        }
        requireOurs();
    }

    private void requireOurs() throws SQLException {
        if (isTaken) {
            throw new TakenException();
        }
    }

    @Override
    public void rollback(Statement writing) throws SQLException {
        writing.execute("ROLLBACK"); // without a transaction: a warning
    }

    /// A commit is answered when it is flushed, by the session that holds the lock: there is nothing to add.
    @Override
    public void verify() {}

    /// PostgreSQL does so itself.
    @Override
    public void returnFreeSpace(Statement writing) {}

    /// PostgreSQL does that by itself.
    @Override
    public void checkpoint(Statement writing, boolean isLast) {}

    @Override
    public <T> T read(Reading<T> reading) throws SQLException {
        requireOurs();
        try (Connection connection = readers.getConnection()) {
            return reading.from(new JournalReader(connection, READ));
        }
    }

    @Override
    public Optional<String> damage() {
        return Optional.empty();
    }

    @Override
    public Failure failure(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
            return Failure.OF_THE_WORK;
        }
        return switch (state) {
            case "40001", "40P01", "53100", "53200", "55P03", "57014" -> Failure.PASSING;
            default -> Failure.OF_THE_CONNECTION;
        };
    }

    @Override
    public String explain(SQLException e) {
        return explained(e);
    }

    static String explained(SQLException e) {
        return switch (e) {
            case TakenException taken -> String.valueOf(taken.getMessage());
            case SQLiteException ofCivicPress -> SqliteFile.explained(ofCivicPress);
            default -> explainedByState(rootOf(e));
        };
    }

    private static String explainedByState(SQLException e) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            case "08001" -> "PostgreSQL cannot be reached. Start it, or correct host and port.";
            case "08003", "08006", "08007" -> "the connection to PostgreSQL was lost. Check that it runs and answers.";
            case "08004", "28000", "28P01" -> "PostgreSQL lets nobody in (" + said + "). Correct user and password.";
            case "3D000" -> "there is no such database. Create it: CREATE DATABASE NAME ENCODING 'UTF8';";
            case "42501" -> "this user may not do that (" + said + "). Grant it, or let the user own the schema.";
            case "42P07" ->
                "tables of another program are in the way (" + said
                        + "). Give the journal a database or a schema (currentSchema=NAME) of its own.";
            case "42P01" -> "a table of the journal is gone (" + said + "). Restore a backup.";
            case "22023" -> "a value behind the question mark of the URL cannot be used. Correct it.";
            case "25006" -> "PostgreSQL only reads (a standby, or set so). Name the server that writes.";
            case "53100" -> "the disk of PostgreSQL is full. Free some space.";
            case "53300" -> "PostgreSQL has no connection left. Raise max_connections, or end what uses them.";
            case "55P03" -> "another session of PostgreSQL holds a lock. End it.";
            case "57P01", "57P02", "57P03" -> "PostgreSQL is stopping or starting. Wait for it, or start it.";
            default -> "PostgreSQL says " + state + ": " + said;
        };
    }

    /// What the pool wraps.
    private static SQLException rootOf(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException of) {
                return of;
            }
        }
        return e;
    }

    @Override
    public void close() {
        readers.close();
        Connection unused = first;
        first = null;
        if (unused != null) {
            try {
                unused.close();
            } catch (SQLException e) {
                LOG.debug("closing the journal's connection", e);
            }
        }
    }

    private static void close(Connection connection, Exception why) {
        try {
            connection.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }
}
