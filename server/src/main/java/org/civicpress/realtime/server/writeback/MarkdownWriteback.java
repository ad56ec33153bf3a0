package org.civicpress.realtime.server.writeback;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.Tree;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.RoomEvent.WritebackFailed;
import org.civicpress.realtime.server.room.RoomEvent.WritebackFailed.Stage;
import org.civicpress.realtime.server.room.RoomEvents;
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
/// is kept in the journal, and the next edit is the next try. A database that fails is tried again. A draft that
/// somebody else has changed is not overwritten: it waits for a person, and the document is kept.
///
/// Confined to the room's loop.
public final class MarkdownWriteback implements RoomType.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(MarkdownWriteback.class);

    static final long QUIET_MILLIS = 2_000;
    static final long LONGEST_MILLIS = 10_000;
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long LONGEST_RETRY_MILLIS = 30_000;

    private final RoomId room;
    private final Loop loop;
    private final Doc doc;
    private final Bodies bodies;
    private final BodyNotes notes;
    private final Executor writer;
    private final Counters counters;
    private final RoomEvents events;
    private final RoomType.Watcher watcher;

    /// The hashes of what this room may overwrite.
    private volatile Set<Bytes> ours;

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

        record Unfaithful(Stage stage, String reason) implements Outcome {}

        record Failed(String reason) implements Outcome {}
    }

    /// What a try leads to: an outcome already, or Markdown that is to be stored.
    private sealed interface Made {
        record Over(Outcome outcome) implements Made {}

        record ToStore(String markdown, Bytes hash) implements Made {}
    }

    /// @param ours the hashes of the bodies that may be overwritten: what the room was made from or has written
    /// @param writer where Markdown is made and stored, one after the other
    public MarkdownWriteback(
            RoomId room,
            Loop loop,
            Doc doc,
            Bodies bodies,
            BodyNotes notes,
            Set<Bytes> ours,
            Executor writer,
            Counters counters,
            RoomEvents events,
            RoomType.Watcher watcher) {
        this.room = room;
        this.loop = loop;
        this.doc = doc;
        this.bodies = bodies;
        this.notes = notes;
        this.ours = Set.copyOf(ours);
        this.writer = writer;
        this.counters = counters;
        this.events = events;
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
    public void flush(long patienceMillis, Runnable whenDone) {
        long untilMillis = loop.nowMillis() + patienceMillis;
        flushUntilMillis = flushing.isEmpty() ? untilMillis : Math.min(flushUntilMillis, untilMillis);
        flushing.add(whenDone);
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
            onOutcome(
                    edition,
                    new Outcome.Unfaithful(Stage.SERIALIZE, "it cannot be read as a record: " + e.getMessage()));
            return;
        }
        onWriter(edition, () -> {
            switch (make(tree)) {
                case Made.Over(var outcome) -> answer(edition, outcome);
                case Made.ToStore toStore -> note(edition, toStore);
            }
        });
    }

    private void onWriter(long edition, Runnable work) {
        try {
            writer.execute(work);
        } catch (RejectedExecutionException e) {
            answer(edition, new Outcome.Failed("the server is stopping"));
        }
    }

    private void answer(long edition, Outcome outcome) {
        loop.execute(() -> onOutcome(edition, outcome));
    }

    private Made make(Tree tree) {
        try {
            return switch (CivicMarkdown.write(tree)) {
                case Written.Faithful(var markdown) -> judge(markdown, BodyHash.of(markdown));
                case Written.Unfaithful(var reason) -> new Made.Over(new Outcome.Unfaithful(Stage.SERIALIZE, reason));
            };
        } catch (RuntimeException | StackOverflowError e) {
            return new Made.Over(new Outcome.Failed(String.valueOf(e.getMessage())));
        }
    }

    private Made judge(String markdown, Bytes hash) {
        Optional<String> now = bodies.find(room.name());
        if (now.equals(Optional.of(markdown))) {
            if (!ours.contains(hash)) {
                notes.written(room, hash);
                ours = Set.of(hash);
            }
            return new Made.Over(new Outcome.Done(false));
        }
        if (now.isPresent() && !ours.contains(BodyHash.of(now.get()))) {
            return new Made.Over(
                    new Outcome.Unfaithful(Stage.DRAFT, "somebody else has changed the draft or the record meanwhile"));
        }
        return new Made.ToStore(markdown, hash);
    }

    /// What is going to be in the draft is known to the journal before it is there: after a crash it is not taken for
    /// somebody else's.
    private void note(long edition, Made.ToStore toStore) {
        notes.intended(room, toStore.hash, trouble -> {
            if (trouble.isPresent()) {
                answer(edition, new Outcome.Failed(trouble.get()));
            } else {
                onWriter(edition, () -> answer(edition, store(toStore)));
            }
        });
    }

    private Outcome store(Made.ToStore toStore) {
        try {
            bodies.write(room.name(), toStore.markdown);
        } catch (RuntimeException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
        ours = Set.of(toStore.hash);
        notes.written(room, toStore.hash);
        return new Outcome.Done(true);
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
            case Outcome.Unfaithful(var stage, var reason) -> {
                failures = 0;
                counters.count(Counter.DRAFTS_UNFAITHFUL);
                if (!reason.equals(unfaithful)) {
                    watcher.onStuck(reason);
                    LOG.warn("{}: its draft is not written, the document is kept: {}", room, reason);
                    tell(stage, reason);
                }
                unfaithful = reason;
                goOn(edition);
            }
            case Outcome.Failed(var reason) -> {
                failures++;
                counters.count(Counter.DRAFTS_FAILED);
                if (failures == 1) {
                    LOG.error("{}: its draft cannot be written now and is tried again: {}", room, reason);
                    tell(Stage.DRAFT, reason);
                }
                retry(reason);
            }
        }
    }

    private void tell(Stage stage, String reason) {
        events.on(new WritebackFailed(room, stage, reason, loop.nowMillis()));
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
                        "{}: its draft could not be written and will be later, or when the room is opened again: {}",
                        room,
                        reason);
                flushed();
                if (!isStopped && !isWriting && timer == null) { // the room lives on
                    timer = loop.schedule(pause, this::onTimer);
                }
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
