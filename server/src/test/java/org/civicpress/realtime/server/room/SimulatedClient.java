package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.TextFrames;
import org.jspecify.annotations.Nullable;

/// An editor: a replica that says what it edits and hears what others do, over connections that come and go.
/// Confined to the test's thread.
final class SimulatedClient {
    static final String TEXT = "text";

    final Principal principal;
    final Doc doc;
    final List<Bytes> saved = new ArrayList<>();
    SimulatedOutbox outbox = new SimulatedOutbox(this::hears);

    @Nullable
    Session session;

    /// Whether the server has on this connection what was written before it.
    boolean hasSentAll;

    /// Whether the server has asked for all it has.
    boolean wasAskedForAll;

    SimulatedClient(String name, long clientId) {
        principal = new Principal(name, name);
        doc = new Doc(clientId);
        doc.onUpdate((update, origin) -> {
            if (origin != this && session != null) {
                session.receive(new Message.Update(update));
            }
        });
    }

    SimulatedClient joins(Rooms rooms, RoomId room, Access access) {
        outbox = new SimulatedOutbox(this::hears);
        hasSentAll = false;
        session = rooms.join(room, principal, Permit.of(access), outbox);
        session.receive(new Message.SyncStep1(doc.stateVector()));
        return this;
    }

    void leaves() {
        if (session != null) {
            session.leave();
            session = null;
        }
    }

    void says(Message message) {
        if (session != null) {
            session.receive(message);
        }
    }

    void types(String words) {
        doc.text(TEXT).insert(doc.text(TEXT).length(), words);
    }

    void shows(long clock, String state) {
        says(new Message.AwarenessUpdate(List.of(new AwarenessEntry(doc.clientId(), clock, state))));
    }

    void asksWhetherSaved(int token) {
        says(new Message.SyncStatus(Bytes.wrap(new byte[] {(byte) (token >> 8), (byte) token})));
    }

    boolean wasTold(String code) {
        return outbox.texts.stream().anyMatch(text -> text.contains(code));
    }

    boolean wasTold(List<String> readOnlyReasons) {
        return outbox.texts.contains(TextFrames.readOnly(readOnlyReasons));
    }

    /// What it heard since it was last asked.
    List<Message> news() {
        List<Message> news = List.copyOf(outbox.messages);
        outbox.messages.clear();
        outbox.frames.clear();
        return news;
    }

    String text() {
        return doc.text(TEXT).toString();
    }

    private void hears(Message message) {
        switch (message) {
            case Message.SyncStep1(var stateVector) -> {
                says(new Message.SyncStep2(doc.stateSince(stateVector)));
                hasSentAll = true;
                wasAskedForAll |= stateVector.equals(StateVector.EMPTY.encode());
            }
            case Message.SyncStep2(var update) -> doc.apply(update, this);
            case Message.Update(var update) -> doc.apply(update, this);
            case Message.SyncStatus(var token) -> saved.add(token);
            case Message.AwarenessUpdate(var entries) -> {}
            case Message.QueryAwareness() -> {}
            case Message.PermissionDenied(var reason) -> {}
            case Message.Unknown(var type) -> {}
        }
    }
}
