package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.RoomId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads rooms from the journal over one read-only connection, checking every row. Confined to whoever borrowed it.
final class JournalReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);

    private final Connection connection;
    private final String begin;
    private final Statement plain;
    private final PreparedStatement findRoom;
    private final PreparedStatement findBase;
    private final PreparedStatement findEntries;
    private final PreparedStatement findUnfinished;

    /// What is in the journal, and which entries have to be set aside.
    record Found(Loaded loaded, List<Work.SetAside> damaged) {}

    /// @param begin begins a transaction that sees one moment of the database
    JournalReader(Connection connection, String begin) throws SQLException {
        this.connection = connection;
        this.begin = begin;
        plain = connection.createStatement();
        findRoom = connection.prepareStatement("SELECT id, generation FROM rooms WHERE type = ? AND name = ?");
        findBase = connection.prepareStatement(
                "SELECT sequence, time, state, checksum FROM base_states WHERE room = ? AND generation = ?");
        findEntries = connection.prepareStatement("SELECT sequence, time, \"user\", session, clients, data, checksum"
                + " FROM entries WHERE room = ? AND generation = ? ORDER BY sequence");
        findUnfinished = connection.prepareStatement("SELECT name FROM rooms WHERE type = ? AND EXISTS (SELECT 1"
                + " FROM entries WHERE entries.room = rooms.id AND entries.generation = rooms.generation)"
                + " ORDER BY id");
    }

    /// @return empty when the journal has never heard of the room
    Optional<Found> read(RoomId room) throws SQLException {
        plain.execute(begin); // one view of the room, whatever is compacted meanwhile
        try {
            Optional<Found> found = find(room);
            plain.execute("COMMIT");
            return found;
        } catch (SQLException | RuntimeException e) {
            try {
                plain.execute("ROLLBACK"); // whoever gets the connection next must not see this moment
            } catch (SQLException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
    }

    private Optional<Found> find(RoomId room) throws SQLException {
        findRoom.setString(1, room.type());
        findRoom.setString(2, StoredText.name(room));
        try (ResultSet row = findRoom.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            return Optional.of(read(room, row.getLong(1), row.getLong(2)));
        }
    }

    /// The rooms of a type that have entries.
    List<RoomId> unfinished(String type) throws SQLException {
        List<RoomId> rooms = new ArrayList<>();
        findUnfinished.setString(1, type);
        try (ResultSet row = findUnfinished.executeQuery()) {
            while (row.next()) {
                rooms.add(new RoomId(type, row.getString(1)));
            }
        }
        return rooms;
    }

    private Found read(RoomId room, long id, long generation) throws SQLException {
        long sequence = 0;
        Optional<Bytes> base = Optional.empty();
        findBase.setLong(1, id);
        findBase.setLong(2, generation);
        try (ResultSet row = findBase.executeQuery()) {
            if (row.next()) {
                sequence = row.getLong(1);
                byte[] state = row.getBytes(3);
                if (Checksums.base(id, generation, sequence, row.getLong(2), state) != row.getLong(4)) {
                    String reason = "its base state in the journal is damaged. Restore it from a backup.";
                    LOG.error("{}: {}", room, reason);
                    return new Found(new Loaded.Failed(reason), List.of());
                }
                base = Optional.of(Bytes.wrap(state));
            }
        }
        List<Bytes> updates = new ArrayList<>();
        List<Work.SetAside> damaged = new ArrayList<>();
        findEntries.setLong(1, id);
        findEntries.setLong(2, generation);
        try (ResultSet row = findEntries.executeQuery()) {
            while (row.next()) {
                long found = row.getLong(1);
                if (found <= sequence) {
                    continue; // the base state has it
                }
                if (found != sequence + 1) {
                    LOG.error("{}: entries {} to {} are missing in the journal", room, sequence + 1, found - 1);
                }
                sequence = found;
                byte[] data = row.getBytes(6);
                long checksum = Checksums.entry(
                        id,
                        generation,
                        found,
                        row.getLong(2),
                        row.getString(3),
                        row.getString(4),
                        row.getBytes(5),
                        data);
                if (checksum == row.getLong(7)) {
                    updates.add(Bytes.wrap(data));
                } else {
                    LOG.error("{}: entry {} in the journal is damaged and was set aside", room, found);
                    damaged.add(new Work.SetAside(room, generation, found, "checksum"));
                }
            }
        }
        return new Found(
                new Loaded.Contents(base, updates, generation, sequence, damaged.size()), List.copyOf(damaged));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
