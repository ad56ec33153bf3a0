package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.Database.Failure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes the journal. Shared: [#submit] and the readings of its state; all else is confined
/// to the thread.
///
/// ## Group commit
///
/// A commit costs an fsync, a row costs microseconds. The thread takes whatever has come in since the last commit,
/// of whichever rooms, and commits it as one transaction. Nobody waits for a timer: when it is idle, a single
/// entry is committed at once; while a commit runs, the next batch gathers. So the batches grow exactly as the
/// disk demands.
///
/// ## Compaction
///
/// Base states are written between batches, each in a transaction of its own in which the entries it replaces go
/// too; of several for one room only the newest is written. So an edit waits for one of them at most.
///
/// ## New generations
///
/// What was handed in before the start of a generation goes into the one before it, also a compaction of the room that
/// still waits: it is written just before.
///
/// ## When it fails
///
/// The batch stays whole and is tried again with growing pauses; what arrives meanwhile joins it. Those who wait
/// are told once that it is not durable now, and once more when it is. Nothing is dropped for being late; only
/// above `maxQueuedBytes` is new work turned away, and its caller is told that it was. A batch whose commit failed may
/// be in the database all the same; before it is tried again the database is asked.
///
/// When nothing has come for a while an empty transaction is tried, so that a database that has gone is noticed before
/// somebody writes.
final class JournalWriter {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final int MAX_BATCH = 10_000;
    private static final int MAX_CACHED_ROOMS = 4_096;
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final int OLDER_GENERATIONS = 3;
    private static final Bytes EMPTY_UPDATE = Bytes.wrap(new byte[] {0, 0});
    private static final long PROBE_AFTER_MILLIS = 10_000;

    private final Database database;
    private final long maxQueuedBytes;
    private final Clock clock;
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<RoomId, Integer> waitingByRoom = new ConcurrentHashMap<>();
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable String trouble;
    private volatile long giveUpAtNanos;

    private final Map<RoomId, Row> rows = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RoomId, Row> eldest) {
            return size() > MAX_CACHED_ROOMS;
        }
    };
    private final LinkedHashMap<RoomId, Work.Compact> compactions = new LinkedHashMap<>();
    private @Nullable Statements statements;
    private boolean last;
    private @Nullable Doubt doubt;

    /// A batch that was to be committed, with the numbers its entries then have; nothing has said yet that it is.
    ///
    /// @param witness how one of its rooms is when it is; null when the batch can be written twice without harm
    private record Doubt(
            List<Work> batch, long[] sequences, @Nullable Witness witness) {}

    private record Witness(RoomId room, long generation, long sequence) {}

    JournalWriter(Database database, long maxQueuedBytes, Clock clock) {
        this.database = database;
        this.maxQueuedBytes = maxQueuedBytes;
        this.clock = clock;
        thread = Thread.ofPlatform().name("journal-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Hands in a change. When it cannot be taken its caller is told at once, on the calling thread.
    void submit(Work.Change change) {
        if (stopping.get()) {
            change.whenSaved().accept(new Saved.Failed("the server is stopping", false));
            return;
        }
        if (waitingBytes.addAndGet(change.bytes()) > maxQueuedBytes) {
            waitingBytes.addAndGet(-change.bytes());
            change.whenSaved().accept(new Saved.Failed("too much waits to be written", false));
            return;
        }
        waiting.incrementAndGet();
        waitingByRoom.merge(change.room(), 1, Integer::sum);
        queue.add(change);
    }

    /// Runs something after what was handed in for a room before: at once, on the calling thread, when that is
    /// durable.
    void afterWaiting(RoomId room, Runnable then, Consumer<String> orElse) {
        if (waitingByRoom.containsKey(room)) {
            queue.add(new Work.Barrier(room, then, orElse));
        } else {
            then.run();
        }
    }

    void setAside(Work.SetAside work) {
        queue.add(work);
    }

    Journal.Health health() {
        return new Journal.Health(Optional.ofNullable(trouble), waiting.get(), waitingBytes.get());
    }

    /// How many transactions were committed so far.
    long commits() {
        return commits.get();
    }

    /// Writes what waits and ends, giving up after the deadline.
    ///
    /// @return how many changes could not be written
    long stop(long deadlineMillis) {
        giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
        if (stopping.compareAndSet(false, true)) {
            queue.add(new Work.Stop());
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return waiting.get();
    }

    private void run() {
        List<Work> batch = new ArrayList<>();
        try {
            while (!last) {
                Work first =
                        compactions.isEmpty() ? queue.poll(PROBE_AFTER_MILLIS, TimeUnit.MILLISECONDS) : queue.poll();
                if (first != null || compactions.isEmpty()) {
                    batch.add(first == null ? new Work.Probe() : first);
                    queue.drainTo(batch, MAX_BATCH - 1);
                    takeOut(batch);
                    write(batch);
                }
                while (!compactions.isEmpty()) {
                    batch.add(compactions.pollFirstEntry().getValue());
                    write(batch);
                    if (!last) {
                        break; // one, then entries first again; before the end all of them
                    }
                }
                checkpoint();
            }
        } catch (InterruptedException e) {
            LOG.error("the journal's writer was interrupted");
        } finally {
            stopping.set(true);
            batch.addAll(compactions.values());
            queue.drainTo(batch);
            abandon(batch);
            closeConnection();
        }
    }

    private void checkpoint() {
        Statements open = statements;
        if (open != null) {
            try {
                database.checkpoint(open.plain, last);
            } catch (SQLException e) {
                LOG.warn("journal: {} What was committed stays in its log.", database.explain(e));
                recover(e);
            }
        }
    }

    /// Takes the compactions and the stop out of a batch.
    private void takeOut(List<Work> batch) {
        List<Work> all = List.copyOf(batch);
        batch.clear();
        for (Work work : all) {
            switch (work) {
                case Work.Compact compact -> {
                    Work.Compact older = compactions.get(compact.room());
                    compactions.put(compact.room(), older == null ? compact : joined(older, compact));
                    if (older != null) {
                        done(older);
                    }
                }
                case Work.Stop stop -> last = true;
                case Work.Change change -> add(batch, change);
                case Work.SetAside setAside -> batch.add(setAside);
                case Work.Barrier barrier -> batch.add(barrier);
                case Work.Probe probe -> batch.add(probe);
            }
        }
    }

    /// Adds to a batch, before the start of a generation also what belongs to the one that ends.
    private void add(List<Work> batch, Work work) {
        if (work instanceof Work.StartAnew startAnew) {
            Work.Compact compaction = compactions.remove(startAnew.room());
            if (compaction != null) {
                batch.add(compaction);
            }
        }
        batch.add(work);
    }

    /// The newer state holds all of the older one: whoever waits for that is served by this.
    private static Work.Compact joined(Work.Compact older, Work.Compact newer) {
        return new Work.Compact(newer.room(), newer.state(), newer.upToSequence(), saved -> {
            tell(older, saved);
            tell(newer, saved);
        });
    }

    /// Writes a batch as one transaction, however long it takes, and leaves it empty.
    private void write(List<Work> batch) throws InterruptedException {
        int told = 0;
        long pause = FIRST_PAUSE_MILLIS;
        while (!batch.isEmpty()) {
            int before = batch.size();
            Exception failure = writeNow(batch);
            if (failure == null) {
                break;
            }
            told = Math.max(0, told - (before - batch.size()));
            String problem = database.explain((SQLException) failure);
            failing(problem);
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            while (true) {
                told = tellFailing(batch, told, problem);
                long now = System.nanoTime();
                if (stopping.get() && now - giveUpAtNanos >= 0) {
                    last = true;
                    abandon(batch);
                    break;
                }
                if (now - until >= 0) {
                    break;
                }
                Work more = queue.poll(until - now, TimeUnit.NANOSECONDS);
                if (more instanceof Work.Stop) {
                    last = true;
                    until = now; // the pauses of a server that runs are too long for one that ends
                    pause = FIRST_PAUSE_MILLIS;
                } else if (more != null) {
                    add(batch, more);
                }
            }
        }
    }

    /// Takes out of a batch what is in the database, and what can never be.
    ///
    /// @return why the rest is not written now; null when nothing is left
    private @Nullable Exception writeNow(List<Work> batch) {
        Exception failure = settleDoubt(batch);
        if (failure == null) {
            failure = attempt(batch);
        }
        if (failure == null) {
            batch.clear();
        } else if (failure(failure) == Failure.OF_THE_WORK) {
            doubt = null;
            failure = writeOneByOne(batch, failure);
        }
        return failure;
    }

    /// Tries to write a batch as one transaction, and tells those who wait when it is done.
    ///
    /// @return why it is not written; null when it is
    private @Nullable Exception attempt(List<Work> batch) {
        if (batch.isEmpty()) {
            return null;
        }
        long[] sequences = new long[batch.size()];
        try {
            transaction(batch, sequences);
            database.verify();
        } catch (SQLException | RuntimeException e) {
            recover(e);
            return e;
        }
        doubt = null;
        recovered();
        for (int i = 0; i < sequences.length; i++) {
            complete(batch.get(i), sequences[i]);
        }
        return null;
    }

    /// Nothing that is wrong with one room's change may keep the others from being saved.
    ///
    /// @return why the rest is not written now; null when nothing is left
    private @Nullable Exception writeOneByOne(List<Work> batch, Exception failure) {
        if (batch.size() == 1) {
            refuse(batch.removeFirst(), failure);
            return null;
        }
        while (!batch.isEmpty()) {
            Exception problem = attempt(List.of(batch.getFirst()));
            if (problem != null && failure(problem) != Failure.OF_THE_WORK) {
                return problem;
            }
            Work work = batch.removeFirst();
            if (problem != null) {
                doubt = null;
                refuse(work, problem);
            }
        }
        return null;
    }

    private void refuse(Work work, Exception failure) {
        LOG.error("journal: cannot be written and was refused: {}", work, failure);
        if (work instanceof Work.Change change) {
            done(change);
            tell(change, new Saved.Failed("it cannot be written: " + failure.getMessage(), false));
        }
    }

    private Failure failure(Exception e) {
        return e instanceof SQLException sql ? database.failure(sql) : Failure.OF_THE_WORK;
    }

    /// Tells those who wait that it takes longer, each of them once; loads do not wait.
    private int tellFailing(List<Work> batch, int told, String problem) {
        List<Work> news = batch.subList(told, batch.size());
        news.removeIf(work -> {
            if (work instanceof Work.Barrier barrier) {
                run(barrier.room(), () -> barrier.orElse().accept("what was written last is not durable: " + problem));
                return true;
            }
            if (work instanceof Work.Change change) {
                tell(change, new Saved.Failed(problem, true));
            }
            return false;
        });
        return batch.size();
    }

    /// Completes what was committed after all, and takes it out of the batch.
    ///
    /// @return why it cannot be known now; null when it is
    private @Nullable Exception settleDoubt(List<Work> batch) {
        Doubt open = doubt;
        if (open == null) {
            return null;
        }
        boolean isCommitted;
        try {
            Statements to = connected();
            isCommitted = database.isCommitted(to.plain) || (open.witness != null && to.knows(open.witness));
            database.verify();
        } catch (SQLException | RuntimeException e) {
            recover(e);
            return e;
        }
        doubt = null;
        if (isCommitted) {
            recovered();
            Map<Work, Long> committed = new IdentityHashMap<>();
            for (int i = 0; i < open.sequences.length; i++) {
                committed.put(open.batch.get(i), open.sequences[i]);
            }
            batch.removeIf(work -> {
                Long sequence = committed.get(work);
                if (sequence != null) {
                    complete(work, sequence);
                }
                return sequence != null;
            });
        }
        return null;
    }

    private Statements connected() throws SQLException {
        Statements open = statements;
        if (open == null) {
            open = new Statements(database.writer());
            statements = open;
        }
        return open;
    }

    /// @param sequences filled with the number that each then has
    private void transaction(List<Work> batch, long[] sequences) throws SQLException {
        Statements to = connected();
        database.begin(to.plain);
        boolean freed = false;
        for (int i = 0; i < sequences.length; i++) {
            switch (batch.get(i)) {
                case Work.Change change -> {
                    sequences[i] = write(to, change);
                    freed |= change instanceof Work.Compact || change instanceof Work.StartAnew;
                }
                case Work.SetAside setAside -> setAside(to, setAside);
                case Work.Barrier barrier -> {}
                case Work.Probe probe -> {}
                case Work.Stop stop -> throw new IllegalStateException("a stop inside a batch");
            }
        }
        to.flush();
        if (freed) {
            database.returnFreeSpace(to.plain);
        }
        doubt = new Doubt(List.copyOf(batch), sequences, witness(to, batch));
        to.plain.execute("COMMIT");
        if (!(batch.getFirst() instanceof Work.Probe)) {
            commits.incrementAndGet();
        }
    }

    /// Only an entry is written twice when it is tried twice; and what belonged before the start of a generation would
    /// then come after it.
    private @Nullable Witness witness(Statements to, List<Work> batch) throws SQLException {
        for (Work work : batch) {
            if (work instanceof Work.Append || work instanceof Work.StartAnew) {
                RoomId room = ((Work.Change) work).room();
                Row row = row(to, room);
                return new Witness(room, row.generation, row.sequence);
            }
        }
        return null;
    }

    private long write(Statements to, Work.Change change) throws SQLException {
        Row row = row(to, change.room());
        if (!(change instanceof Work.Append)) {
            to.flush();
        }
        return switch (change) {
            case Work.Append append -> append(to, row, append.entry());
            case Work.Begin begin -> begin(to, row, begin);
            case Work.StartAnew startAnew -> startAnew(to, row, startAnew);
            case Work.NoteBody note -> noteBody(to, row, note);
            case Work.Propose propose -> propose(to, row, propose);
            case Work.Drop drop -> drop(to, row, drop.id());
            case Work.Compact compact -> compact(to, row, compact);
        };
    }

    private long append(Statements to, Row row, Journal.Entry entry) throws SQLException {
        long sequence = row.sequence + 1;
        byte[] clients = clients(entry.clients());
        byte[] update = entry.update().toArray();
        String user = StoredText.of(entry.user());
        String session = StoredText.of(entry.session());
        long checksum =
                Checksums.entry(row.id, row.generation, sequence, entry.timeMillis(), user, session, clients, update);
        PreparedStatement insert = to.insertEntry;
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
        to.hasPending = true;
        row.sequence = sequence;
        row.begun = true;
        return sequence;
    }

    /// A begin that finds the room begun already, by an earlier try that was committed and then doubted, writes
    /// nothing.
    private long begin(Statements to, Row row, Work.Begin begin) throws SQLException {
        GenerationRow generation = to.generation(row);
        if (row.begun) {
            if (!Objects.equals(begin.hash(), generation.seedHash())) {
                throw new IllegalStateException(begin.room() + ": has content already");
            }
            return 0;
        }
        generation.begunFrom(begin.source(), begin.hash()).put(to.putGeneration);
        writeBase(to, row, begin.state(), 0);
        return 0;
    }

    private long startAnew(Statements to, Row old, Work.StartAnew work) throws SQLException {
        Journal.NewGeneration start = work.start();
        GenerationRow before = to.findGeneration(old);
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
                .put(to.putGeneration);
        if (start.state().isPresent()) {
            writeBase(to, row, state, 0);
        }
        to.beginGeneration(row);
        to.prune(row, OLDER_GENERATIONS);
        rows.put(work.room(), row);
        return 0;
    }

    private long noteBody(Statements to, Row row, Work.NoteBody work) throws SQLException {
        to.generation(row).noted(work.hash(), work.note()).put(to.putGeneration);
        return row.sequence;
    }

    private long propose(Statements to, Row row, Work.Propose work) throws SQLException {
        ProposalStore.Proposal proposal = work.proposal();
        long waiting = to.countProposals(row);
        if (to.hasProposal(proposal.id())) {
            return waiting;
        }
        if (waiting >= ProposalStore.MAX_PER_ROOM) {
            return ProposalStore.FULL;
        }
        String user = StoredText.of(proposal.user());
        String reason = ProposalStore.word(proposal.reason());
        byte[] state = work.state().toArray();
        PreparedStatement insert = to.insertProposal;
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

    private static long drop(Statements to, Row row, String id) throws SQLException {
        to.deleteProposal.setLong(1, row.id);
        to.deleteProposal.setString(2, id);
        boolean wasThere = to.deleteProposal.executeUpdate() > 0;
        return wasThere ? to.countProposals(row) : ProposalStore.GONE;
    }

    private long compact(Statements to, Row row, Work.Compact compact) throws SQLException {
        if (compact.upToSequence() > row.sequence) {
            throw new IllegalStateException(compact.room() + ": compacted up to " + compact.upToSequence()
                    + " but its last entry is " + row.sequence);
        }
        writeBase(to, row, compact.state(), compact.upToSequence());
        to.deleteEntries.setLong(1, row.id);
        to.deleteEntries.setLong(2, row.generation);
        to.deleteEntries.setLong(3, compact.upToSequence());
        to.deleteEntries.executeUpdate();
        return compact.upToSequence();
    }

    private void writeBase(Statements to, Row row, Bytes state, long sequence) throws SQLException {
        long time = clock.millis();
        byte[] bytes = state.toArray();
        PreparedStatement put = to.putBase;
        put.setLong(1, row.id);
        put.setLong(2, row.generation);
        put.setLong(3, sequence);
        put.setLong(4, time);
        put.setBytes(5, bytes);
        put.setLong(6, Checksums.base(row.id, row.generation, sequence, time, bytes));
        put.executeUpdate();
        row.begun = true;
    }

    private void setAside(Statements to, Work.SetAside work) throws SQLException {
        Row row = row(to, work.room());
        to.flush();
        to.copyDamaged.setLong(1, clock.millis());
        to.copyDamaged.setString(2, work.reason());
        to.copyDamaged.setLong(3, row.id);
        to.copyDamaged.setLong(4, work.generation());
        to.copyDamaged.setLong(5, work.sequence());
        to.copyDamaged.executeUpdate();
        to.deleteEntry.setLong(1, row.id);
        to.deleteEntry.setLong(2, work.generation());
        to.deleteEntry.setLong(3, work.sequence());
        to.deleteEntry.executeUpdate();
    }

    private Row row(Statements to, RoomId room) throws SQLException {
        Row known = rows.get(room);
        if (known != null) {
            return known;
        }
        to.flush();
        Row row = to.find(room);
        if (row == null) {
            row = to.create(room, clock.millis());
        }
        rows.put(room, row);
        return row;
    }

    private static byte[] clients(List<Long> clients) {
        ByteWriter out = new ByteWriter(16);
        clients.forEach(out::varUint);
        return out.toBytes().toArray();
    }

    private void complete(Work work, long sequence) {
        switch (work) {
            case Work.Change change -> {
                done(change);
                tell(change, new Saved.Durable(sequence));
            }
            case Work.Barrier barrier -> run(barrier.room(), barrier.then());
            case Work.SetAside setAside -> {}
            case Work.Probe probe -> {}
            case Work.Stop stop -> {}
        }
    }

    private void done(Work.Change change) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-change.bytes());
        waitingByRoom.computeIfPresent(change.room(), (room, count) -> count == 1 ? null : count - 1);
    }

    private static void tell(Work.Change change, Saved saved) {
        run(change.room(), () -> change.whenSaved().accept(saved));
    }

    private static void run(RoomId room, Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.error("{}: a callback of the journal failed", room, e);
        }
    }

    /// Tells those who are still waiting at the end that it will not happen. They go on counting as waiting.
    private static void abandon(List<Work> batch) {
        for (Work work : batch) {
            if (work instanceof Work.Change change) {
                tell(change, new Saved.Failed("the server has stopped", false));
            } else if (work instanceof Work.Barrier barrier) {
                run(barrier.room(), () -> barrier.orElse().accept("the server has stopped"));
            }
        }
        batch.clear();
    }

    private void failing(String problem) {
        if (!problem.equals(trouble)) {
            LOG.error("journal: {} Edits wait in memory until it can be written.", problem);
        }
        trouble = problem;
    }

    private void recovered() {
        if (trouble != null) {
            trouble = null;
            LOG.info("journal: writing again; everything that waited is durable");
        }
    }

    /// Undoes the transaction. A connection that did more than run out of space or time is not trusted again.
    private void recover(Exception failure) {
        rows.clear();
        Statements broken = statements;
        if (broken == null) {
            return;
        }
        boolean trusted = !(failure instanceof SQLException) || failure(failure) != Failure.OF_THE_CONNECTION;
        try {
            broken.insertEntry.clearBatch();
            broken.hasPending = false;
            database.rollback(broken.plain);
        } catch (SQLException e) {
            trusted = false;
        }
        if (!trusted) {
            closeConnection();
        }
    }

    private void closeConnection() {
        Statements open = statements;
        statements = null;
        if (open != null) {
            try {
                open.connection.close();
            } catch (SQLException e) {
                LOG.debug("closing the journal's connection", e);
            }
        }
    }

    /// What is known of a room in the database. Confined to the writer's thread.
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

    /// The prepared statements of one connection. Confined to the writer's thread.
    private static final class Statements {
        final Connection connection;
        /// Entries gather in a batch, which goes out as one with [#flush].
        final PreparedStatement insertEntry;

        boolean hasPending;
        final PreparedStatement putBase;
        final PreparedStatement deleteEntries;
        final PreparedStatement deleteEntry;
        final PreparedStatement copyDamaged;
        final PreparedStatement putGeneration;
        final PreparedStatement insertProposal;
        final PreparedStatement deleteProposal;
        final Statement plain;
        private final PreparedStatement findRoom;
        private final PreparedStatement findGeneration;
        private final PreparedStatement insertRoom;
        private final PreparedStatement updateRoom;
        private final List<PreparedStatement> prune;
        private final PreparedStatement countProposals;
        private final PreparedStatement findProposal;

        Statements(Connection connection) throws SQLException {
            this.connection = connection;
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

        /// Before anything else is asked or written: what was appended in this transaction.
        void flush() throws SQLException {
            if (hasPending) {
                hasPending = false;
                insertEntry.executeBatch();
            }
        }

        boolean knows(Witness witness) throws SQLException {
            Row row = find(witness.room);
            return row != null
                    && (row.generation > witness.generation
                            || row.generation == witness.generation && row.sequence >= witness.sequence);
        }

        @Nullable
        Row find(RoomId room) throws SQLException {
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
        @Nullable
        GenerationRow findGeneration(Row row) throws SQLException {
            findGeneration.setLong(1, row.id);
            findGeneration.setLong(2, row.generation);
            try (ResultSet found = findGeneration.executeQuery()) {
                return found.next() ? GenerationRow.read(found) : null;
            }
        }

        GenerationRow generation(Row row) throws SQLException {
            GenerationRow found = findGeneration(row);
            if (found == null) {
                throw new IllegalStateException("generation " + row.generation + " in the journal is damaged");
            }
            return found;
        }

        void beginGeneration(Row row) throws SQLException {
            updateRoom.setLong(1, row.generation);
            updateRoom.setLong(2, row.id);
            updateRoom.executeUpdate();
        }

        /// Forgets the generations of a room but the present one and the newest before it.
        void prune(Row row, int older) throws SQLException {
            for (PreparedStatement delete : prune) {
                delete.setLong(1, row.id);
                delete.setLong(2, row.generation - older);
                delete.executeUpdate();
            }
        }

        long countProposals(Row row) throws SQLException {
            countProposals.setLong(1, row.id);
            try (ResultSet count = countProposals.executeQuery()) {
                count.next();
                return count.getLong(1);
            }
        }

        boolean hasProposal(String id) throws SQLException {
            findProposal.setString(1, id);
            try (ResultSet found = findProposal.executeQuery()) {
                return found.next();
            }
        }

        Row create(RoomId room, long now) throws SQLException {
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
    }
}
