package org.civicpress.realtime.server.room;

/// What somebody may do in a room.
public enum Access {
    NONE,
    /// See the document and be seen.
    READ,
    WRITE
}
