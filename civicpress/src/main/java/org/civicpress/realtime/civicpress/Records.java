package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The installation's records. Shared: any platform thread; each call reads afresh.
///
/// A record is a row, and usually a file that the row names. While the file is readable, valid YAML and has the
/// required fields, it wins; otherwise the row's columns stand alone. This service never writes records.
public final class Records {
    private static final Logger log = LoggerFactory.getLogger(Records.class);

    static final String COLUMNS =
            "id, title, type, status, workflow_state, content, metadata, geography, attached_files, "
                    + "linked_records, linked_geography_files, path, author, created_at, updated_at";

    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]+");
    private static final List<String> REQUIRED =
            List.of("id", "title", "type", "status", "author", "created", "updated");
    private static final List<String> IN_METADATA = List.of(
            "tags",
            "module",
            "slug",
            "version",
            "priority",
            "department",
            "category",
            "session_type",
            "date",
            "duration",
            "location",
            "attendees",
            "topics",
            "media");
    private static final Set<String> NOT_IN_METADATA = Set.of(
            "id",
            "title",
            "type",
            "status",
            "author",
            "authors",
            "created",
            "updated",
            "source",
            "commit_ref",
            "commit_signature",
            "geography_data",
            "geography",
            "linked_records",
            "linked_geography_files",
            "attached_files",
            "metadata");

    private final CivicDatabase database;
    private final Path dataDir;

    Records(CivicDatabase database, Path dataDir) {
        this.database = database;
        this.dataDir = dataDir;
    }

    /// May this be a record's id?
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    public Optional<CivicRecord> find(String id) {
        if (!isId(id)) {
            return Optional.empty();
        }
        Optional<CivicRecord> row = database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM records WHERE id = ?")) {
                query.setString(1, id);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(ofRow(rows)) : Optional.empty();
                }
            }
        });
        return row.map(this::withFile);
    }

    /// What is different when a record was changed, and found without reading its file.
    ///
    /// @param status as the row has it
    /// @param fileMillis when the file was written, since the epoch; 0 without one
    public record Glance(
            String type,
            String status,
            @Nullable String path,
            @Nullable String updated,
            long fileMillis) {
        /// Is the record only kept any more?
        public boolean isArchived() {
            return Records.isArchived(status);
        }
    }

    /// Is a record of this status only kept any more?
    public static boolean isArchived(String status) {
        return status.equals("archived");
    }

    public Optional<Glance> glance(String id) {
        if (!isId(id)) {
            return Optional.empty();
        }
        return database.read(connection -> {
            try (var query =
                    connection.prepareStatement("SELECT type, status, path, updated_at FROM records WHERE id = ?")) {
                query.setString(1, id);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(glance(rows)) : Optional.empty();
                }
            }
        });
    }

    private Glance glance(ResultSet row) throws SQLException {
        String path = row.getString("path");
        return new Glance(
                row.getString("type"),
                textOr(row.getString("status"), "draft"),
                path,
                row.getString("updated_at"),
                path == null ? 0 : writtenMillis(path));
    }

    private long writtenMillis(String path) {
        try {
            Path file = dataDir.resolve(path).normalize();
            return file.startsWith(dataDir) ? file.toFile().lastModified() : 0;
        } catch (InvalidPathException e) {
            return 0;
        }
    }

    /// All records, those changed last first, as their rows have them.
    public List<RecordSummary> list() {
        return database.read(connection -> {
            try (var query = connection.prepareStatement(
                            "SELECT id, title, type, status, updated_at FROM records ORDER BY updated_at DESC, id");
                    var rows = query.executeQuery()) {
                var records = new ArrayList<RecordSummary>();
                while (rows.next()) {
                    records.add(new RecordSummary(
                            rows.getString("id"),
                            rows.getString("title"),
                            rows.getString("type"),
                            textOr(rows.getString("status"), "draft"),
                            Timestamps.parse(rows.getString("updated_at")).orElse(null)));
                }
                return List.copyOf(records);
            }
        });
    }

    private static CivicRecord ofRow(ResultSet row) throws SQLException {
        return new CivicRecord(
                row.getString("id"),
                row.getString("title"),
                row.getString("type"),
                textOr(row.getString("status"), "draft"),
                row.getString("workflow_state"),
                trim(textOr(row.getString("content"), "")),
                row.getString("author"),
                Timestamps.parse(row.getString("created_at")).orElse(null),
                Timestamps.parse(row.getString("updated_at")).orElse(null),
                row.getString("path"),
                row.getString("metadata"),
                row.getString("geography"),
                row.getString("attached_files"),
                row.getString("linked_records"),
                row.getString("linked_geography_files"));
    }

    private CivicRecord withFile(CivicRecord row) {
        String path = row.path();
        if (path == null || path.isEmpty()) {
            return row;
        }
        try {
            Path file = dataDir.resolve(path).normalize();
            if (!file.startsWith(dataDir) || !Files.isRegularFile(file)) {
                return row;
            }
            return withFile(row, RecordFile.split(Files.readString(file)));
        } catch (IOException | InvalidPathException e) {
            log.warn("record {}: its file {} cannot be read, its row is used: {}", row.id(), path, e.toString());
            return row;
        }
    }

    /// The record as this file has it, with the row for what files do not hold.
    static CivicRecord withFile(CivicRecord row, RecordFile file) {
        Map<String, @Nullable Object> fields = file.frontMatter().orElse(Map.of());
        for (String required : REQUIRED) {
            if (!(fields.get(required) instanceof String text) || text.isBlank()) {
                return row;
            }
        }
        return new CivicRecord(
                row.id(),
                text(fields, "title"),
                text(fields, "type"),
                text(fields, "status"),
                row.workflowState(),
                trim(file.body()),
                text(fields, "author"),
                Timestamps.parse(text(fields, "created")).orElse(row.created()),
                Timestamps.parse(text(fields, "updated")).orElse(row.updated()),
                row.path(),
                Json.write(metadata(fields)),
                jsonOr(
                        fields.containsKey("geography") ? fields.get("geography") : fields.get("geography_data"),
                        row.geography()),
                jsonOr(fields.get("attached_files"), row.attachedFiles()),
                jsonOr(fields.get("linked_records"), row.linkedRecords()),
                jsonOr(fields.get("linked_geography_files"), row.linkedGeographyFiles()));
    }

    private static Map<String, @Nullable Object> metadata(Map<String, @Nullable Object> fields) {
        var metadata = new LinkedHashMap<String, @Nullable Object>();
        for (String key : IN_METADATA) {
            Object value = fields.get(key);
            if (isTruthy(value)) {
                metadata.put(key, value);
            }
        }
        metadata.putAll(Yaml.map(fields.get("metadata")).orElse(Map.of()));
        fields.forEach((key, value) -> {
            if (!NOT_IN_METADATA.contains(key) && !IN_METADATA.contains(key)) {
                metadata.put(key, value);
            }
        });
        return metadata;
    }

    private static boolean isTruthy(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case String text -> !text.isEmpty();
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() != 0 && !Double.isNaN(number.doubleValue());
            default -> true;
        };
    }

    private static @Nullable String jsonOr(@Nullable Object value, @Nullable String otherwise) {
        return value == null ? otherwise : Json.write(value);
    }

    private static String text(Map<String, @Nullable Object> fields, String key) {
        return String.valueOf(fields.get(key));
    }

    private static String textOr(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    /// Trims what JavaScript trims: white space of any kind, line ends and the byte order mark.
    static String trim(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean isSpace(char c) {
        return switch (c) {
            case '\t', '\n', 0x0B, '\f', '\r', 0xFEFF, 0x2028, 0x2029 -> true;
            default -> Character.getType(c) == Character.SPACE_SEPARATOR;
        };
    }
}
