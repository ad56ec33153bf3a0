package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// When one room has snapshots taken: some time after an edit, after many of them, when somebody asks for one, and when
/// the room ends. A *pass* takes the state, has it kept, and then has the follower catch up; the one may fail and the
/// other is still done. Whoever wants a pass while one is under way shares it, unless something was edited since: then
/// the next one is theirs.
///
/// Nothing edited, nothing written: a pass in which the document is as it was when it was last kept keeps nothing.
///
/// Confined to its [Room].
final class SnapshotPasses {
    /// An end waits no longer for its snapshot, which goes on, so that the follower has its time too.
    static final long PATIENCE_MILLIS = 3_000;

    /// How long a pass waits for a draft that cannot be written.
    static final long FLUSH_MILLIS = 3_000;

    /// Many updates in a short time are one snapshot.
    static final long PAUSE_MILLIS = 10_000;

    private final RoomId room;
    private final Loop loop;
    private final Doc doc;
    private final Snapshots snapshots;
    private final RoomType.Follower follower;
    private final Consumer<Runnable> guarded;
    private final boolean isCovered;

    private long updates; // that the document has had here
    private long keptUpdates; // how many of them are in the newest snapshot
    private long lastPassMillis;
    private boolean isRunning;
    private boolean isStopped;
    private Loop.@Nullable Timer timer;
    private final List<Wanted> wanted = new ArrayList<>();

    /// Somebody who waits for a pass that has all of so many updates.
    private record Wanted(long updates, Consumer<Snapshots.Outcome> whenDone) {}

    /// @param guarded does a work as the room does its own
    SnapshotPasses(
            RoomId room,
            Loop loop,
            Doc doc,
            Snapshots snapshots,
            RoomType.Follower follower,
            Consumer<Runnable> guarded) {
        this.room = room;
        this.loop = loop;
        this.doc = doc;
        this.snapshots = snapshots;
        this.follower = follower;
        this.guarded = guarded;
        isCovered = snapshots.covers(room);
        lastPassMillis = loop.nowMillis() - PAUSE_MILLIS;
    }

    /// The room was loaded with this.
    void loaded(Journal.Loaded.Contents contents) {
        if (!isCovered) {
            return;
        }
        if (!contents.updates().isEmpty()) {
            onEdited(); // they may have come after the last snapshot
        } else {
            // One that was not kept at the end of the room, or that another program has left since.
            contents.base()
                    .ifPresent(base -> snapshots.compare(room, base, isOther -> {
                        if (isOther) {
                            post(this::onEdited);
                        }
                    }));
        }
    }

    void onEdited() {
        if (isCovered) {
            updates++;
            schedule();
        }
    }

    private boolean isKept() {
        return keptUpdates == updates;
    }

    /// Has the newest snapshot be of the document as it is, and the follower catch up.
    ///
    /// @param whenDone told once, on the loop; not when the room ends before
    void onDemand(Consumer<Snapshots.Outcome> whenDone) {
        wanted.add(new Wanted(updates, whenDone));
        if (!isRunning) {
            run();
        }
    }

    /// The same at the end of the room, when the follower is flushed by the room itself afterwards.
    ///
    /// @param then done once, on the loop, with or without success
    void atEnd(Runnable then) {
        if (isKept() || !isCovered) {
            then.run();
            return;
        }
        boolean[] isDone = {false};
        Runnable once = () -> {
            if (!isDone[0]) {
                isDone[0] = true;
                then.run();
            }
        };
        Loop.Timer patience = loop.schedule(PATIENCE_MILLIS, () -> guarded.accept(once));
        take(outcome -> {
            patience.cancel();
            once.run();
        });
    }

    void stop() {
        isStopped = true;
        wanted.clear();
        cancelTimer();
    }

    private void schedule() {
        if (isStopped || isRunning || isKept()) {
            return;
        }
        Optional<Long> due = due();
        if (due.isPresent()) {
            cancelTimer();
            timer = loop.schedule(due.get(), this::onDue);
        }
    }

    /// In how many milliseconds the next pass is due; empty when none is, or when it has been scheduled already.
    private Optional<Long> due() {
        Snapshots.Times times = snapshots.times();
        if (times.maxUpdates() > 0 && updates - keptUpdates == times.maxUpdates()) {
            return Optional.of(Math.max(0, lastPassMillis + PAUSE_MILLIS - loop.nowMillis()));
        }
        if (timer == null && times.intervalMillis() > 0) {
            // Each room has its own moment in the interval, so that they do not all come at once.
            long moment = Math.floorMod(room.hashCode(), times.intervalMillis());
            return Optional.of(
                    times.intervalMillis() - Math.floorMod(loop.nowMillis() - moment, times.intervalMillis()));
        }
        return Optional.empty();
    }

    private void onDue() {
        timer = null;
        guarded.accept(() -> {
            if (!isStopped && !isRunning && !isKept()) {
                run();
            }
        });
    }

    private void run() {
        cancelTimer();
        isRunning = true;
        long edition = updates;
        take(outcome -> follower.flush(FLUSH_MILLIS, () -> onPassed(edition, outcome)));
    }

    /// Binary first.
    private void take(Consumer<Snapshots.Outcome> whenDone) {
        lastPassMillis = loop.nowMillis();
        if (isKept()) {
            snapshots.newest(room, outcome -> post(() -> whenDone.accept(outcome)));
            return;
        }
        long edition = updates;
        Bytes state = doc.state();
        snapshots.keep(
                room,
                state,
                outcome -> post(() -> {
                    if (outcome instanceof Snapshots.Outcome.Kept) {
                        keptUpdates = Math.max(keptUpdates, edition);
                    }
                    whenDone.accept(outcome);
                }));
    }

    private void onPassed(long edition, Snapshots.Outcome outcome) {
        if (isStopped) {
            return;
        }
        isRunning = false;
        List<Wanted> served =
                wanted.stream().filter(one -> one.updates() <= edition).toList();
        wanted.removeAll(served);
        served.forEach(one -> one.whenDone().accept(outcome));
        if (!wanted.isEmpty() && !isRunning) {
            run();
        } else {
            schedule();
        }
    }

    private void post(Runnable work) {
        loop.execute(() -> guarded.accept(() -> {
            if (!isStopped) {
                work.run();
            }
        }));
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
