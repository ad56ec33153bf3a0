package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal's tables, as the writer writes them over one connection: what each work becomes there. Transactions are
/// the writer's business.
///
/// Where the rooms stand is remembered, so that an entry is an insert and nothing else.
///
/// Confined to the writer's thread.
final class JournalTables implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTables.class);
    private static final int MAX_CACHED_ROOMS = 4_096;
    private static final int OLDER_GENERATIONS = 3;
    private static final Bytes EMPTY_UPDATE = Bytes.wrap(new byte[] {0, 0});

    private final Clock clock;
    private final Map<RoomId, Row> rows = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RoomId, Row> eldest) {
            return size() > MAX_CACHED_ROOMS;
        }
    };

    private final Connection connection;
    /// Entries gather in a batch, which goes out as one with [#flush].
    private final PreparedStatement insertEntry;

    private boolean hasPending;
    private final PreparedStatement putBase;
    private final PreparedStatement deleteEntries;
    private final PreparedStatement deleteEntry;
    private final PreparedStatement copyDamaged;
    private final PreparedStatement putGeneration;
    private final PreparedStatement insertProposal;
    private final PreparedStatement deleteProposal;
    private final Statement plain;
    private final PreparedStatement findRoom;
    private final PreparedStatement findGeneration;
    private final PreparedStatement insertRoom;
    private final PreparedStatement updateRoom;
    private final List<PreparedStatement> prune;
    private final PreparedStatement countProposals;
    private final PreparedStatement findProposal;

    JournalTables(Connection connection, Clock clock) throws SQLException {
        this.connection = connection;
        this.clock = clock;
        try {
            plain = connection.createStatement();
            insertEntry = connection.prepareStatement(
                    "INSERT INTO entries (room, generation, sequence, time, \"user\", session, clients, data, checksum)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
            putBase = connection.prepareStatement(
                    "INSERT INTO base_states (room, generation, sequence, time, state, checksum)"
                            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (room, generation) DO UPDATE SET"
                            + " sequence = excluded.sequence, time = excluded.time, state = excluded.state,"
                            + " checksum = excluded.checksum");
            deleteEntries = connection.prepareStatement(
                    "DELETE FROM entries WHERE room = ? AND generation = ? AND sequence <= ?");
            deleteEntry = connection.prepareStatement(
                    "DELETE FROM entries WHERE room = ? AND generation = ? AND sequence = ?");
            copyDamaged = connection.prepareStatement("INSERT INTO damaged_entries"
                    + " (room, generation, sequence, found_at, reason, time, \"user\", session, clients, data, checksum)"
                    + " SELECT room, generation, sequence, ?, ?, time, \"user\", session, clients, data, checksum"
                    + " FROM entries WHERE room = ? AND generation = ? AND sequence = ?"
                    + " ON CONFLICT (room, generation, sequence) DO UPDATE SET found_at = excluded.found_at,"
                    + " reason = excluded.reason, time = excluded.time, \"user\" = excluded.\"user\","
                    + " session = excluded.session, clients = excluded.clients, data = excluded.data,"
                    + " checksum = excluded.checksum");
            putGeneration = connection.prepareStatement(GenerationRow.PUT);
            insertProposal = connection.prepareStatement(
                    "INSERT INTO proposals (id, room, generation, time, \"user\", reason, state, checksum)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
            deleteProposal = connection.prepareStatement("DELETE FROM proposals WHERE room = ? AND id = ?");
            findRoom = connection.prepareStatement("""
                    SELECT r.id, r.generation,
                      coalesce((SELECT max(sequence) FROM entries e
                                WHERE e.room = r.id AND e.generation = r.generation), 0),
                      coalesce((SELECT sequence FROM base_states b
                                WHERE b.room = r.id AND b.generation = r.generation), -1),
                      coalesce((SELECT max(sequence) FROM damaged_entries d
                                WHERE d.room = r.id AND d.generation = r.generation), 0)
                    FROM rooms r WHERE r.type = ? AND r.name = ?""");
            findGeneration = connection.prepareStatement(GenerationRow.FIND);
            insertRoom = connection.prepareStatement(
                    "INSERT INTO rooms (type, name, generation, created_at) VALUES (?, ?, 1, ?) RETURNING id");
            updateRoom = connection.prepareStatement("UPDATE rooms SET generation = ? WHERE id = ?");
            prune = List.of(
                    connection.prepareStatement("DELETE FROM entries WHERE room = ? AND generation < ?"),
                    connection.prepareStatement("DELETE FROM damaged_entries WHERE room = ? AND generation < ?"),
                    connection.prepareStatement("DELETE FROM base_states WHERE room = ? AND generation < ?"),
                    connection.prepareStatement("DELETE FROM generations WHERE room = ? AND generation < ?"));
            countProposals = connection.prepareStatement("SELECT count(*) FROM proposals WHERE room = ?");
            findProposal = connection.prepareStatement("SELECT 1 FROM proposals WHERE id = ?");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// For what only the kind of database knows how to say.
    Statement plain() {
        return plain;
    }

    /// Where a room stands: within a transaction, what was written in it included.
    Position position(RoomId room) throws SQLException {
        Row row = row(room);
        return new Position(room, row.generation, row.sequence);
    }

    /// Whether a room has come as far as this. Outside a transaction.
    boolean hasReached(Position position) throws SQLException {
        Row row = find(position.room);
        return row != null
                && (row.generation > position.generation
                        || row.generation == position.generation && row.sequence >= position.sequence);
    }

    /// The transaction was undone.
    void onRollback() throws SQLException {
        rows.clear();
        hasPending = false;
        insertEntry.clearBatch();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /// Writes a change.
    ///
    /// @return the sequence its caller is told
    long write(Work.Change change) throws SQLException {
        Row row = row(change.room());
        if (!(change instanceof Work.Append)) {
            flush();
        }
        return switch (change) {
            case Work.Append append -> append(row, append.entry());
            case Work.Begin begin -> begin(row, begin);
            case Work.StartAnew startAnew -> startAnew(row, startAnew);
            case Work.NoteBody note -> noteBody(row, note);
            case Work.Propose propose -> propose(row, propose);
            case Work.Drop drop -> drop(row, drop.id());
            case Work.Compact compact -> compact(row, compact);
        };
    }

    private long append(Row row, Journal.Entry entry) throws SQLException {
        long sequence = row.sequence + 1;
        byte[] clients = clients(entry.clients());
        byte[] update = entry.update().toArray();
        String user = StoredText.of(entry.user());
        String session = StoredText.of(entry.session());
        long checksum =
                Checksums.entry(row.id, row.generation, sequence, entry.timeMillis(), user, session, clients, update);
        PreparedStatement insert = insertEntry;
        insert.setLong(1, row.id);
        insert.setLong(2, row.generation);
        insert.setLong(3, sequence);
        insert.setLong(4, entry.timeMillis());
        insert.setString(5, user);
        insert.setString(6, session);
        insert.setBytes(7, clients);
        insert.setBytes(8, update);
        insert.setLong(9, checksum);
        insert.addBatch();
        hasPending = true;
        row.sequence = sequence;
        row.begun = true;
        return sequence;
    }

    /// A begin that finds the room begun already, by an earlier try that was committed and then doubted, writes
    /// nothing.
    private long begin(Row row, Work.Begin begin) throws SQLException {
        GenerationRow generation = generation(row);
        if (row.begun) {
            if (!Objects.equals(begin.hash(), generation.seedHash())) {
                throw new IllegalStateException(begin.room() + ": has content already");
            }
            return 0;
        }
        generation.begunFrom(begin.source(), begin.hash()).put(putGeneration);
        writeBase(row, begin.state(), 0);
        return 0;
    }

    private long startAnew(Row old, Work.StartAnew work) throws SQLException {
        Journal.NewGeneration start = work.start();
        GenerationRow before = findGeneration(old);
        if (before == null) {
            LOG.error("{}: what generations before {} abandoned is not known any more", work.room(), old.generation);
        }
        Abandoned earlier = before == null ? Abandoned.NOTHING : before.abandoned();
        Bytes state = start.state().orElse(EMPTY_UPDATE);
        Row row = new Row(old.id, old.generation + 1, 0, false);
        new GenerationRow(
                        row.id,
                        row.generation,
                        clock.millis(),
                        start.source(),
                        start.hash().length() == 0 ? null : start.hash(),
                        earlier.without(state).and(start.abandoned()),
                        null,
                        null)
                .put(putGeneration);
        if (start.state().isPresent()) {
            writeBase(row, state, 0);
        }
        beginGeneration(row);
        prune(row, OLDER_GENERATIONS);
        rows.put(work.room(), row);
        return 0;
    }

    private long noteBody(Row row, Work.NoteBody work) throws SQLException {
        generation(row).noted(work.hash(), work.note()).put(putGeneration);
        return row.sequence;
    }

    private long propose(Row row, Work.Propose work) throws SQLException {
        ProposalStore.Proposal proposal = work.proposal();
        long waiting = countProposals(row);
        if (hasProposal(proposal.id())) {
            return waiting;
        }
        if (waiting >= ProposalStore.MAX_PER_ROOM) {
            return ProposalStore.FULL;
        }
        String user = StoredText.of(proposal.user());
        String reason = ProposalStore.word(proposal.reason());
        byte[] state = work.state().toArray();
        PreparedStatement insert = insertProposal;
        insert.setString(1, proposal.id());
        insert.setLong(2, row.id);
        insert.setLong(3, proposal.generation());
        insert.setLong(4, proposal.timeMillis());
        insert.setString(5, user);
        insert.setString(6, reason);
        insert.setBytes(7, state);
        insert.setLong(
                8,
                Checksums.proposal(
                        row.id, proposal.generation(), proposal.timeMillis(), proposal.id(), user, reason, state));
        insert.executeUpdate();
        return waiting + 1;
    }

    private long drop(Row row, String id) throws SQLException {
        deleteProposal.setLong(1, row.id);
        deleteProposal.setString(2, id);
        boolean wasThere = deleteProposal.executeUpdate() > 0;
        return wasThere ? countProposals(row) : ProposalStore.GONE;
    }

    private long compact(Row row, Work.Compact compact) throws SQLException {
        if (compact.upToSequence() > row.sequence) {
            throw new IllegalStateException(compact.room() + ": compacted up to " + compact.upToSequence()
                    + " but its last entry is " + row.sequence);
        }
        writeBase(row, compact.state(), compact.upToSequence());
        deleteEntries.setLong(1, row.id);
        deleteEntries.setLong(2, row.generation);
        deleteEntries.setLong(3, compact.upToSequence());
        deleteEntries.executeUpdate();
        return compact.upToSequence();
    }

    private void writeBase(Row row, Bytes state, long sequence) throws SQLException {
        long time = clock.millis();
        byte[] bytes = state.toArray();
        PreparedStatement put = putBase;
        put.setLong(1, row.id);
        put.setLong(2, row.generation);
        put.setLong(3, sequence);
        put.setLong(4, time);
        put.setBytes(5, bytes);
        put.setLong(6, Checksums.base(row.id, row.generation, sequence, time, bytes));
        put.executeUpdate();
        row.begun = true;
    }

    void setAside(Work.SetAside work) throws SQLException {
        Row row = row(work.room());
        flush();
        copyDamaged.setLong(1, clock.millis());
        copyDamaged.setString(2, work.reason());
        copyDamaged.setLong(3, row.id);
        copyDamaged.setLong(4, work.generation());
        copyDamaged.setLong(5, work.sequence());
        copyDamaged.executeUpdate();
        deleteEntry.setLong(1, row.id);
        deleteEntry.setLong(2, work.generation());
        deleteEntry.setLong(3, work.sequence());
        deleteEntry.executeUpdate();
    }

    private Row row(RoomId room) throws SQLException {
        Row known = rows.get(room);
        if (known != null) {
            return known;
        }
        flush();
        Row row = find(room);
        if (row == null) {
            row = create(room, clock.millis());
        }
        rows.put(room, row);
        return row;
    }

    private static byte[] clients(List<Long> clients) {
        ByteWriter out = new ByteWriter(16);
        clients.forEach(out::varUint);
        return out.toBytes().toArray();
    }

    /// Before anything else is asked or written: what was appended in this transaction.
    void flush() throws SQLException {
        if (hasPending) {
            hasPending = false;
            insertEntry.executeBatch();
        }
    }

    private @Nullable Row find(RoomId room) throws SQLException {
        findRoom.setString(1, room.type());
        findRoom.setString(2, StoredText.name(room));
        try (ResultSet found = findRoom.executeQuery()) {
            if (!found.next()) {
                return null;
            }
            long last = found.getLong(3);
            long base = found.getLong(4);
            long damaged = found.getLong(5);
            long sequence = Math.max(last, Math.max(base, damaged));
            return new Row(found.getLong(1), found.getLong(2), sequence, base >= 0 || sequence > 0);
        }
    }

    /// @return null when it is damaged
    private @Nullable GenerationRow findGeneration(Row row) throws SQLException {
        findGeneration.setLong(1, row.id);
        findGeneration.setLong(2, row.generation);
        try (ResultSet found = findGeneration.executeQuery()) {
            return found.next() ? GenerationRow.read(found) : null;
        }
    }

    private GenerationRow generation(Row row) throws SQLException {
        GenerationRow found = findGeneration(row);
        if (found == null) {
            throw new IllegalStateException("generation " + row.generation + " in the journal is damaged");
        }
        return found;
    }

    private void beginGeneration(Row row) throws SQLException {
        updateRoom.setLong(1, row.generation);
        updateRoom.setLong(2, row.id);
        updateRoom.executeUpdate();
    }

    /// Forgets the generations of a room but the present one and the newest before it.
    private void prune(Row row, int older) throws SQLException {
        for (PreparedStatement delete : prune) {
            delete.setLong(1, row.id);
            delete.setLong(2, row.generation - older);
            delete.executeUpdate();
        }
    }

    private long countProposals(Row row) throws SQLException {
        countProposals.setLong(1, row.id);
        try (ResultSet count = countProposals.executeQuery()) {
            count.next();
            return count.getLong(1);
        }
    }

    private boolean hasProposal(String id) throws SQLException {
        findProposal.setString(1, id);
        try (ResultSet found = findProposal.executeQuery()) {
            return found.next();
        }
    }

    private Row create(RoomId room, long now) throws SQLException {
        insertRoom.setString(1, room.type());
        insertRoom.setString(2, room.name());
        insertRoom.setLong(3, now);
        long id;
        try (ResultSet created = insertRoom.executeQuery()) {
            created.next();
            id = created.getLong(1);
        }
        GenerationRow.empty(id, 1, now).put(putGeneration);
        return new Row(id, 1, 0, false);
    }

    /// @param sequence of its last entry
    record Position(RoomId room, long generation, long sequence) {}

    /// What is known of a room in the database.
    private static final class Row {
        final long id;
        final long generation;
        long sequence;
        boolean begun;

        Row(long id, long generation, long sequence, boolean begun) {
            this.id = id;
            this.generation = generation;
            this.sequence = sequence;
            this.begun = begun;
        }
    }
}
