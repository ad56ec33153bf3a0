package org.civicpress.realtime.server.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.civicpress.realtime.server.room.RoomId;

/// Where a test keeps a journal, and a way to its tables that the journal does not know of.
///
/// @param url of the database that the journal is in
/// @param left what a predecessor has left in it
record JournalPlace(Path directory, String url, Map<RoomId, Predecessor.Left> left) {
    JournalPlace(Path directory, String url) {
        this(directory, url, new ConcurrentHashMap<>());
    }

    /// The databases that a journal may be in.
    enum Kind {
        SQLITE,
        POSTGRESQL;

        /// A place with nothing in it.
        JournalPlace in(Path directory) {
            return switch (this) {
                case SQLITE -> file(directory);
                case POSTGRESQL ->
                    new JournalPlace(directory, RealPostgres.shared().newSchema());
            };
        }
    }

    static JournalPlace file(Path directory) {
        return new JournalPlace(directory, "jdbc:sqlite:" + directory.resolve("realtime.db") + "?busy_timeout=180000");
    }

    Kind kind() {
        return url.startsWith("jdbc:sqlite:") ? Kind.SQLITE : Kind.POSTGRESQL;
    }

    /// The file; of SQLite alone.
    Path file() {
        return directory.resolve("realtime.db");
    }

    /// Waits for whoever had it before to let go of it: PostgreSQL needs a moment to notice a kill.
    Database database() {
        return database(Duration.ofMinutes(1));
    }

    private Database database(Duration patience) {
        return switch (kind()) {
            case SQLITE -> SqliteFile.open(file());
            case POSTGRESQL -> PostgresDatabase.open(url, patience);
        };
    }

    /// As a command looks at it, whoever has it.
    JournalView view() {
        return switch (kind()) {
            case SQLITE -> JournalView.open(file());
            case POSTGRESQL -> JournalView.open(url);
        };
    }

    JournalBackup.Made backup(Path to) {
        return switch (kind()) {
            case SQLITE -> JournalBackup.of(file(), to, Progress.UNSEEN);
            case POSTGRESQL -> JournalBackup.of(url, to, Progress.UNSEEN);
        };
    }

    SqlJournal open() {
        return open(database());
    }

    /// While somebody else has it, who does not let go.
    SqlJournal openInVain() {
        return open(database(Duration.ofMillis(500)));
    }

    SqlJournal open(Database database) {
        return new SqlJournal(
                database, room -> Optional.ofNullable(left.get(room)), SqlJournal.Limits.DEFAULT, Clock.systemUTC());
    }

    void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String one(String query) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    long count(String table) {
        return Long.parseLong(one("SELECT count(*) FROM " + table));
    }

    /// A text's bytes, as SQL.
    String blob(String text) {
        return switch (kind()) {
            case SQLITE -> "CAST('" + text + "' AS BLOB)";
            case POSTGRESQL -> "convert_to('" + text + "', 'UTF8')";
        };
    }
}
