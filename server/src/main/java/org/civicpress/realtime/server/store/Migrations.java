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

/// The journal's schema as an ordered list of SQL files, which every kind of database has in a folder of its own under
/// the same names. A file that was released is never changed; what comes later is another file. Each runs in a
/// transaction together with the note in `schema_version` that it ran. Immutable.
///
/// @param folder where the files are, beside this class
/// @param begin begins a transaction that no other runs beside
/// @param findTable finds a row when there is a table `schema_version`
/// @param createTable makes that table
/// @param now an expression: milliseconds since the epoch
record Migrations(String folder, String begin, String findTable, String createTable, String now) {
    private static final List<String> FILES = List.of("0001-journal.sql", "0002-generations.sql");

    /// @param name of the database, for the operator
    /// @return whether anything had to be done
    /// @throws JournalException when the database was written by a newer version of this server
    boolean apply(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            refuseNewer(version, name);
            for (int next = version; next < FILES.size(); next++) {
                statement.execute(begin);
                statement.execute(createTable);
                for (String sql : statements(FILES.get(next))) {
                    statement.execute(sql);
                }
                statement.execute("INSERT INTO schema_version VALUES (" + (next + 1) + ", '" + FILES.get(next) + "', "
                        + now + ")");
                statement.execute("COMMIT");
            }
            return version < FILES.size();
        }
    }

    /// Only looks.
    ///
    /// @param name of the database, for the operator
    /// @throws JournalException when it was written by another version of this server, or is not a journal
    void requireApplied(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = version(statement);
            refuseNewer(version, name);
            if (version == 0) {
                throw new JournalException(name + ": there is no journal in it.");
            }
            if (version < FILES.size()) {
                throw new JournalException(name + ": written by an older version of this server (schema " + version
                        + "). Start this version on it once: that brings it up to date.");
            }
        }
    }

    private static void refuseNewer(int version, String name) {
        if (version > FILES.size()) {
            throw new JournalException(name + ": written by a newer version of this server (schema " + version
                    + ", this one knows " + FILES.size() + "). Start that version, or restore a backup.");
        }
    }

    private int version(Statement statement) throws SQLException {
        try (ResultSet table = statement.executeQuery(findTable)) {
            if (!table.next()) {
                return 0;
            }
        }
        try (ResultSet highest = statement.executeQuery("SELECT coalesce(max(version), 0) FROM schema_version")) {
            highest.next();
            return highest.getInt(1);
        }
    }

    private List<String> statements(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(folder + "/" + file)) {
            if (in == null) {
                throw new IllegalStateException("missing on the class path: " + folder + "/" + file);
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
