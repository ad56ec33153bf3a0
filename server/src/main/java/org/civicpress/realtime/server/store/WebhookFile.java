package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the webhooks still have to send, and what they gave up, in a SQLite file of its own: write-ahead log, fsync at
/// every commit, one [OwnerLock] beside it. Times are milliseconds since the epoch.
///
/// A line of `events` is one event for one target. Lines are sent in the order of `seq`; one that is *aside* has been
/// refused several times, waits for its own time, and holds up nobody. One with `dead_at` is a dead letter.
///
/// Everything throws [UnavailableException] when the file cannot be read or written. Confined to one thread.
public final class WebhookFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookFile.class);
    private static final int VERSION = 1;
    private static final String SCHEMA = """
            CREATE TABLE targets (
              id              INTEGER PRIMARY KEY,
              hash            TEXT    NOT NULL UNIQUE,     -- of the URL, which may hold a secret and is not kept
              shown           TEXT    NOT NULL,            -- what of the URL may be seen
              failures        INTEGER NOT NULL DEFAULT 0,  -- since it last took something
              failing_since   INTEGER,                     -- NULL: it does not fail
              last_try        INTEGER,
              not_before      INTEGER NOT NULL DEFAULT 0,  -- when it may be tried again
              last_error      TEXT,
              last_error_at   INTEGER,
              last_success_at INTEGER
            ) STRICT;
            CREATE TABLE events (
              seq        INTEGER PRIMARY KEY AUTOINCREMENT,
              target     INTEGER NOT NULL REFERENCES targets (id),
              id         TEXT    NOT NULL,                 -- of the message, the same for all targets
              name       TEXT    NOT NULL,
              body       TEXT    NOT NULL,
              since      INTEGER NOT NULL,                 -- when it came, or was taken from the dead letters
              tries      INTEGER NOT NULL DEFAULT 0,       -- that failed
              refusals   INTEGER NOT NULL DEFAULT 0,       -- of these, those that were about this event
              aside      INTEGER NOT NULL DEFAULT 0,
              not_before INTEGER NOT NULL DEFAULT 0,       -- when it may be tried again, when it is aside
              error      TEXT,
              dead_at    INTEGER
            ) STRICT;
            CREATE INDEX events_in_line ON events (target, seq) WHERE dead_at IS NULL AND aside = 0;
            CREATE INDEX events_aside ON events (target, not_before) WHERE dead_at IS NULL AND aside = 1;
            CREATE INDEX events_dead ON events (dead_at) WHERE dead_at IS NOT NULL;
            """;
    private static final String LINE = "SELECT seq, id, name, body, tries, refusals, aside FROM events ";

    private final Path path;
    private final Connection connection;
    private final Optional<OwnerLock> lock;

    /// A target as it is kept. Immutable.
    ///
    /// @param failures in a row
    public record Target(
            long id,
            String shown,
            int failures,
            OptionalLong failingSince,
            OptionalLong lastTry,
            long notBefore,
            Optional<String> lastError,
            OptionalLong lastErrorAt,
            OptionalLong lastSuccessAt,
            long waiting) {}

    /// An event that waits for one target. Immutable.
    ///
    /// @param tries that failed
    /// @param refusals of these, those that were about this event
    public record Line(long seq, String id, String name, String body, int tries, int refusals, boolean isAside) {}

    /// An event that was given up. Immutable.
    ///
    /// @param target as it may be seen
    public record Dead(long seq, String target, String name, String body, int tries, String error, long diedAt) {}

    private WebhookFile(Path path, Connection connection, Optional<OwnerLock> lock) {
        this.path = path;
        this.connection = connection;
        this.lock = lock;
    }

    /// Makes or opens the file.
    ///
    /// @throws JournalException with one line for the operator
    public static WebhookFile open(Path path) {
        OwnerLock lock = OwnerLock.take(path);
        try {
            Connection connection = SqliteFile.connect(path, true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                statement.execute("PRAGMA foreign_keys = ON");
                statement.execute("PRAGMA journal_size_limit = 16777216");
                if (requireKnown(statement, path) == 0) {
                    statement.execute("BEGIN IMMEDIATE");
                    statement.executeUpdate(SCHEMA);
                    statement.execute("PRAGMA user_version = " + VERSION);
                    statement.execute("COMMIT");
                }
                return new WebhookFile(path, connection, Optional.of(lock));
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            close(lock);
            throw new JournalException(path + ": " + SqliteFile.explained(e), e);
        } catch (RuntimeException e) {
            close(lock);
            throw e;
        }
    }

    /// Opens the file to be looked at, also beside the server that writes it.
    ///
    /// @return empty when there is none
    /// @throws JournalException with one line for the operator
    public static Optional<WebhookFile> look(Path path) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            Connection connection = SqliteFile.readOnly(path);
            try (Statement statement = connection.createStatement()) {
                if (requireKnown(statement, path) == 0) {
                    connection.close();
                    return Optional.empty();
                }
                return Optional.of(new WebhookFile(path, connection, Optional.empty()));
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException(path + ": " + SqliteFile.explained(e), e);
        }
    }

    private static int requireKnown(Statement statement, Path path) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            int version = result.getInt(1);
            if (version > VERSION) {
                throw new JournalException(path + ": written by a newer version of this server. Start that version.");
            }
            return version;
        }
    }

    private static void close(OwnerLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("closing the webhooks' file", e);
        }
    }

    /// Does all of the work, or nothing of it; it is on the disk when this returns.
    public void inTransaction(Runnable work) {
        update("BEGIN IMMEDIATE");
        boolean isDone = false;
        try {
            work.run();
            update("COMMIT");
            isDone = true;
        } finally {
            if (!isDone) {
                rollBack();
            }
        }
    }

    private void rollBack() {
        try {
            update("ROLLBACK");
        } catch (UnavailableException e) {
            LOG.debug("nothing to roll back", e); // SQLite has done it by itself
        }
    }

    /// The number of a target, which is the same for the same hash.
    ///
    /// @param shown what of its URL may be seen
    public long register(String hash, String shown) {
        update(
                "INSERT INTO targets (hash, shown) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET shown = excluded.shown",
                hash,
                shown);
        return number("SELECT id FROM targets WHERE hash = ?", hash);
    }

    public List<Target> targets() {
        return rows("""
                SELECT id, shown, failures, failing_since, last_try, not_before, last_error, last_error_at,
                  last_success_at, (SELECT count(*) FROM events WHERE target = targets.id AND dead_at IS NULL)
                FROM targets ORDER BY id""", WebhookFile::target);
    }

    /// Of one target, without the number of those waiting, which is 0.
    public Target target(long id) {
        return rows("""
                SELECT id, shown, failures, failing_since, last_try, not_before, last_error, last_error_at,
                  last_success_at, 0
                FROM targets WHERE id = ?""", WebhookFile::target, id).getFirst();
    }

    private static Target target(ResultSet row) throws SQLException {
        return new Target(
                row.getLong(1),
                row.getString(2),
                row.getInt(3),
                optional(row, 4),
                optional(row, 5),
                row.getLong(6),
                Optional.ofNullable(row.getString(7)),
                optional(row, 8),
                optional(row, 9),
                row.getLong(10));
    }

    private static OptionalLong optional(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /// Puts an event behind the others of a target.
    public void add(long target, String id, String name, String body, long now) {
        update(
                "INSERT INTO events (target, id, name, body, since) VALUES (?, ?, ?, ?, ?)",
                target,
                id,
                name,
                body,
                now);
    }

    /// The one of a target whose turn it is.
    public Optional<Line> first(long target) {
        return rows(
                        LINE + "WHERE target = ? AND dead_at IS NULL AND aside = 0 ORDER BY seq LIMIT 1",
                        WebhookFile::line,
                        target)
                .stream()
                .findFirst();
    }

    /// The one of those aside whose time has come first.
    public Optional<Line> firstAside(long target, long now) {
        return rows(
                        LINE + "WHERE target = ? AND dead_at IS NULL AND aside = 1 AND not_before <= ?"
                                + " ORDER BY not_before LIMIT 1",
                        WebhookFile::line,
                        target,
                        now)
                .stream()
                .findFirst();
    }

    /// When the first of those aside may be tried again.
    public OptionalLong asideUntil(long target) {
        return rows(
                        "SELECT min(not_before) FROM events WHERE target = ? AND dead_at IS NULL AND aside = 1",
                        row -> optional(row, 1),
                        target)
                .getFirst();
    }

    private static Line line(ResultSet row) throws SQLException {
        return new Line(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getInt(6),
                row.getBoolean(7));
    }

    public Optional<Line> line(long seq) {
        return rows(LINE + "WHERE seq = ?", WebhookFile::line, seq).stream().findFirst();
    }

    /// It was delivered.
    public void remove(long seq) {
        update("DELETE FROM events WHERE seq = ?", seq);
    }

    /// A try failed.
    public void failed(long seq, int tries, int refusals, boolean isAside, long notBefore, String error) {
        update(
                "UPDATE events SET tries = ?, refusals = ?, aside = ?, not_before = ?, error = ? WHERE seq = ?",
                tries,
                refusals,
                isAside,
                notBefore,
                error,
                seq);
    }

    /// It is given up.
    public void bury(long seq, String error, long now) {
        update("UPDATE events SET dead_at = ?, error = ? WHERE seq = ? AND dead_at IS NULL", now, error, seq);
    }

    /// Gives up what waits for a target since then or longer.
    ///
    /// @return how many
    public int buryOlder(long target, long since, String error, long now) {
        return update(
                "UPDATE events SET dead_at = ?, error = ? WHERE target = ? AND dead_at IS NULL AND since <= ?",
                now,
                error,
                target,
                since);
    }

    /// Gives up the oldest of all when there are more than so many.
    ///
    /// @return how many
    public int buryAbove(int most, String error, long now) {
        long tooMany = number("SELECT count(*) FROM events WHERE dead_at IS NULL") - most;
        return tooMany <= 0
                ? 0
                : update(
                        "UPDATE events SET dead_at = ?, error = ? WHERE seq IN"
                                + " (SELECT seq FROM events WHERE dead_at IS NULL ORDER BY seq LIMIT ?)",
                        now,
                        error,
                        tooMany);
    }

    /// Forgets dead letters of that time and before, and the oldest of more than so many.
    public void forget(long diedAt, int most) {
        update("DELETE FROM events WHERE dead_at <= ?", diedAt);
        update(
                "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE dead_at IS NOT NULL"
                        + " ORDER BY dead_at DESC, seq DESC LIMIT -1 OFFSET ?)",
                most);
    }

    public long deadCount() {
        return number("SELECT count(*) FROM events WHERE dead_at IS NOT NULL");
    }

    /// The newest first.
    public List<Dead> dead(int most) {
        return rows("""
                SELECT seq, shown, name, body, tries, error, dead_at FROM events JOIN targets ON target = targets.id
                WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, seq DESC LIMIT ?""", WebhookFile::dead, most);
    }

    private static Dead dead(ResultSet row) throws SQLException {
        return new Dead(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                row.getLong(7));
    }

    /// The target of a dead letter; empty: there is none of this number.
    public OptionalLong targetOfDead(long seq) {
        return rows("SELECT target FROM events WHERE seq = ? AND dead_at IS NOT NULL", row -> row.getLong(1), seq)
                .stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /// Lets a dead letter wait again, as if it had come now, in its old place.
    public void revive(long seq, long now) {
        update("""
                UPDATE events SET dead_at = NULL, since = ?, tries = 0, refusals = 0, aside = 0, not_before = 0,
                  error = NULL
                WHERE seq = ?""", now, seq);
    }

    /// A target took something, or answered that it is gone.
    public void succeeded(long target, long now) {
        update(
                "UPDATE targets SET failures = 0, failing_since = NULL, last_try = ?, not_before = 0,"
                        + " last_success_at = ? WHERE id = ?",
                now,
                now,
                target);
    }

    /// What is known of a target that did not take something.
    public void failing(long target, int failures, long failingSince, long notBefore, String error, long now) {
        update(
                "UPDATE targets SET failures = ?, failing_since = ?, last_try = ?, not_before = ?, last_error = ?,"
                        + " last_error_at = ? WHERE id = ?",
                failures,
                failingSince,
                now,
                notBefore,
                error,
                now,
                target);
    }

    /// Something was not taken, but the target is not to blame.
    public void noteError(long target, String error, long now) {
        update("UPDATE targets SET last_error = ?, last_error_at = ? WHERE id = ?", error, now, target);
    }

    /// May be tried at once, whatever it did before.
    public void forgive(long target) {
        update("UPDATE targets SET not_before = 0 WHERE id = ?", target);
    }

    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> rows(String sql, Row<T> form, @Nullable Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            List<T> found = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    found.add(form.of(result));
                }
            }
            return found;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private long number(String sql, @Nullable Object... values) {
        return rows(sql, row -> row.getLong(1), values).getFirst();
    }

    private int update(String sql, @Nullable Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private UnavailableException unavailable(SQLException e) {
        return new UnavailableException(path.getFileName() + ": " + SqliteFile.explained(e), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("closing the webhooks' file", e);
        }
        lock.ifPresent(WebhookFile::close);
    }
}
