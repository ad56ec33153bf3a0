package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.civicpress.realtime.protocol.Message;
import org.jspecify.annotations.Nullable;

/// A session as its room sees it. Confined to the room's loop.
final class Member {
    final Session session;
    final Access access;
    final Outbox outbox;

    /// Where it is; null before it came in and after it left.
    @Nullable
    Room room;

    /// What it said before the room was loaded.
    List<Message> early = new ArrayList<>();

    /// The clients for which it speaks.
    final Set<Long> clients = new LinkedHashSet<>();

    /// When it was last sent a binary frame.
    long sentMillis;

    /// When it was last told that it may not edit; 0: never.
    long refusedMillis;

    /// Something it wrote was not taken.
    boolean hasRefusedEdits;

    /// Something is in its outbox that was not flushed.
    boolean isTouched;

    Member(Session session, Access access, Outbox outbox) {
        this.session = session;
        this.access = access;
        this.outbox = outbox;
    }

    void onReceive(Message message) {
        if (room != null) {
            room.onReceive(this, message);
        }
    }

    void onLeave() {
        if (room != null) {
            room.onLeave(this);
        }
    }

    @Override
    public String toString() {
        return session.id() + " of " + session.principal().id();
    }
}
