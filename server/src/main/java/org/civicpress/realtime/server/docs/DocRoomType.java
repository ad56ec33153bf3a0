package org.civicpress.realtime.server.docs;

import org.civicpress.realtime.server.room.RoomType;

/// Rooms of type `docs`: any Yjs document of any application. A new one is empty, and nobody follows its edits.
/// Immutable.
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
}
