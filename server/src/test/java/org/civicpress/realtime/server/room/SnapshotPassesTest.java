package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.server.room.Snapshots.Outcome;
import org.junit.jupiter.api.Test;

final class SnapshotPassesTest extends RoomFixture {
    private static final long INTERVAL = 5_000;

    @Test
    void anEditIsInASnapshotWithinTheInterval() {
        snapshots.times = new Snapshots.Times(INTERVAL, 0);
        ada.types("hello");
        loop.run();
        assertThat(snapshots.kept).isEmpty();
        loop.advance(INTERVAL);
        assertThat(snapshots.texts()).containsExactly("hello");
        assertThat(type.flushes).isEqualTo(1); // and then the draft
        loop.advance(10 * INTERVAL);
        assertThat(snapshots.kept).hasSize(1); // nothing was edited since
    }

    @Test
    void roomsThatAreEditedTogetherAreNotKeptTogether() {
        snapshots.times = new Snapshots.Times(INTERVAL, 0);
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        ada.types("hello");
        eve.types("hello");
        loop.run();
        List<Integer> counts = new ArrayList<>();
        for (long i = 0; i <= INTERVAL; i++) {
            loop.advance(1);
            counts.add(snapshots.kept.size());
        }
        assertThat(counts).contains(1).last().isEqualTo(2);
    }

    @Test
    void manyUpdatesDoNotWaitForTheInterval() {
        snapshots.times = new Snapshots.Times(0, 3);
        for (int i = 0; i < 3; i++) {
            ada.types("x");
            loop.run();
        }
        loop.advance(1);
        assertThat(snapshots.texts()).containsExactly("xxx");
        for (int i = 0; i < 9; i++) {
            ada.types("y");
            loop.advance(10);
        }
        assertThat(snapshots.kept).hasSize(1);
        loop.advance(SnapshotPasses.PAUSE_MILLIS);
        assertThat(snapshots.kept).hasSize(2);
    }

    @Test
    void theEndOfARoomIsKeptAndThenTheDraftIsWritten() {
        snapshots.isSlow = true;
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(type.flushes).isZero();
        snapshots.answer();
        loop.run();
        assertThat(snapshots.texts()).containsExactly("hello");
        assertThat(type.flushes).isEqualTo(1);
        assertThat(rooms.people()).isEmpty();
    }

    @Test
    void whereNothingWasEditedNothingIsWritten() {
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).isEmpty();
        assertThat(snapshots.kept).isEmpty();
        assertThat(asks()).isEqualTo(new Outcome.None());
    }

    @Test
    void shutdownKeepsWhatWasEdited() {
        ada.types("hello");
        loop.run();
        CompletableFuture<Void> closed = rooms.close();
        loop.run();
        assertThat(closed).isDone();
        assertThat(snapshots.texts()).containsExactly("hello");
    }

    @Test
    void aStoreThatHangsOrFailsDoesNotHoldARoomUp() {
        snapshots.isSlow = true;
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS + SnapshotPasses.PATIENCE_MILLIS);
        assertThat(rooms.people()).isEmpty();
        assertThat(type.flushes).isEqualTo(1);

        snapshots.isSlow = false;
        snapshots.isFailing = true;
        ada.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        ada.types(" world");
        ada.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).isEmpty();
        assertThat(type.flushes).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeKeptIsKeptByTheNextPass() {
        snapshots.times = new Snapshots.Times(INTERVAL, 0);
        snapshots.isFailing = true;
        ada.types("hello");
        loop.advance(INTERVAL);
        assertThat(asks()).isEqualTo(new Outcome.Failed("the disk is full"));
        snapshots.isFailing = false;
        loop.advance(INTERVAL);
        assertThat(snapshots.texts()).containsExactly("hello");
    }

    @Test
    void whoAsksIsToldWhenItIsKept() {
        ada.types("hello");
        assertThat(asks()).isEqualTo(new Outcome.Kept(1, 7));
        assertThat(type.flushes).isEqualTo(1);
        assertThat(asks()).isEqualTo(new Outcome.Kept(1, 7)); // nothing new: the newest one
        assertThat(snapshots.kept).hasSize(1);
    }

    @Test
    void whoAsksAtTheSameTimeSharesARunThatHasAllOfIt() {
        snapshots.isSlow = true;
        List<Outcome> answers = new ArrayList<>();
        ada.types("hello");
        loop.run();
        rooms.snapshot(BYLAW, answers::add);
        rooms.snapshot(BYLAW, answers::add);
        loop.run();
        ada.types(" world");
        loop.run();
        rooms.snapshot(BYLAW, answers::add);
        loop.run();
        snapshots.answer();
        loop.run();
        assertThat(answers).containsExactly(new Outcome.Kept(1, 7), new Outcome.Kept(1, 7));
        snapshots.answer();
        loop.run();
        assertThat(answers).last().isEqualTo(new Outcome.Kept(2, 7));
        assertThat(snapshots.texts()).containsExactly("hello", "hello world");
    }

    @Test
    void aRoomThatIsNotOpenHasNone() {
        List<Outcome> answers = new ArrayList<>();
        rooms.snapshot(BUDGET, answers::add);
        loop.run();
        assertThat(answers).containsExactly(new Outcome.None());
        assertThat(rooms.isOpen(BUDGET)).isFalse();
    }

    @Test
    void afterACrashWhatMayNotBeKeptYetIsKept() {
        ada.types("hello");
        loop.run();
        crash();
        rooms.finishInterrupted();
        loop.run();
        assertThat(snapshots.texts()).containsExactly("hello");
    }

    @Test
    void aSnapshotOfAnotherDocumentIsReplacedAlthoughNobodyEdits() {
        ada.types("hello");
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(snapshots.kept).hasSize(1);
        snapshots.isOther = true;
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        eve.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(snapshots.texts()).containsExactly("hello", "hello");
    }

    @Test
    void whatIsNotCoveredHasItsDraftWrittenWhenSomebodyAsks() {
        snapshots.isCovering = false;
        rooms = open(GRACE_MILLIS);
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        eve.types("hello");
        loop.run();
        List<Outcome> answers = new ArrayList<>();
        rooms.snapshot(BUDGET, answers::add);
        loop.run();
        assertThat(answers).containsExactly(new Outcome.None());
        assertThat(type.flushes).isEqualTo(1);
        assertThat(snapshots.kept).isEmpty();
    }

    private Outcome asks() {
        List<Outcome> answers = new ArrayList<>();
        rooms.snapshot(BYLAW, answers::add);
        loop.run();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }
}
