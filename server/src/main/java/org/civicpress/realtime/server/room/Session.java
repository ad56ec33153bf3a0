package org.civicpress.realtime.server.room;

import org.civicpress.realtime.protocol.Message;

/// One client in one room. Shared: its methods hand the work to the room's loop and return at once.
public final class Session {
    private final String id;
    private final RoomId room;
    private final Principal principal;
    private final Loop loop;
    private final Member member;

    Session(String id, RoomId room, Principal principal, Loop loop, Permit permit, Outbox outbox) {
        this.id = id;
        this.room = room;
        this.principal = principal;
        this.loop = loop;
        member = new Member(this, permit, outbox);
    }

    /// `client_<ms>_<7 letters or digits>`, as the client is told.
    public String id() {
        return id;
    }

    public RoomId room() {
        return room;
    }

    public Principal principal() {
        return principal;
    }

    /// Where the room is, and where the outbox is used.
    public Loop loop() {
        return loop;
    }

    /// The client said something. While the room is being loaded it is kept, and answered afterwards.
    public void receive(Message message) {
        loop.execute(() -> member.onReceive(message));
    }

    /// What this person may do has changed. What was said before and is still on its way is judged by it too.
    public void permit(Permit permit) {
        loop.execute(() -> member.onPermit(permit));
    }

    /// The client said something in a text frame.
    public void receiveText(String text) {
        loop.execute(() -> member.onText(text));
    }

    /// The client is gone, or is no longer to be heard. The outbox is not closed by this. May be said twice.
    public void leave() {
        loop.execute(member::onLeave);
    }

    /// Confined to the loop.
    Member member() {
        return member;
    }
}
