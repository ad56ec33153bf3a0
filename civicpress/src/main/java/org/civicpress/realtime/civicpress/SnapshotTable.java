package org.civicpress.realtime.civicpress;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.civicpress.SnapshotStore.Version;

/// The table `realtime_snapshots` of the installation's database. CivicPress's own service makes it when it is not
/// there, and so does this one, in the same form. Shared: any platform thread.
final class SnapshotTable implements SnapshotPlace {
    private static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE realtime_snapshots (
              id TEXT PRIMARY KEY,
              room_id TEXT NOT NULL,
              snapshot_data BLOB NOT NULL,
              version INTEGER NOT NULL,
              integrity_hash TEXT NOT NULL DEFAULT '',
              format_version INTEGER NOT NULL DEFAULT 1,
              byte_size INTEGER NOT NULL DEFAULT 0,
              created_at INTEGER NOT NULL
            )""",
            "CREATE INDEX idx_realtime_snapshots_room_id ON realtime_snapshots(room_id)",
            "CREATE INDEX realtime_snapshots_created_at_idx ON realtime_snapshots(created_at)");

    private final CivicDatabase database;

    SnapshotTable(CivicDatabase database) {
        this.database = database;
    }

    @Override
    public Optional<StoredSnapshot> highest(String room, long below) {
        return database.read(connection -> {
            if (!isThere(connection)) {
                return Optional.empty();
            }
            try (PreparedStatement query = connection.prepareStatement("""
                    SELECT version, created_at, format_version, integrity_hash,
                      CASE WHEN length(snapshot_data) <= ? THEN snapshot_data ELSE x'' END
                    FROM realtime_snapshots WHERE room_id = ? AND version < ? ORDER BY version DESC LIMIT 1""")) {
                query.setInt(1, SnapshotFormat.MAX_BYTES);
                query.setString(2, room);
                query.setLong(3, below);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(snapshot(room, row)) : Optional.empty();
                }
            }
        });
    }

    private static StoredSnapshot snapshot(String room, ResultSet row) throws SQLException {
        return new StoredSnapshot(
                room,
                row.getLong(1),
                row.getLong(2),
                row.getInt(3),
                String.valueOf(row.getString(4)),
                Optional.ofNullable(row.getBytes(5)).orElse(new byte[0]));
    }

    @Override
    public Optional<Version> highest(String room) {
        return database.read(connection -> {
            if (!isThere(connection)) {
                return Optional.empty();
            }
            try (PreparedStatement query = connection.prepareStatement("SELECT room_id, version, created_at"
                    + " FROM realtime_snapshots WHERE room_id = ? ORDER BY version DESC LIMIT 1")) {
                query.setString(1, room);
                return versions(query).stream().findFirst();
            }
        });
    }

    @Override
    public SnapshotStore.Written add(String room, SnapshotFormat.Encoded encoded, long nowMillis, int kept) {
        return database.write(connection -> {
            if (!isThere(connection)) {
                make(connection);
            }
            long version = nextVersion(connection, room);
            insert(connection, new Version(room, version, nowMillis), encoded);
            return new SnapshotStore.Written(version, nowMillis, encoded.data.length, prune(connection, room, kept));
        });
    }

    private static void make(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String sql : SCHEMA) {
                statement.executeUpdate(sql);
            }
        }
    }

    private static long nextVersion(Connection connection, String room) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT coalesce(max(version), 0) + 1 FROM realtime_snapshots WHERE room_id = ?")) {
            query.setString(1, room);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void insert(Connection connection, Version version, SnapshotFormat.Encoded encoded)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT OR REPLACE INTO realtime_snapshots (id, room_id, snapshot_data, version, integrity_hash,
                  format_version, byte_size, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setString(1, version.room() + "-" + version.version() + "-" + version.createdMillis());
            insert.setString(2, version.room());
            insert.setBytes(3, encoded.data);
            insert.setLong(4, version.version());
            insert.setString(5, encoded.hash);
            insert.setInt(6, encoded.format);
            insert.setInt(7, encoded.data.length);
            insert.setLong(8, version.createdMillis());
            insert.executeUpdate();
        }
    }

    private static List<Long> prune(Connection connection, String room, int kept) throws SQLException {
        List<Long> gone = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT DISTINCT version FROM realtime_snapshots"
                + " WHERE room_id = ? ORDER BY version DESC LIMIT -1 OFFSET ?")) {
            query.setString(1, room);
            query.setInt(2, kept);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    gone.add(row.getLong(1));
                }
            }
        }
        for (long version : gone) {
            delete(connection, room, version);
        }
        return gone;
    }

    private static void delete(Connection connection, String room, long version) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM realtime_snapshots WHERE room_id = ? AND version = ?")) {
            delete.setString(1, room);
            delete.setLong(2, version);
            delete.executeUpdate();
        }
    }

    @Override
    public List<Version> before(long millis) {
        return database.read(connection -> {
            if (!isThere(connection)) {
                return List.of();
            }
            try (PreparedStatement query = connection.prepareStatement("SELECT room_id, version, created_at"
                    + " FROM realtime_snapshots WHERE created_at < ? ORDER BY created_at")) {
                query.setLong(1, millis);
                return versions(query);
            }
        });
    }

    private static List<Version> versions(PreparedStatement query) throws SQLException {
        List<Version> versions = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                versions.add(new Version(row.getString(1), row.getLong(2), row.getLong(3)));
            }
        }
        return versions;
    }

    @Override
    public void delete(Version version) {
        database.write(connection -> {
            delete(connection, version.room(), version.version());
            return true;
        });
    }

    private static boolean isThere(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'realtime_snapshots'")) {
            return row.next();
        }
    }
}
