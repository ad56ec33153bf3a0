package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.UserStamp;
import org.jspecify.annotations.Nullable;

/// A session as its room sees it. Confined to the room's loop.
final class Member {
    private static final int MAX_KEPT = 256;
    private static final long MAX_KEPT_BYTES = 12 << 20;

    final Session session;
    final Outbox outbox;

    /// What this person may do now.
    Permit permit;

    /// Where it is; null before it came in and after it left.
    @Nullable
    Room room;

    /// The clients for which it speaks.
    final Set<Long> clients = new LinkedHashSet<>();

    /// How many times it was asked for what it has (sync step 1) and has not answered; answers come in order.
    int unanswered;

    /// When it was last sent a binary frame.
    long sentMillis;

    /// When it was last told that it may not edit; 0: never.
    long refusedMillis;

    /// Something it wrote was not taken.
    boolean hasRefusedEdits;

    /// Something is in its outbox that was not flushed.
    boolean isTouched;

    Standing standing = Standing.NEW;

    /// It was told the document.
    boolean isTold;

    /// What it holds of an older generation was handed on to be kept.
    boolean isUnsentOffered;

    /// What happens when it says nothing.
    Loop.@Nullable Timer timer;

    /// Whose document it holds.
    enum Standing {
        /// Not known yet.
        NEW,
        /// That of the room's present generation.
        CURRENT,
        /// That of an older one.
        STALE
    }

    /// Puts its name into its presence; null when the name is not known.
    private final @Nullable UserStamp stamp;

    private List<Message> kept = List.of();
    private long keptBytes;

    Member(Session session, Permit permit, Outbox outbox) {
        this.session = session;
        this.permit = permit;
        this.outbox = outbox;
        Principal person = session.principal();
        stamp = person.displayName()
                .map(name -> new UserStamp(person.id(), name, person.name()))
                .orElse(null);
    }

    /// What it says of a client, under its own name.
    AwarenessEntry stamped(AwarenessEntry entry) {
        if (stamp == null) {
            return entry;
        }
        String state = stamp.on(entry.state());
        return state.equals(entry.state()) ? entry : new AwarenessEntry(entry.client(), entry.clock(), state);
    }

    void onReceive(Message message) {
        if (room != null) {
            room.onReceive(this, message);
        }
    }

    void onText(String text) {
        if (room != null) {
            room.onText(this, text);
        }
    }

    void onPermit(Permit permit) {
        if (room != null) {
            room.onPermit(this, permit);
        } else {
            this.permit = permit;
        }
    }

    void onLeave() {
        if (room != null) {
            room.onLeave(this);
        }
    }

    /// Keeps what it said before the room was loaded.
    ///
    /// @return false when that becomes too much
    boolean keep(Message message) {
        if (kept.isEmpty()) {
            kept = new ArrayList<>();
        }
        keptBytes += weight(message);
        return kept.add(message) && kept.size() <= MAX_KEPT && keptBytes <= MAX_KEPT_BYTES;
    }

    List<Message> takeKept() {
        List<Message> taken = kept;
        kept = List.of();
        keptBytes = 0;
        return taken;
    }

    private static long weight(Message message) {
        return switch (message) {
            case Message.SyncStep1(var stateVector) -> stateVector.length();
            case Message.SyncStep2(var update) -> update.length();
            case Message.Update(var update) -> update.length();
            case Message.AwarenessUpdate(var entries) ->
                entries.stream().mapToLong(entry -> entry.state().length()).sum();
            case Message.SyncStatus(var token) -> token.length();
            case Message.PermissionDenied(var reason) -> reason.length();
            case Message.QueryAwareness() -> 0;
            case Message.Unknown(var type) -> 0;
        };
    }

    @Override
    public String toString() {
        return session.id() + " of " + session.principal().id();
    }
}
