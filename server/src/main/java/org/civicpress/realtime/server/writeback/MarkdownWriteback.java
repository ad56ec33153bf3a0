package org.civicpress.realtime.server.writeback;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.Tree;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what people write in one room into the draft of its record, as Markdown: when they pause, every
/// few seconds while they do not, and when the room closes.
///
/// The document is read on the loop, into a tree that never changes; the Markdown is made, verified and
/// stored on another thread. Markdown that does not read back as the document is not stored: the document
/// is kept in the journal, and the next edit is the next try. A database that fails is tried again.
///
/// Confined to the room's loop.
public final class MarkdownWriteback implements RoomType.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(MarkdownWriteback.class);

    static final long QUIET_MILLIS = 2_000;
    static final long LONGEST_MILLIS = 10_000;
    static final long FLUSH_MILLIS = 10_000;
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long LONGEST_RETRY_MILLIS = 30_000;

    private final RoomId room;
    private final Loop loop;
    private final Doc doc;
    private final Bodies bodies;
    private final Executor writer;
    private final Counters counters;
    private final RoomType.Watcher watcher;

    private long edits;
    private long editsDone; // how many of them are in the draft
    private long editsTried; // how many of them were in the document that was last tried
    private long firstEditMillis; // of those that were not tried
    private long lastEditMillis;
    private boolean isWriting;
    private boolean isStopped;
    private int failures;
    private @Nullable String unfaithful; // why the last try was not faithful
    private Loop.@Nullable Timer timer;
    private final List<Runnable> flushing = new ArrayList<>();
    private long flushUntilMillis;

    /// What became of a try.
    private sealed interface Outcome {
        record Done(boolean isChanged) implements Outcome {}

        record Unfaithful(String reason) implements Outcome {}

        record Failed(String reason) implements Outcome {}
    }

    /// @param writer where Markdown is made and stored, one after the other
    public MarkdownWriteback(
            RoomId room,
            Loop loop,
            Doc doc,
            Bodies bodies,
            Executor writer,
            Counters counters,
            RoomType.Watcher watcher) {
        this.room = room;
        this.loop = loop;
        this.doc = doc;
        this.bodies = bodies;
        this.writer = writer;
        this.counters = counters;
        this.watcher = watcher;
    }

    @Override
    public void onEdited() {
        edits++;
        lastEditMillis = loop.nowMillis();
        if (edits == editsTried + 1) {
            firstEditMillis = lastEditMillis;
        }
        if (timer == null && !isWriting) {
            timer = loop.schedule(QUIET_MILLIS, this::onTimer);
        }
    }

    @Override
    public boolean isBehind() {
        return editsDone < edits;
    }

    @Override
    public void flush(Runnable whenDone) {
        flushing.add(whenDone);
        if (flushing.size() == 1) {
            flushUntilMillis = loop.nowMillis() + FLUSH_MILLIS;
        }
        if (isWriting) {
            return; // it goes on from there
        }
        if (editsTried < edits || failures > 0) {
            write();
        } else {
            flushed();
        }
    }

    @Override
    public void stop() {
        isStopped = true;
        flushing.clear();
        cancelTimer();
    }

    private void onTimer() {
        timer = null;
        if (isStopped || isWriting) {
            return;
        }
        long now = loop.nowMillis();
        long due = failures > 0 ? now : Math.min(lastEditMillis + QUIET_MILLIS, firstEditMillis + LONGEST_MILLIS);
        if (due <= now) {
            write();
        } else {
            timer = loop.schedule(due - now, this::onTimer);
        }
    }

    private void write() {
        cancelTimer();
        isWriting = true;
        editsTried = edits;
        long edition = edits;
        Tree tree;
        try {
            tree = CivicDocument.read(doc);
        } catch (RuntimeException e) {
            LOG.error("{}: cannot be read as a record", room, e);
            onOutcome(edition, new Outcome.Unfaithful("it cannot be read as a record: " + e.getMessage()));
            return;
        }
        try {
            writer.execute(() -> {
                Outcome outcome = store(tree);
                loop.execute(() -> onOutcome(edition, outcome));
            });
        } catch (RejectedExecutionException e) {
            loop.execute(() -> onOutcome(edition, new Outcome.Failed("the server is stopping")));
        }
    }

    private Outcome store(Tree tree) {
        try {
            return switch (CivicMarkdown.write(tree)) {
                case Written.Faithful(var markdown) -> {
                    if (bodies.find(room.name()).equals(Optional.of(markdown))) {
                        yield new Outcome.Done(false);
                    }
                    bodies.write(room.name(), markdown);
                    yield new Outcome.Done(true);
                }
                case Written.Unfaithful(var reason) -> new Outcome.Unfaithful(reason);
            };
        } catch (RuntimeException | StackOverflowError e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private void onOutcome(long edition, Outcome outcome) {
        if (isStopped) {
            return;
        }
        isWriting = false;
        switch (outcome) {
            case Outcome.Done(var isChanged) -> {
                editsDone = edition;
                if (failures > 0 || unfaithful != null) {
                    LOG.info("{}: its draft can be written again", room);
                }
                failures = 0;
                unfaithful = null;
                if (isChanged) {
                    counters.count(Counter.DRAFTS_WRITTEN);
                    LOG.debug("{}: draft written", room);
                }
                if (!isBehind()) {
                    watcher.onCaughtUp();
                }
                goOn(edition);
            }
            case Outcome.Unfaithful(var reason) -> {
                failures = 0;
                counters.count(Counter.DRAFTS_UNFAITHFUL);
                if (!reason.equals(unfaithful)) {
                    watcher.onStuck(reason);
                    LOG.warn("{}: its draft is not written, the document is kept: {}", room, reason);
                }
                unfaithful = reason;
                goOn(edition);
            }
            case Outcome.Failed(var reason) -> {
                failures++;
                counters.count(Counter.DRAFTS_FAILED);
                if (failures == 1) {
                    LOG.error("{}: its draft cannot be written now and is tried again: {}", room, reason);
                }
                retry(reason);
            }
        }
    }

    /// After a try that needs no other.
    private void goOn(long edition) {
        if (!flushing.isEmpty()) {
            if (edition < edits) {
                write();
            } else {
                flushed();
            }
        } else if (edition < edits) {
            timer = loop.schedule(QUIET_MILLIS, this::onTimer);
        }
    }

    private void retry(String reason) {
        long pause = Math.min(FIRST_RETRY_MILLIS << Math.min(failures - 1, 10), LONGEST_RETRY_MILLIS);
        if (!flushing.isEmpty()) {
            long left = flushUntilMillis - loop.nowMillis();
            if (left <= 0) {
                LOG.error(
                        "{}: its draft could not be written and will be when the room is opened again: {}",
                        room,
                        reason);
                flushed();
                return;
            }
            pause = Math.min(pause, left);
        }
        timer = loop.schedule(pause, this::onTimer);
    }

    private void flushed() {
        List<Runnable> done = List.copyOf(flushing);
        flushing.clear();
        done.forEach(Runnable::run);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
