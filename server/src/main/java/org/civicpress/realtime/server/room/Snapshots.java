package org.civicpress.realtime.server.room;

import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Where whole documents are kept beside the journal, for another program that would go on with them. Nothing that was
/// acknowledged depends on it.
///
/// Shared: every method returns at once. Callbacks come on any thread, once; a room posts them to its loop.
public interface Snapshots {
    /// Nothing is kept.
    Snapshots NONE = new Snapshots() {
        @Override
        public boolean covers(RoomId room) {
            return false;
        }

        @Override
        public Times times() {
            return new Times(0, 0);
        }

        @Override
        public void compare(RoomId room, Bytes state, Consumer<Boolean> whenKnown) {
            whenKnown.accept(false);
        }

        @Override
        public void keep(RoomId room, Bytes state, Consumer<Outcome> whenDone) {
            whenDone.accept(new Outcome.None());
        }

        @Override
        public void newest(RoomId room, Consumer<Outcome> whenFound) {
            whenFound.accept(new Outcome.None());
        }
    };

    /// Whether this room's document is kept.
    boolean covers(RoomId room);

    /// When a room has a snapshot taken, as it is now.
    Times times();

    /// Whether there is a snapshot of a room, and it is of another document than this state is, or cannot be read.
    /// When it cannot be known: no.
    void compare(RoomId room, Bytes state, Consumer<Boolean> whenKnown);

    /// Keeps a room's whole state as its newest snapshot.
    ///
    /// @param state V1
    void keep(RoomId room, Bytes state, Consumer<Outcome> whenDone);

    /// Finds which snapshot of a room is the newest.
    void newest(RoomId room, Consumer<Outcome> whenFound);

    /// @param intervalMillis how long an edit waits for a snapshot at most; 0: as long as the room is open
    /// @param maxUpdates after how many updates there is one before that; 0: never
    record Times(long intervalMillis, long maxUpdates) {}

    sealed interface Outcome {
        /// It is kept.
        ///
        /// @param timeMillis when it was taken, since the epoch
        record Kept(long version, long timeMillis) implements Outcome {}

        /// There is none, and none was to be made.
        record None() implements Outcome {}

        /// @param reason in words for people
        record Failed(String reason) implements Outcome {}
    }
}
