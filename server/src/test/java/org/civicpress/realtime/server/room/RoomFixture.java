package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.ops.Counters;
import org.junit.jupiter.api.BeforeEach;

/// A room on a simulated loop, with two people in it.
abstract class RoomFixture {
    static final RoomId BYLAW = new RoomId("records", "bylaw-12");
    static final RoomId BUDGET = new RoomId("records", "budget");
    static final long GRACE_MILLIS = 60_000;

    int maxDocumentBytes = 1 << 30;
    final SimulatedLoop loop = new SimulatedLoop();
    final SimulatedJournal journal = new SimulatedJournal();
    final SimulatedRoomType type = new SimulatedRoomType();
    final SimulatedSnapshots snapshots = new SimulatedSnapshots();
    final SimulatedProposals proposals = new SimulatedProposals();
    final Counters counters = new Counters();
    final List<RoomEvent> events = new ArrayList<>();
    Rooms rooms = open(GRACE_MILLIS);

    final SimulatedClient ada = new SimulatedClient("ada", 1);
    final SimulatedClient bob = new SimulatedClient("bob", 2);
    final SimulatedClient eve = new SimulatedClient("eve", 3);

    Rooms open(long graceMillis) {
        return new Rooms(
                List.of(loop),
                List.of(type),
                journal,
                proposals,
                snapshots,
                () -> new Rooms.Settings(2, graceMillis, 10_000, maxDocumentBytes),
                counters,
                events::add);
    }

    @BeforeEach
    void adaAndBobAreThere() {
        ada.joins(rooms, BYLAW, Access.WRITE);
        bob.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        ada.news();
        bob.news();
    }

    /// An edit of somebody who is not in the room.
    static Bytes edit(String words) {
        Doc doc = new Doc(words.hashCode() & 0x7fffffff);
        doc.text(SimulatedClient.TEXT).insert(0, words);
        return doc.state();
    }

    void crash() {
        loop.crash();
        journal.crash();
        rooms = open(GRACE_MILLIS);
    }
}
