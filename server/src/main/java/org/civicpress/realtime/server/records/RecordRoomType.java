package org.civicpress.realtime.server.records;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.civicpress.realtime.civicpress.Drafts;
import org.civicpress.realtime.civicpress.Records;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.CivicSeed;
import org.civicpress.realtime.markdown.Seed;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.writeback.Bodies;
import org.civicpress.realtime.server.writeback.BodyHash;
import org.civicpress.realtime.server.writeback.BodyNotes;
import org.civicpress.realtime.server.writeback.CivicBodies;
import org.civicpress.realtime.server.writeback.MarkdownWriteback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rooms of type `records`: the body of a record of the installation, from its draft when there is one, and
/// back into the draft. Shared.
///
/// Files and SQLite are touched on platform threads of its own: a few that read, one that writes drafts.
public final class RecordRoomType implements RoomType {
    private static final Logger LOG = LoggerFactory.getLogger(RecordRoomType.class);

    public static final String NAME = "records";

    private static final int READERS = 2;
    private static final long CLOSE_SECONDS = 10;

    private final Bodies bodies;
    private final BodyNotes notes;
    private final Counters counters;
    private final RoomEvents events;
    private final ExecutorService readers = Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("record-reader-", 1).factory());
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("draft-writer").factory());

    /// @param journal where it is noted what was written
    /// @param events told when a draft cannot be written
    public RecordRoomType(Records records, Drafts drafts, Journal journal, Counters counters, RoomEvents events) {
        bodies = new CivicBodies(records, drafts);
        notes = new BodyNotes(journal);
        this.counters = counters;
        this.events = events;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean speaksText() {
        return true;
    }

    @Override
    public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
        try {
            readers.execute(() -> whenFound.accept(find(room, kept)));
        } catch (RejectedExecutionException e) {
            whenFound.accept(new Found.Failed("the server is stopping"));
        }
    }

    private Found find(RoomId room, Optional<Kept> kept) {
        try {
            Optional<String> body = bodies.find(room.name());
            if (body.isEmpty()) {
                return new Found.Failed("there is no such record or draft");
            }
            return kept.isEmpty()
                    ? source(body.get(), "nobody has edited it here")
                    : compare(room, kept.get(), body.get());
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("{}: its record cannot be read", room, e);
            return new Found.Failed("its record cannot be read: " + e.getMessage());
        }
    }

    private static Found.Source source(String body, String decision) {
        Seed seed = CivicSeed.of(body);
        return new Found.Source(Optional.of(seed.update()), BodyHash.of(body), seed.losses(), false, decision);
    }

    /// Whether the file is still the one that the kept document follows.
    private Found.Source compare(RoomId room, Kept kept, String body) {
        Bytes hash = BodyHash.of(body);
        if (kept.bodies().contains(hash)) {
            return source(body, "its file is as it was left");
        }
        Found.Source there = source(body, "its file says the same in other words");
        if (kept.bodies().isEmpty()) {
            notes.written(room, hash);
            return source(body, "it is not known what its file was before");
        }
        Doc seeded = new Doc();
        there.state().ifPresent(state -> seeded.apply(state, room));
        Written live = CivicMarkdown.write(CivicDocument.read(kept.doc()));
        if (live instanceof Written.Faithful && live.equals(CivicMarkdown.write(CivicDocument.read(seeded)))) {
            notes.written(room, hash);
            return there;
        }
        return new Found.Source(there.state(), hash, there.losses(), true, "somebody else has changed its file");
    }

    @Override
    public Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, Set<Bytes> known, Watcher watcher) {
        Set<Bytes> ours = new HashSet<>(known);
        ours.add(source.hash());
        return new MarkdownWriteback(room, loop, doc, bodies, notes, ours, writer, counters, events, watcher);
    }

    /// Ends its threads, after what they have begun. To be called after
    /// [org.civicpress.realtime.server.room.Rooms#close] has completed.
    @Override
    public void close() {
        readers.shutdown();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("a draft is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
