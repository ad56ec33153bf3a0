package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.RoomId;
import org.jspecify.annotations.Nullable;
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
    private final PreparedStatement findGeneration;
    private final PreparedStatement findOlder;
    private final PreparedStatement findUnfinished;
    private final PreparedStatement listProposals;
    private final PreparedStatement findProposal;
    private final PreparedStatement countProposals;

    /// What is in the journal, and which entries have to be set aside.
    record Found(Loaded loaded, List<Work.SetAside> damaged) {}

    /// The rows of one generation.
    ///
    /// @param isBaseDamaged there is a base state, which is not what it claims to be
    /// @param baseSequence up to which the base state counts
    /// @param sequence of the last entry
    /// @param damaged sequences of entries that are not what they claim to be
    /// @param missing how many entries are not there
    record Content(
            Optional<Bytes> base,
            boolean isBaseDamaged,
            long baseSequence,
            List<Bytes> updates,
            long sequence,
            List<Long> damaged,
            long missing) {}

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
        findGeneration = connection.prepareStatement(GenerationRow.FIND);
        findOlder = connection.prepareStatement(
                "SELECT generation FROM generations WHERE room = ? AND generation < ? ORDER BY generation DESC");
        listProposals = connection.prepareStatement("SELECT p.id, p.generation, p.reason, p.\"user\", p.time"
                + " FROM proposals p JOIN rooms r ON r.id = p.room WHERE r.type = ? AND r.name = ?"
                + " ORDER BY p.time, p.id");
        findProposal = connection.prepareStatement("SELECT p.id, p.generation, p.reason, p.\"user\", p.time, p.room,"
                + " p.state, p.checksum FROM proposals p JOIN rooms r ON r.id = p.room"
                + " WHERE r.type = ? AND r.name = ? AND p.id = ?");
        countProposals = connection.prepareStatement("SELECT count(*) FROM proposals WHERE room = ?");
        findUnfinished = connection.prepareStatement("SELECT name FROM rooms WHERE type = ? AND EXISTS (SELECT 1"
                + " FROM entries WHERE entries.room = rooms.id AND entries.generation = rooms.generation)"
                + " ORDER BY id");
    }

    /// @return empty when the journal has never heard of the room
    Optional<Found> read(RoomId room) throws SQLException {
        return atOneMoment(() -> find(room)); // whatever is compacted meanwhile
    }

    interface Query<T> {
        T ask() throws SQLException;
    }

    /// What is asked in it sees one moment of the database.
    <T> T atOneMoment(Query<T> query) throws SQLException {
        plain.execute(begin);
        try {
            T found = query.ask();
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

    /// The states of a room's older generations, the newest first, without those that are damaged.
    List<Bytes> older(RoomId room) throws SQLException {
        return atOneMoment(() -> findOlder(room));
    }

    private List<Bytes> findOlder(RoomId room) throws SQLException {
        List<Bytes> states = new ArrayList<>();
        findRoom.setString(1, room.type());
        findRoom.setString(2, StoredText.name(room));
        long id;
        long present;
        try (ResultSet row = findRoom.executeQuery()) {
            if (!row.next()) {
                return states;
            }
            id = row.getLong(1);
            present = row.getLong(2);
        }
        List<Long> generations = new ArrayList<>();
        findOlder.setLong(1, id);
        findOlder.setLong(2, present);
        try (ResultSet row = findOlder.executeQuery()) {
            while (row.next()) {
                generations.add(row.getLong(1));
            }
        }
        for (long generation : generations) {
            whole(room, generation, content(id, generation)).ifPresent(states::add);
        }
        return states;
    }

    private static Optional<Bytes> whole(RoomId room, long generation, Content content) {
        if (content.isBaseDamaged || !content.damaged.isEmpty() || content.missing > 0) {
            LOG.warn("{}: generation {}, which is over, is damaged in the journal", room, generation);
            return Optional.empty();
        }
        List<Bytes> parts = new ArrayList<>();
        content.base.ifPresent(parts::add);
        parts.addAll(content.updates);
        if (parts.size() < 2) {
            return parts.stream().findFirst();
        }
        try {
            return Optional.of(Updates.merge(parts));
        } catch (MalformedBytesException e) {
            LOG.warn("{}: generation {}, which is over, cannot be read: {}", room, generation, e.getMessage());
            return Optional.empty();
        }
    }

    List<ProposalStore.Proposal> proposals(RoomId room) throws SQLException {
        List<ProposalStore.Proposal> proposals = new ArrayList<>();
        listProposals.setString(1, room.type());
        listProposals.setString(2, StoredText.name(room));
        try (ResultSet row = listProposals.executeQuery()) {
            while (row.next()) {
                proposals.add(proposal(room, row));
            }
        }
        return proposals;
    }

    /// @throws JournalException when it is damaged
    Optional<ProposalStore.Kept> proposal(RoomId room, String id) throws SQLException {
        findProposal.setString(1, room.type());
        findProposal.setString(2, StoredText.name(room));
        findProposal.setString(3, id);
        try (ResultSet row = findProposal.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            byte[] state = row.getBytes(7);
            long checksum = Checksums.proposal(
                    row.getLong(6),
                    row.getLong(2),
                    row.getLong(5),
                    row.getString(1),
                    row.getString(4),
                    row.getString(3),
                    state);
            if (checksum != row.getLong(8)) {
                throw new JournalException(room + ": proposal " + id + " is damaged in the journal. Drop it.");
            }
            return Optional.of(new ProposalStore.Kept(proposal(room, row), Bytes.wrap(state)));
        }
    }

    private static ProposalStore.Proposal proposal(RoomId room, ResultSet row) throws SQLException {
        return new ProposalStore.Proposal(
                row.getString(1),
                room,
                row.getLong(2),
                ProposalStore.reason(row.getString(3)),
                row.getString(4),
                row.getLong(5));
    }

    private Found read(RoomId room, long id, long generation) throws SQLException {
        Content content = content(id, generation);
        if (content.isBaseDamaged) {
            return refused(room, "its base state in the journal is damaged. Restore it from a backup.");
        }
        GenerationRow known = generation(id, generation);
        if (known == null) {
            return refused(room, "its generation in the journal is damaged. Restore it from a backup.");
        }
        if (content.missing > 0) {
            LOG.error("{}: {} entries are missing in the journal", room, content.missing);
        }
        List<Work.SetAside> damaged = new ArrayList<>();
        for (long sequence : content.damaged) {
            LOG.error("{}: entry {} in the journal is damaged and was set aside", room, sequence);
            damaged.add(new Work.SetAside(room, generation, sequence, "checksum"));
        }
        Loaded loaded = new Loaded.Contents(
                content.base,
                content.updates,
                generation,
                content.sequence,
                damaged.size(),
                known.abandoned(),
                known.bodies(),
                countProposals(id));
        return new Found(loaded, List.copyOf(damaged));
    }

    private static Found refused(RoomId room, String reason) {
        LOG.error("{}: {}", room, reason);
        return new Found(new Loaded.Failed(reason), List.of());
    }

    /// @return null when it is damaged or not there
    @Nullable
    GenerationRow generation(long id, long generation) throws SQLException {
        findGeneration.setLong(1, id);
        findGeneration.setLong(2, generation);
        try (ResultSet row = findGeneration.executeQuery()) {
            return row.next() ? GenerationRow.read(row) : null;
        }
    }

    private int countProposals(long id) throws SQLException {
        countProposals.setLong(1, id);
        try (ResultSet row = countProposals.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    Content content(long id, long generation) throws SQLException {
        long sequence = 0;
        boolean isBaseDamaged = false;
        Optional<Bytes> base = Optional.empty();
        findBase.setLong(1, id);
        findBase.setLong(2, generation);
        try (ResultSet row = findBase.executeQuery()) {
            if (row.next()) {
                sequence = row.getLong(1);
                byte[] state = row.getBytes(3);
                if (Checksums.base(id, generation, sequence, row.getLong(2), state) == row.getLong(4)) {
                    base = Optional.of(Bytes.wrap(state));
                } else {
                    isBaseDamaged = true;
                }
            }
        }
        long baseSequence = sequence;
        List<Bytes> updates = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        long missing = 0;
        findEntries.setLong(1, id);
        findEntries.setLong(2, generation);
        try (ResultSet row = findEntries.executeQuery()) {
            while (row.next()) {
                long found = row.getLong(1);
                if (found <= sequence) {
                    continue; // the base state has it
                }
                missing += found - (sequence + 1);
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
                    damaged.add(found);
                }
            }
        }
        return new Content(base, isBaseDamaged, baseSequence, updates, sequence, damaged, missing);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
