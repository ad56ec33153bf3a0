package org.civicpress.realtime.server.room;

/// Where [RoomEvent]s go. Shared: told on whichever thread something happens, returns at once, and throws nothing.
public interface RoomEvents {
    /// Nobody listens.
    RoomEvents UNHEARD = event -> {};

    void on(RoomEvent event);
}
