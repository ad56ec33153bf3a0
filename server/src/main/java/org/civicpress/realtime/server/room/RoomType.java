package org.civicpress.realtime.server.room;

/// What kind of document a room holds: where a new one comes from and who follows its edits. Shared.
public interface RoomType {
    /// The first part of a room's address, as in `records`.
    String name();

    /// Whether clients expect JSON in text frames beside the binary ones.
    boolean speaksText();
}
