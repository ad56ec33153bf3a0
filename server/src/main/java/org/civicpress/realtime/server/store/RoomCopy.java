package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.civicpress.realtime.server.room.RoomId;

/// Copies whole rooms from one journal to another that does not have them, between any two kinds of
/// database. A room gets another number there, and so its rows other checksums; a row that was damaged is
/// so there, too. Transactions are the caller's business. Confined to one thread.
final class RoomCopy {
    /// No CRC-32C is this.
    private static final long DAMAGED = -1;

    private final Connection from;
    private final Connection to;

    RoomCopy(Connection from, Connection to) {
        this.from = from;
        this.to = to;
    }

    void copy(RoomId room) throws SQLException {
        long id;
        long newId;
        try (PreparedStatement find = from.prepareStatement(
                        "SELECT id, generation, created_at FROM rooms WHERE type = ? AND name = ?");
                PreparedStatement insert = to.prepareStatement(
                        "INSERT INTO rooms (type, name, generation, created_at) VALUES (?, ?, ?, ?) RETURNING id")) {
            find.setString(1, room.type());
            find.setString(2, StoredText.name(room));
            try (ResultSet row = find.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException(room + ": is not in the journal it is copied from");
                }
                id = row.getLong(1);
                insert.setString(1, room.type());
                insert.setString(2, room.name());
                insert.setLong(3, row.getLong(2));
                insert.setLong(4, row.getLong(3));
            }
            try (ResultSet created = insert.executeQuery()) {
                created.next();
                newId = created.getLong(1);
            }
        }
        generations(id, newId);
        baseStates(id, newId);
        entries(id, newId);
        damagedEntries(id, newId);
        proposals(id, newId);
    }

    private interface Rows {
        void each(ResultSet row, PreparedStatement insert) throws SQLException;
    }

    /// What a row reads from the one, it adds to a batch for the other.
    private void each(String query, long id, String insertion, Rows rows) throws SQLException {
        try (PreparedStatement find = from.prepareStatement(query);
                PreparedStatement insert = to.prepareStatement(insertion)) {
            find.setLong(1, id);
            boolean isEmpty = true;
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    rows.each(row, insert);
                    insert.addBatch();
                    isEmpty = false;
                }
            }
            if (!isEmpty) {
                insert.executeBatch();
            }
        }
    }

    private void generations(long id, long newId) throws SQLException {
        each(GenerationRow.OF_ROOM, id, GenerationRow.PUT, (row, insert) -> {
            GenerationRow known = GenerationRow.read(row);
            if (known != null) {
                known.of(newId).set(insert);
                return;
            }
            insert.setLong(1, newId);
            insert.setLong(2, row.getLong(2));
            insert.setLong(3, row.getLong(3));
            insert.setString(4, row.getString(4));
            for (int blob = 5; blob <= 8; blob++) {
                insert.setBytes(blob, row.getBytes(blob));
            }
            insert.setLong(9, DAMAGED);
        });
    }

    private void baseStates(long id, long newId) throws SQLException {
        each(
                "SELECT generation, sequence, time, state, checksum FROM base_states WHERE room = ?",
                id,
                "INSERT INTO base_states (generation, sequence, time, state, room, checksum) VALUES (?, ?, ?, ?, ?, ?)",
                (row, insert) -> {
                    long generation = row.getLong(1);
                    long sequence = row.getLong(2);
                    long time = row.getLong(3);
                    byte[] state = row.getBytes(4);
                    boolean isGenuine = Checksums.base(id, generation, sequence, time, state) == row.getLong(5);
                    insert.setLong(1, generation);
                    insert.setLong(2, sequence);
                    insert.setLong(3, time);
                    insert.setBytes(4, state);
                    insert.setLong(5, newId);
                    insert.setLong(6, isGenuine ? Checksums.base(newId, generation, sequence, time, state) : DAMAGED);
                });
    }

    private void entries(long id, long newId) throws SQLException {
        each(
                "SELECT generation, sequence, time, \"user\", session, clients, data, checksum FROM entries"
                        + " WHERE room = ? ORDER BY generation, sequence",
                id,
                "INSERT INTO entries (generation, sequence, time, \"user\", session, clients, data, room, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row, insert) -> {
                    long generation = row.getLong(1);
                    long sequence = row.getLong(2);
                    long time = row.getLong(3);
                    String user = row.getString(4);
                    String session = row.getString(5);
                    byte[] clients = row.getBytes(6);
                    byte[] data = row.getBytes(7);
                    boolean isGenuine = Checksums.entry(id, generation, sequence, time, user, session, clients, data)
                            == row.getLong(8);
                    insert.setLong(1, generation);
                    insert.setLong(2, sequence);
                    insert.setLong(3, time);
                    insert.setString(4, user);
                    insert.setString(5, session);
                    insert.setBytes(6, clients);
                    insert.setBytes(7, data);
                    insert.setLong(8, newId);
                    insert.setLong(
                            9,
                            isGenuine
                                    ? Checksums.entry(newId, generation, sequence, time, user, session, clients, data)
                                    : DAMAGED);
                });
    }

    /// Nobody reads them but people: they go as they are.
    private void damagedEntries(long id, long newId) throws SQLException {
        each(
                "SELECT generation, sequence, found_at, reason, \"user\", session, clients, data, time, checksum"
                        + " FROM damaged_entries WHERE room = ?",
                id,
                "INSERT INTO damaged_entries (generation, sequence, found_at, reason, \"user\", session, clients, data,"
                        + " time, checksum, room) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (row, insert) -> {
                    insert.setLong(1, row.getLong(1));
                    insert.setLong(2, row.getLong(2));
                    insert.setLong(3, row.getLong(3));
                    insert.setString(4, row.getString(4));
                    insert.setString(5, row.getString(5));
                    insert.setString(6, row.getString(6));
                    insert.setBytes(7, row.getBytes(7));
                    insert.setBytes(8, row.getBytes(8));
                    for (int number = 9; number <= 10; number++) {
                        long value = row.getLong(number);
                        if (row.wasNull()) {
                            insert.setNull(number, Types.BIGINT);
                        } else {
                            insert.setLong(number, value);
                        }
                    }
                    insert.setLong(11, newId);
                });
    }

    private void proposals(long id, long newId) throws SQLException {
        each(
                "SELECT id, generation, time, \"user\", reason, state, checksum FROM proposals WHERE room = ?",
                id,
                "INSERT INTO proposals (id, generation, time, \"user\", reason, state, room, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (row, insert) -> {
                    String proposal = row.getString(1);
                    long generation = row.getLong(2);
                    long time = row.getLong(3);
                    String user = row.getString(4);
                    String reason = row.getString(5);
                    byte[] state = row.getBytes(6);
                    boolean isGenuine =
                            Checksums.proposal(id, generation, time, proposal, user, reason, state) == row.getLong(7);
                    insert.setString(1, proposal);
                    insert.setLong(2, generation);
                    insert.setLong(3, time);
                    insert.setString(4, user);
                    insert.setString(5, reason);
                    insert.setBytes(6, state);
                    insert.setLong(7, newId);
                    insert.setLong(
                            8,
                            isGenuine
                                    ? Checksums.proposal(newId, generation, time, proposal, user, reason, state)
                                    : DAMAGED);
                });
    }
}
