package org.civicpress.realtime.server.room;

import org.civicpress.realtime.protocol.Message;

/// One client in one room. Shared: its methods hand the work to the room's loop and return at once.
public final class Session {
    private final String id;
    private final RoomId room;
    private final Principal principal;
    private final Loop loop;

    Session(String id, RoomId room, Principal principal, Loop loop) {
        this.id = id;
        this.room = room;
        this.principal = principal;
        this.loop = loop;
    }

    /// `client_<ms>_<7 letters>`, as the client is told.
    public String id() {
        return id;
    }

    public RoomId room() {
        return room;
    }

    public Principal principal() {
        return principal;
    }

    /// Where the room is, and where its outbox is used.
    public Loop loop() {
        return loop;
    }

    /// The client said something. While the room is being loaded this is kept, and answered afterwards.
    public void receive(Message message) {
        throw new UnsupportedOperationException();
    }

    /// The client is gone, or is no longer to be heard. The outbox is not closed by this. May be said twice.
    public void leave() {
        throw new UnsupportedOperationException();
    }
}
