package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.TextFrames;
import org.civicpress.realtime.server.ops.Counter;
import org.junit.jupiter.api.Test;

/// What people are told, and what is done, when edits do not become durable.
final class LateSavingTest extends RoomFixture {
    private static final String SLOW = TextFrames.notSaved("the server's disk or database is slow");

    @Test
    void whatIsSavedInTimeIsNotTalkedAbout() {
        journal.isPrompt = false;
        ada.types("hello");
        loop.advance(Durability.LATE_MILLIS - 600);
        journal.commit();
        loop.advance(60_000);
        assertThat(ada.outbox.texts).noneMatch(text -> text.contains("saving"));
        assertThat(ada.outbox.isSlow).isFalse();
        assertThat(eve.outbox.isSlow).isFalse();
        assertThat(counters.get(Counter.ROOMS_LATE)).isZero();
    }

    @Test
    void aSlowDiskIsToldToEverybodyOnceAndSlowsTheSenders() {
        journal.isPrompt = false;
        ada.types("hello");
        loop.advance(Durability.LATE_MILLIS + 1_000);
        ada.types(" again");
        loop.advance(10_000);
        assertThat(ada.outbox.texts).filteredOn(SLOW::equals).hasSize(1);
        assertThat(bob.outbox.texts).filteredOn(SLOW::equals).hasSize(1);
        assertThat(ada.outbox.isSlow).isTrue();
        assertThat(bob.text()).as("editing goes on").isEqualTo("hello again");

        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        assertThat(eve.outbox.texts).contains(SLOW);
        assertThat(eve.outbox.isSlow).as("who comes meanwhile is slowed too").isTrue();

        journal.commit();
        loop.run();
        assertThat(ada.outbox.texts).endsWith(TextFrames.savedAgain());
        assertThat(eve.outbox.texts).endsWith(TextFrames.savedAgain());
        assertThat(ada.outbox.isSlow).isFalse();
    }

    @Test
    void aFullDiskIsToldAtOnce() {
        journal.isDiskFull = true;
        ada.types("hello");
        loop.run();
        assertThat(ada.outbox.texts).endsWith(TextFrames.notSaved("disk full"));
        journal.isDiskFull = false;
        journal.commit();
        loop.run();
        assertThat(ada.outbox.texts).endsWith(TextFrames.savedAgain());
    }

    @Test
    void afterALossTheyAreToldUntilTheWholeStateIsDurable() {
        journal.isTurningAway = true;
        ada.types("hello");
        loop.run();
        assertThat(bob.outbox.texts).endsWith(TextFrames.notSaved("too much waits"));
        journal.isTurningAway = false;
        loop.advance(2_000);
        assertThat(bob.outbox.texts).endsWith(TextFrames.savedAgain());
    }

    @Test
    void whatIsUnsavedForTooLongIsKeptAndNobodyIsLetIn() {
        journal.isDiskFull = true;
        ada.types("hello");
        loop.advance(Durability.MOST_MILLIS + 1_000);
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        ada.session = null;
        ada.types(" offline");
        ada.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(journal.waiting()).isPositive();

        journal.isDiskFull = false;
        journal.commit();
        loop.run();
        ada.joins(rooms, BYLAW, Access.WRITE);
        ada.asksWhetherSaved(1);
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(ada.saved).hasSize(1);
        crash();
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello offline");
    }

    @Test
    void howFarTheJournalIsCanBeAsked() {
        Rooms.Position[] position = new Rooms.Position[1];
        ada.types("hello");
        loop.run();
        journal.isPrompt = false;
        ada.types("a");
        loop.run();
        bob.types("b");
        loop.run();
        rooms.position(BYLAW, known -> position[0] = known.orElseThrow());
        loop.run();
        assertThat(position[0]).isEqualTo(new Rooms.Position(1, 3, 1, false));
        journal.commit();
        rooms.position(BYLAW, known -> position[0] = known.orElseThrow());
        loop.run();
        assertThat(position[0]).isEqualTo(new Rooms.Position(1, 3, 3, true));
        rooms.position(BUDGET, known -> assertThat(known).isEmpty());
        loop.run();
    }
}
