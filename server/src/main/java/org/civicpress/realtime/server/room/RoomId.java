package org.civicpress.realtime.server.room;

/// Which room: its type (`records`, `docs`) and its name within the type. Immutable.
public record RoomId(String type, String name) {
    public RoomId {
        if (type.isEmpty() || type.indexOf(':') >= 0) {
            throw new IllegalArgumentException("not a room type: " + type);
        }
    }

    /// `records:bylaw-12`, as logs and CivicPress's snapshots name it.
    @Override
    public String toString() {
        return type + ":" + name;
    }
}
