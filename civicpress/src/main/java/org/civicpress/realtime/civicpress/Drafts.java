package org.civicpress.realtime.civicpress;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The drafts of records: read, and given a new body. Everything else about a draft belongs to CivicPress.
/// Shared: any platform thread.
public final class Drafts {
    /// Who is named as author of a draft that this service had to make.
    static final String SERVICE = "realtime-snapshot";

    static final String COLUMNS = "id, title, type, status, workflow_state, markdown_body, metadata, geography, "
            + "attached_files, linked_records, linked_geography_files, author, created_by, last_draft_saved_at, updated_at";

    private final CivicDatabase database;
    private final Records records;

    Drafts(CivicDatabase database, Records records) {
        this.database = database;
        this.records = records;
    }

    public Optional<Draft> find(String id) {
        return database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM record_drafts WHERE id = ?")) {
                query.setString(1, id);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(draft(rows)) : Optional.empty();
                }
            }
        });
    }

    /// Gives the record's draft this body. When there is no draft yet, one is made that carries everything the
    /// record has, so that publishing it loses nothing; of an existing draft nothing but the body changes.
    public void writeBody(String id, String markdown) {
        if (!Records.isId(id)) {
            throw new IllegalArgumentException("not a record id: " + id);
        }
        if (database.write(connection -> update(connection, id, markdown))) {
            return;
        }
        // Read the record's file outside of the transaction: it would keep CivicPress waiting.
        CivicRecord record = records.find(id).orElse(null);
        database.write(connection -> {
            if (!update(connection, id, markdown)) { // somebody may have made one meanwhile
                insert(connection, id, markdown, record);
            }
            return true;
        });
    }

    private static boolean update(Connection connection, String id, String markdown) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE record_drafts SET markdown_body = ?, "
                + "last_draft_saved_at = CURRENT_TIMESTAMP, updated_at = CURRENT_TIMESTAMP WHERE id = ?")) {
            update.setString(1, markdown);
            update.setString(2, id);
            return update.executeUpdate() == 1;
        }
    }

    private static void insert(Connection connection, String id, String markdown, @Nullable CivicRecord record)
            throws SQLException {
        try (var insert =
                connection.prepareStatement("INSERT INTO record_drafts (id, title, type, status, workflow_state, "
                        + "markdown_body, metadata, geography, attached_files, linked_records, linked_geography_files, author, "
                        + "created_by, last_draft_saved_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                        + "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)")) {
            insert.setString(1, id);
            insert.setString(2, record == null ? id : record.title());
            insert.setString(3, record == null ? "unknown" : record.type());
            insert.setString(4, record == null ? "draft" : record.status());
            insert.setString(5, record == null || record.workflowState() == null ? "draft" : record.workflowState());
            insert.setString(6, markdown.isEmpty() ? null : markdown);
            insert.setString(7, record == null ? null : record.metadata());
            insert.setString(8, record == null ? null : record.geography());
            insert.setString(9, record == null ? null : record.attachedFiles());
            insert.setString(10, record == null ? null : record.linkedRecords());
            insert.setString(11, record == null ? null : record.linkedGeographyFiles());
            insert.setString(12, SERVICE);
            insert.setString(13, SERVICE);
            insert.executeUpdate();
        }
    }

    private static Draft draft(ResultSet row) throws SQLException {
        String body = row.getString("markdown_body");
        return new Draft(
                row.getString("id"),
                row.getString("title"),
                row.getString("type"),
                row.getString("status"),
                row.getString("workflow_state"),
                body == null ? "" : body,
                row.getString("metadata"),
                row.getString("geography"),
                row.getString("attached_files"),
                row.getString("linked_records"),
                row.getString("linked_geography_files"),
                row.getString("author"),
                row.getString("created_by"),
                Timestamps.parse(row.getString("last_draft_saved_at")).orElse(null),
                Timestamps.parse(row.getString("updated_at")).orElse(null));
    }
}
