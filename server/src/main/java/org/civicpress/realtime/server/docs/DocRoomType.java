package org.civicpress.realtime.server.docs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;

/// Rooms of type `docs`: any Yjs document of any application. A new one is empty, and nobody follows its
/// edits. Immutable.
public final class DocRoomType implements RoomType {
    public static final String NAME = "docs";

    private static final Found.Source EMPTY =
            new Found.Source(Optional.empty(), Bytes.EMPTY, List.of(), false, "nothing else holds it");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean speaksText() {
        return false;
    }

    @Override
    public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
        whenFound.accept(EMPTY);
    }

    @Override
    public Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, Set<Bytes> bodies, Watcher watcher) {
        return Nobody.INSTANCE;
    }

    private enum Nobody implements Follower {
        INSTANCE;

        @Override
        public void onEdited() {}

        @Override
        public boolean isBehind() {
            return false;
        }

        @Override
        public void flush(long patienceMillis, Runnable whenDone) {
            whenDone.run();
        }

        @Override
        public void stop() {}
    }
}
