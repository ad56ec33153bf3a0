package org.civicpress.realtime.server.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal in a [Database] of its own: a SQLite file, `realtime.db` beside CivicPress's database, or PostgreSQL.
/// One thread writes ([JournalWriter]), two read; all are platform threads, because SQLite's native calls would pin
/// the carrier of a virtual one. Shared.
///
/// A room that the journal has never heard of is asked for at the [Predecessor]; what is found there
/// becomes the room's base state before anybody sees it, so that what follows has something to stand on.
public final class SqlJournal implements Journal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqlJournal.class);
    private static final int READERS = 2;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

    private final Database database;
    private final Predecessor predecessor;
    private final JournalWriter writer;
    private final ProposalStore proposals;
    private final ExecutorService readers = Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("journal-reader-", 1).factory());

    /// @param maxQueuedBytes how much may wait to be written before new work is turned away
    public record Limits(long maxQueuedBytes) {
        public static final Limits DEFAULT = new Limits(256L << 20);
    }

    /// Opens the journal in a PostgreSQL database, making its tables when they are not there.
    ///
    /// @param url `jdbc:postgresql:…`
    /// @param predecessor who may know of a room that it has never heard of
    /// @throws JournalException with one line for the operator, without secrets
    public static SqlJournal open(String url, Predecessor predecessor, Limits limits, Clock clock) {
        return new SqlJournal(PostgresDatabase.open(url), predecessor, limits, clock);
    }

    /// Opens the journal in a SQLite file, making it when it is not there.
    ///
    /// @param database its file
    /// @param predecessor who may know of a room that it has never heard of
    /// @throws JournalException with one line for the operator
    public static SqlJournal open(Path database, Predecessor predecessor, Limits limits, Clock clock) {
        return new SqlJournal(SqliteFile.open(database), predecessor, limits, clock);
    }

    /// @param database open, and closed with this journal
    SqlJournal(Database database, Predecessor predecessor, Limits limits, Clock clock) {
        this.database = database;
        this.predecessor = predecessor;
        writer = new JournalWriter(database, limits.maxQueuedBytes(), clock);
        proposals = new ProposalStore(writer, this);
        writer.start();
    }

    @Override
    public void load(RoomId room, Consumer<Loaded> whenLoaded) {
        Consumer<String> refuse = reason -> whenLoaded.accept(new Loaded.Failed(reason));
        writer.afterWaiting(
                room,
                () -> {
                    try {
                        readers.execute(() -> read(room, whenLoaded));
                    } catch (RejectedExecutionException e) {
                        refuse.accept("the server is stopping");
                    }
                },
                refuse);
    }

    @Override
    public void seed(RoomId room, Bytes state, Bytes hash, Consumer<Saved> whenSaved) {
        writer.submit(new Work.Begin(room, "seed", state, hash, whenSaved));
    }

    @Override
    public void startAnew(RoomId room, NewGeneration start, Consumer<Saved> whenSaved) {
        writer.submit(new Work.StartAnew(room, start, whenSaved));
    }

    @Override
    public void loadOlder(RoomId room, Consumer<List<Bytes>> whenLoaded) {
        reads(room, reader -> reader.older(room)).whenComplete((states, failure) -> {
            if (failure != null) {
                LOG.error("{}: older generations cannot be loaded: {}", room, failure.getMessage());
            }
            whenLoaded.accept(states == null ? List.of() : states);
        });
    }

    @Override
    public void noteBody(RoomId room, Bytes hash, BodyNote note, Consumer<Saved> whenSaved) {
        writer.submit(new Work.NoteBody(room, hash, note, whenSaved));
    }

    @Override
    public void append(RoomId room, Entry entry, Consumer<Saved> whenSaved) {
        writer.submit(new Work.Append(room, entry, whenSaved));
    }

    @Override
    public void compact(RoomId room, Bytes state, long upToSequence, Consumer<Saved> whenSaved) {
        writer.submit(new Work.Compact(room, state, upToSequence, whenSaved));
    }

    @Override
    public void findUnfinished(String type, Consumer<List<RoomId>> whenFound) {
        try {
            readers.execute(() -> whenFound.accept(unfinished(type)));
        } catch (RejectedExecutionException e) {
            whenFound.accept(List.of());
        }
    }

    private List<RoomId> unfinished(String type) {
        try {
            return database.read(reader -> reader.unfinished(type));
        } catch (SQLException e) {
            LOG.error("rooms that were not closed in order cannot be found: {}", database.explain(e));
            return List.of();
        }
    }

    @Override
    public Health health() {
        return writer.health();
    }

    /// How many transactions were committed since it was opened.
    public long commits() {
        return writer.commits();
    }

    private void read(RoomId room, Consumer<Loaded> whenLoaded) {
        Loaded loaded;
        try {
            Optional<JournalReader.Found> found = database.read(reader -> reader.read(room));
            if (found.isEmpty()) {
                Optional<Predecessor.Left> left = predecessor.find(room);
                if (left.isPresent()) {
                    adopt(room, left.get(), whenLoaded);
                    return;
                }
                loaded = Loaded.Contents.NEW;
            } else {
                found.get().damaged().forEach(writer::setAside);
                loaded = found.get().loaded();
            }
        } catch (SQLException e) {
            LOG.error("{}: cannot be loaded: {}", room, database.explain(e));
            loaded = new Loaded.Failed(database.explain(e));
        } catch (RuntimeException e) {
            LOG.error("{}: cannot be loaded", room, e);
            loaded = new Loaded.Failed(String.valueOf(e.getMessage()));
        }
        whenLoaded.accept(loaded);
    }

    /// Proposals that wait in the same database.
    public ProposalStore proposals() {
        return proposals;
    }

    /// Reads after what was handed in for a room before.
    ///
    /// @return fails with a [JournalException]
    <T> CompletableFuture<T> reads(RoomId room, Database.Reading<T> reading) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Consumer<String> refuse = reason -> answer.completeExceptionally(new JournalException(reason));
        writer.afterWaiting(
                room,
                () -> {
                    try {
                        readers.execute(() -> {
                            try {
                                answer.complete(database.read(reading));
                            } catch (SQLException e) {
                                refuse.accept(database.explain(e));
                            } catch (RuntimeException e) {
                                refuse.accept(String.valueOf(e.getMessage()));
                            }
                        });
                    } catch (RejectedExecutionException e) {
                        refuse.accept("the server is stopping");
                    }
                },
                refuse);
        return answer;
    }

    private void adopt(RoomId room, Predecessor.Left left, Consumer<Loaded> whenLoaded) {
        LOG.info("{}: taken over from snapshot {}", room, left.version());
        boolean[] answered = {false}; // touched by the writer's thread only, or before it knows of the work
        writer.submit(new Work.Begin(room, GenerationRow.SNAPSHOT, left.state(), left.hash(), saved -> {
            if (answered[0]) {
                return;
            }
            answered[0] = true;
            whenLoaded.accept(
                    switch (saved) {
                        case Saved.Durable durable ->
                            new Loaded.Contents(
                                    Optional.of(left.state()), List.of(), 1, 0, 0, Abandoned.NOTHING, Set.of(), 0);

                        case Saved.Failed(var reason, var kept) -> new Loaded.Failed(reason);
                    });
        }));
    }

    /// Writes what waits and closes.
    ///
    /// @return how many changes could not be written within the deadline
    public long close(Duration deadline) {
        readers.shutdown();
        long lost = writer.stop(deadline.toMillis());
        if (lost > 0) {
            LOG.error("journal: {} changes could not be written before the end", lost);
        }
        try {
            readers.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
        return lost;
    }

    @Override
    public void close() {
        close(CLOSE_DEADLINE);
    }
}
