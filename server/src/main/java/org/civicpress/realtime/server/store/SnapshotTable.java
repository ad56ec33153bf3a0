package org.civicpress.realtime.server.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.RoomId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the original realtime module left behind in CivicPress's own database: binary snapshots of rooms. Read
/// when the journal does not know a room yet, never written. A snapshot counts only when its hash and format are
/// right and neither the record nor its draft was changed after it: then the file says more than it does.
/// Immutable.
final class SnapshotTable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTable.class);
    private static final int FORMAT = 1;

    /// The draft that a snapshot pass writes comes a moment after its snapshot and says the same.
    private static final long SAME_PASS_MILLIS = 5_000;

    private final Path database;

    SnapshotTable(Path database) {
        this.database = database;
    }

    /// A usable snapshot.
    ///
    /// @param hash SHA-256 of the state
    record Snapshot(Bytes state, Bytes hash, long version) {}

    Optional<Snapshot> latest(RoomId room) throws SQLException {
        if (!Files.exists(database)) {
            return Optional.empty();
        }
        try (Connection connection = SqliteFile.readOnly(database)) {
            if (!hasTable(connection, "realtime_snapshots")) {
                return Optional.empty();
            }
            try (PreparedStatement query = connection.prepareStatement("""
                    SELECT version, snapshot_data, integrity_hash, format_version, created_at
                    FROM realtime_snapshots WHERE room_id = ? ORDER BY version DESC LIMIT 1""")) {
                query.setString(1, room.toString());
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? judge(connection, room, row) : Optional.empty();
                }
            }
        }
    }

    private static Optional<Snapshot> judge(Connection connection, RoomId room, ResultSet row) throws SQLException {
        long version = row.getLong(1);
        byte[] state = row.getBytes(2);
        byte[] hash = sha256(state);
        String expected = String.valueOf(row.getString(3)).toLowerCase(Locale.ROOT);
        if (row.getInt(4) > FORMAT || !HexFormat.of().formatHex(hash).equals(expected)) {
            LOG.warn("{}: snapshot {} is damaged or of an unknown format and was not used", room, version);
            return Optional.empty();
        }
        if (changed(connection, room) > row.getLong(5) + SAME_PASS_MILLIS) {
            LOG.info("{}: the record was changed after snapshot {}, which was not used", room, version);
            return Optional.empty();
        }
        return Optional.of(new Snapshot(Bytes.wrap(state), Bytes.wrap(hash), version));
    }

    /// When the record or its draft was written last.
    private static long changed(Connection connection, RoomId room) throws SQLException {
        long latest = 0;
        for (String table : new String[] {"records", "record_drafts"}) {
            if (hasTable(connection, table)) {
                try (PreparedStatement query = connection.prepareStatement(
                        "SELECT coalesce(unixepoch(updated_at), 0) * 1000 FROM " + table + " WHERE id = ?")) {
                    query.setString(1, room.name());
                    try (ResultSet row = query.executeQuery()) {
                        latest = Math.max(latest, row.next() ? row.getLong(1) : 0);
                    }
                }
            }
        }
        return latest;
    }

    private static boolean hasTable(Connection connection, String name) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
