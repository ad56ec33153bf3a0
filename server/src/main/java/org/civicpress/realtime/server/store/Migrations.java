package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The journal's schema as an ordered list of SQL files. A file that was released is never changed; what comes
/// later is another file. Each runs in a transaction together with the note in `schema_version` that it ran.
final class Migrations {
    private static final List<String> FILES = List.of("0001-journal.sql");

    private Migrations() {}

    /// @return whether anything had to be done
    /// @throws JournalException when the file was written by a newer version of this server
    static boolean apply(Connection connection, String file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            if (version > FILES.size()) {
                throw new JournalException(file + ": written by a newer version of this server (schema " + version
                        + ", this one knows " + FILES.size() + "). Start that version, or restore a backup.");
            }
            for (int next = version; next < FILES.size(); next++) {
                statement.execute("BEGIN IMMEDIATE");
                statement.execute("CREATE TABLE IF NOT EXISTS schema_version"
                        + " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
                for (String sql : statements(FILES.get(next))) {
                    statement.execute(sql);
                }
                statement.execute("INSERT INTO schema_version VALUES (" + (next + 1) + ", '" + FILES.get(next)
                        + "', CAST(unixepoch('subsec') * 1000 AS INTEGER))");
                statement.execute("COMMIT");
            }
            return version < FILES.size();
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet table = statement.executeQuery(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")) {
            if (!table.next()) {
                return 0;
            }
        }
        try (ResultSet highest = statement.executeQuery("SELECT coalesce(max(version), 0) FROM schema_version")) {
            return highest.getInt(1);
        }
    }

    private static List<String> statements(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("missing on the class path: " + file);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\n]*", "");
            return List.of(text.split(";")).stream()
                    .map(String::strip)
                    .filter(sql -> !sql.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
