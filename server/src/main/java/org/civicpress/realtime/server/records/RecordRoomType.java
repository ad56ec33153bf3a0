package org.civicpress.realtime.server.records;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
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
import org.civicpress.realtime.markdown.Tree;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.writeback.Bodies;
import org.civicpress.realtime.server.writeback.CivicBodies;
import org.civicpress.realtime.server.writeback.MarkdownWriteback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rooms of type `records`: the body of a record of the installation, from its draft when there is one, and
/// back into the draft. Shared.
///
/// Files and SQLite are touched on platform threads of its own: a few that read, one that writes drafts.
public final class RecordRoomType implements RoomType, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordRoomType.class);

    public static final String NAME = "records";

    private static final int READERS = 2;
    private static final long CLOSE_SECONDS = 10;

    private final Bodies bodies;
    private final Counters counters;
    private final ExecutorService readers = Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("record-reader-", 1).factory());
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("draft-writer").factory());

    public RecordRoomType(Records records, Drafts drafts, Counters counters) {
        bodies = new CivicBodies(records, drafts);
        this.counters = counters;
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
    public void find(RoomId room, Consumer<Found> whenFound) {
        try {
            readers.execute(() -> whenFound.accept(find(room)));
        } catch (RejectedExecutionException e) {
            whenFound.accept(new Found.Failed("the server is stopping"));
        }
    }

    private Found find(RoomId room) {
        try {
            Optional<String> body = bodies.find(room.name());
            return body.isPresent() ? source(body.get()) : new Found.Failed("there is no such record or draft");
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("{}: its record cannot be read", room, e);
            return new Found.Failed("its record cannot be read: " + e.getMessage());
        }
    }

    private static Found.Source source(String body) {
        Seed seed = CivicSeed.of(body);
        return new Found.Source(Optional.of(seed.update()), sha256(body), seed.losses());
    }

    private static Bytes sha256(String text) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    @Override
    public Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, boolean isNew, Watcher watcher) {
        if (!isNew) {
            compare(room, CivicDocument.read(doc), source);
        }
        return new MarkdownWriteback(room, loop, doc, bodies, writer, counters, watcher);
    }

    /// Says so when draft or record were changed while nobody was here: what is in the journal goes on.
    private void compare(RoomId room, Tree live, Found.Source source) {
        try {
            readers.execute(() -> {
                Doc doc = new Doc();
                source.state().ifPresent(state -> doc.apply(state, room));
                Written there = CivicMarkdown.write(CivicDocument.read(doc));
                if (!CivicMarkdown.write(live).equals(there)) {
                    LOG.warn(
                            "{}: the live document is not what draft or record say now; the live document is used",
                            room);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: not compared, the server is stopping", room);
        }
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
