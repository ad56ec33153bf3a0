package org.civicpress.realtime.server.store;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final long PROBE_AFTER_MILLIS = 10_000;

    private final Database database;
    private final long maxQueuedBytes;
    private final Clock clock;
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<RoomId, Integer> waitingByRoom = new ConcurrentHashMap<>();
    private final AtomicLong waiting = new AtomicLong();

    /// When what waits was handed in, the oldest first. Compactions are not in it: they wait for a pause, and nobody
    /// for them.
    private final Queue<Long> handedInAt = new ConcurrentLinkedQueue<>();

    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable String trouble;
    private volatile long giveUpAtNanos;

    private final LinkedHashMap<RoomId, Work.Compact> compactions = new LinkedHashMap<>();
    private @Nullable JournalTables tables;
    private boolean last;
    private @Nullable Doubt doubt;

    /// A batch that was to be committed, with the numbers its entries then have; nothing has said yet that it is.
    ///
    /// @param witness how one of its rooms is when it is; null when the batch can be written twice without harm
    private record Doubt(List<Work> batch, long[] sequences, JournalTables.@Nullable Position witness) {}

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
        if (!(change instanceof Work.Compact)) {
            handedInAt.add(System.nanoTime());
        }
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
        Long oldest = handedInAt.peek();
        long lagMillis = oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - oldest);
        return new Journal.Health(Optional.ofNullable(trouble), waiting.get(), waitingBytes.get(), lagMillis);
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
        JournalTables open = tables;
        if (open != null) {
            try {
                database.checkpoint(open.plain(), last);
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
            JournalTables to = connected();
            isCommitted = database.isCommitted(to.plain()) || (open.witness != null && to.hasReached(open.witness));
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

    private JournalTables connected() throws SQLException {
        JournalTables open = tables;
        if (open == null) {
            open = new JournalTables(database.writer(), clock);
            tables = open;
        }
        return open;
    }

    /// @param sequences filled with the number that each then has
    private void transaction(List<Work> batch, long[] sequences) throws SQLException {
        JournalTables to = connected();
        database.begin(to.plain());
        boolean freed = false;
        for (int i = 0; i < sequences.length; i++) {
            switch (batch.get(i)) {
                case Work.Change change -> {
                    sequences[i] = to.write(change);
                    freed |= change instanceof Work.Compact || change instanceof Work.StartAnew;
                }
                case Work.SetAside setAside -> to.setAside(setAside);
                case Work.Barrier barrier -> {}
                case Work.Probe probe -> {}
                case Work.Stop stop -> throw new IllegalStateException("a stop inside a batch");
            }
        }
        to.flush();
        if (freed) {
            database.returnFreeSpace(to.plain());
        }
        doubt = new Doubt(List.copyOf(batch), sequences, witness(to, batch));
        to.plain().execute("COMMIT");
        if (!(batch.getFirst() instanceof Work.Probe)) {
            commits.incrementAndGet();
        }
    }

    /// Only an entry is written twice when it is tried twice; and what belonged before the start of a generation would
    /// then come after it.
    private static JournalTables.@Nullable Position witness(JournalTables to, List<Work> batch) throws SQLException {
        for (Work work : batch) {
            if (work instanceof Work.Append || work instanceof Work.StartAnew) {
                return to.position(((Work.Change) work).room());
            }
        }
        return null;
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
        if (!(change instanceof Work.Compact)) {
            handedInAt.remove();
        }
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
        JournalTables broken = tables;
        if (broken == null) {
            return;
        }
        boolean trusted = !(failure instanceof SQLException) || failure(failure) != Failure.OF_THE_CONNECTION;
        try {
            broken.onRollback();
            database.rollback(broken.plain());
        } catch (SQLException e) {
            trusted = false;
        }
        if (!trusted) {
            closeConnection();
        }
    }

    private void closeConnection() {
        JournalTables open = tables;
        tables = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("closing the journal's connection", e);
            }
        }
    }
}
