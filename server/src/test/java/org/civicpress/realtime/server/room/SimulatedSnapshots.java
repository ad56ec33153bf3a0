package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Snapshots in a list. Confined to the test's thread.
final class SimulatedSnapshots implements Snapshots {
    boolean isCovering = true;
    Times times = new Times(0, 0);

    /// While true, what is to be kept waits for [#answer].
    boolean isSlow;

    /// Whether nothing can be kept.
    boolean isFailing;

    /// Whether the newest is of another document than the one it is compared with.
    boolean isOther;

    final List<Bytes> kept = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public boolean covers(RoomId room) {
        return isCovering;
    }

    @Override
    public Times times() {
        return times;
    }

    @Override
    public void compare(RoomId room, Bytes state, Consumer<Boolean> whenKnown) {
        whenKnown.accept(isOther);
    }

    @Override
    public void keep(RoomId room, Bytes state, Consumer<Outcome> whenDone) {
        Runnable work = () -> {
            if (isFailing) {
                whenDone.accept(new Outcome.Failed("the disk is full"));
            } else {
                kept.add(state);
                whenDone.accept(new Outcome.Kept(kept.size(), 7));
            }
        };
        if (isSlow) {
            waiting.add(work);
        } else {
            work.run();
        }
    }

    @Override
    public void newest(RoomId room, Consumer<Outcome> whenFound) {
        whenFound.accept(kept.isEmpty() ? new Outcome.None() : new Outcome.Kept(kept.size(), 7));
    }

    void answer() {
        List<Runnable> answers = List.copyOf(waiting);
        waiting.clear();
        answers.forEach(Runnable::run);
    }

    /// What the kept ones say.
    List<String> texts() {
        return kept.stream()
                .map(state -> {
                    Doc doc = new Doc();
                    doc.apply(state, this);
                    return doc.text(SimulatedClient.TEXT).toString();
                })
                .toList();
    }
}
