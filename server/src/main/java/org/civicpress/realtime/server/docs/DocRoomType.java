package org.civicpress.realtime.server.docs;

import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;

/// Rooms of type `docs`: any Yjs document of any application. A new one is empty, and nobody follows its
/// edits. Immutable.
public final class DocRoomType implements RoomType {
    public static final String NAME = "docs";

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
        whenFound.accept(Found.Source.NOTHING);
    }
}
