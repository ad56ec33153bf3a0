package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.TextFrames;
import org.junit.jupiter.api.Test;

final class RoomLifeTest extends RoomFixture {
    @Test
    void anEmptyRoomStaysForTheGracePeriod() {
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS - 1);
        assertThat(rooms.people()).containsEntry(BYLAW, 0);
        bob.joins(rooms, BYLAW, Access.WRITE);
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).containsEntry(BYLAW, 1);
        assertThat(type.flushes).isZero();

        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).isEmpty();
        assertThat(type.flushes).isEqualTo(1);
        assertThat(type.stopped).isEqualTo(1);
        assertThat(journal.entries(BYLAW)).isZero();
        assertThat(journal.hasBase(BYLAW)).isTrue();
    }

    @Test
    void withoutAGracePeriodARoomClosesWhenTheLastOneLeaves() {
        rooms = open(0);
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        eve.types("hello");
        eve.leaves();
        loop.run();
        assertThat(rooms.people()).isEmpty();
        assertThat(type.flushes).isEqualTo(1);
        SimulatedClient joe = new SimulatedClient("joe", 4).joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(joe.text()).isEqualTo("hello");
    }

    @Test
    void whoComesWhileARoomClosesFindsItAsItWas() {
        type.isFlushSlow = true;
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(type.flushes).isEqualTo(1);
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello");
        type.answer();
        loop.run();
        eve.types(" again");
        loop.run();
        assertThat(rooms.people()).containsEntry(BYLAW, 1);
        assertThat(type.stopped).isZero();
    }

    @Test
    void aRoomDoesNotEndBeforeItsEditsAreDurable() {
        journal.isPrompt = false;
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(2 * GRACE_MILLIS);
        assertThat(rooms.people()).containsKey(BYLAW);
        journal.commit();
        loop.run();
        assertThat(rooms.people()).isEmpty();
    }

    @Test
    void anEntryStaysInTheJournalWhileTheFollowerIsBehind() {
        for (int i = 0; i < 1_100; i++) {
            ada.types("x");
            loop.run();
        }
        assertThat(journal.compactions).isEqualTo(1);
        assertThat(journal.entries(BYLAW)).isBetween(1, 200);
        crash();
        type.edits = 0;
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(type.edits).isEqualTo(1);
        assertThat(eve.text()).hasSize(1_100);
    }

    @Test
    void noEntryIsLeftWhenTheFollowerHasCaughtUp() {
        ada.types("hello");
        loop.run();
        assertThat(journal.entries(BYLAW)).isEqualTo(1);
        loop.execute(() -> type.catchUp.run());
        loop.run();
        assertThat(journal.entries(BYLAW)).isZero();
        crash();
        type.edits = 0;
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello");
        assertThat(type.edits).isZero(); // so a draft that was changed meanwhile is left alone
    }

    @Test
    void peopleAreToldWhenTheDraftCannotFollowAndWhenItDoesAgain() {
        loop.execute(() -> java.util.Objects.requireNonNull(type.watcher).onStuck("a table in a table"));
        loop.run();
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(ada.outbox.texts.getLast()).isEqualTo(TextFrames.draftStuck("a table in a table"));
        assertThat(eve.outbox.texts.getLast()).isEqualTo(TextFrames.draftStuck("a table in a table"));
        loop.execute(() -> type.catchUp.run());
        loop.execute(() -> type.catchUp.run());
        loop.run();
        assertThat(eve.outbox.texts.stream().filter(TextFrames.draftWritten()::equals))
                .hasSize(1);
    }

    @Test
    void afterACrashTheFollowerCatchesUpAlthoughNobodyComes() {
        ada.types("hello");
        loop.run();
        crash();
        type.edits = 0;
        rooms.finishInterrupted();
        loop.run();
        assertThat(type.edits).isEqualTo(1);
        assertThat(type.flushes).isEqualTo(1);
        assertThat(rooms.people()).isEmpty();
        assertThat(journal.entries(BYLAW)).isZero();

        rooms.finishInterrupted();
        loop.run();
        assertThat(type.flushes).isEqualTo(1);
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello");
    }

    @Test
    void thereMayNotBeTooManyRooms() {
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        SimulatedClient joe = new SimulatedClient("joe", 4).joins(rooms, new RoomId("records", "third"), Access.WRITE);
        loop.run();
        assertThat(joe.outbox.closed).isEqualTo(CloseCode.NONE);
        assertThat(joe.wasTold("Room limit reached (2); cannot create room records:third"))
                .isTrue();
        joe.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(joe.outbox.closed).isNull();
    }

    @Test
    void whoMayNotSeeItIsTurnedAway() {
        eve.joins(rooms, BYLAW, Access.NONE);
        loop.run();
        assertThat(eve.outbox.closed).isEqualTo(CloseCode.PERMISSION_DENIED);
        assertThat(rooms.people(BYLAW)).isEqualTo(2);
    }

    @Test
    void stoppingTellsEverybodyAndWaitsForWhatIsNotDone() {
        journal.isPrompt = false;
        type.isFlushSlow = true;
        ada.types("hello");
        loop.run();
        CompletableFuture<Void> closed = rooms.close();
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.GOING_AWAY);
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.GOING_AWAY);
        assertThat(closed).isNotDone();
        type.answer();
        loop.run();
        assertThat(closed).isNotDone();
        journal.commit();
        loop.run();
        assertThat(closed).isDone();

        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.outbox.closed).isEqualTo(CloseCode.GOING_AWAY);
    }

    @Test
    void stoppingDoesNotWaitForEver() {
        journal.isDiskFull = true;
        ada.types("hello");
        loop.run();
        CompletableFuture<Void> closed = rooms.close();
        loop.advance(60_000);
        assertThat(closed).isDone();
    }

    @Test
    void comingAndGoingIsTold() {
        events.clear();
        eve.joins(rooms, BUDGET, Access.READ);
        loop.run();
        String client = Objects.requireNonNull(eve.session).id();
        long now = loop.nowMillis();
        eve.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(events)
                .containsExactly(
                        new RoomEvent.RoomCreated(BUDGET, now),
                        new RoomEvent.ClientConnected(client, BUDGET, now),
                        new RoomEvent.ClientDisconnected(client, BUDGET, now),
                        new RoomEvent.RoomDestroyed(BUDGET, now + GRACE_MILLIS));
        assertThat(events.get(1).name()).isEqualTo("realtime:client:connected");
        assertThat(events.get(1).payload())
                .containsExactly(
                        Map.entry("clientId", client),
                        Map.entry("roomId", "records:budget"),
                        Map.entry("roomType", "records"),
                        Map.entry("timestamp", now));
    }

    @Test
    void whoDoesNotComeInIsToldAsGoneAtOnce() {
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        events.clear();
        SimulatedClient joe = new SimulatedClient("joe", 4).joins(rooms, new RoomId("records", "third"), Access.WRITE);
        loop.run();
        assertThat(joe.outbox.closed).isNotNull();
        assertThat(events)
                .hasExactlyElementsOfTypes(RoomEvent.ClientConnected.class, RoomEvent.ClientDisconnected.class);
    }

    @Test
    void whenARoomFailsEverybodyIsToldAsGoneAndTheRoomAsEnded() {
        events.clear();
        journal.isBroken = true;
        ada.types("hello");
        loop.run();
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(events)
                .hasExactlyElementsOfTypes(
                        RoomEvent.ClientDisconnected.class,
                        RoomEvent.ClientDisconnected.class,
                        RoomEvent.RoomDestroyed.class);
    }

    @Test
    void aRoomInWhichTheImpossibleHappensStopsAndComesBackFromItsJournal() {
        ada.types("hello");
        loop.run();
        journal.isBroken = true;
        ada.types(" world");
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(rooms.people()).isEmpty();

        journal.isBroken = false;
        ada.joins(rooms, BYLAW, Access.WRITE);
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello world"); // its author still had it
    }
}
