package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.TextFrames;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RoomTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-12");
    private static final RoomId BUDGET = new RoomId("records", "budget");
    private static final long GRACE_MILLIS = 60_000;

    private final SimulatedLoop loop = new SimulatedLoop();
    private final SimulatedJournal journal = new SimulatedJournal();
    private final SimulatedRoomType type = new SimulatedRoomType();
    private final Counters counters = new Counters();
    private Rooms rooms = open(GRACE_MILLIS);

    private final SimulatedClient ada = new SimulatedClient("ada", 1);
    private final SimulatedClient bob = new SimulatedClient("bob", 2);
    private final SimulatedClient eve = new SimulatedClient("eve", 3);

    private Rooms open(long graceMillis) {
        return new Rooms(List.of(loop), List.of(type), journal, new Rooms.Settings(2, graceMillis), counters);
    }

    @BeforeEach
    void adaAndBobAreThere() {
        ada.joins(rooms, BYLAW, Access.WRITE);
        bob.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        ada.news();
        bob.news();
    }

    @Test
    void anEditReachesEveryoneButItsAuthor() {
        Bytes hello = edit("hello");
        ada.says(new Message.Update(hello));
        loop.run();
        assertThat(bob.outbox.messages).containsExactly(new Message.Update(hello));
        assertThat(ada.outbox.messages).isEmpty();
    }

    @Test
    void everybodyGetsTheVerySameFrame() {
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        eve.news();
        ada.types("hello");
        loop.run();
        assertThat(eve.outbox.frames).hasSize(1);
        assertThat(eve.outbox.frames.getFirst()).isSameAs(bob.outbox.frames.getFirst());
    }

    @Test
    void theEditsOfOneTickLeaveInOneFrameAndOneFlush() {
        int flushes = bob.outbox.flushes;
        ada.types("one ");
        ada.types("two ");
        ada.types("three");
        loop.run();
        assertThat(bob.outbox.frames).hasSize(1);
        assertThat(bob.outbox.flushes).isEqualTo(flushes + 1);
        assertThat(bob.text()).isEqualTo("one two three");
    }

    @Test
    void whoeverEditsInTheSameTickGetsTheEditsOfTheOthersOnly() {
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        eve.news();
        Bytes ofAda = edit("from ada");
        Bytes ofBob = edit("from bob");
        ada.says(new Message.Update(ofAda));
        bob.says(new Message.Update(ofBob));
        loop.run();
        assertThat(ada.outbox.messages).containsExactly(new Message.Update(ofBob));
        assertThat(bob.outbox.messages).containsExactly(new Message.Update(ofAda));
        assertThat(eve.outbox.frames).hasSize(1);
        assertThat(eve.text()).contains("from ada").contains("from bob");
    }

    @Test
    void whatIsKnownAlreadyGoesToNobody() {
        Bytes hello = edit("hello");
        ada.says(new Message.Update(hello));
        loop.run();
        bob.news();
        ada.says(new Message.Update(hello));
        ada.says(new Message.SyncStep2(hello));
        loop.run();
        assertThat(bob.outbox.messages).isEmpty();
        assertThat(journal.appended).hasSize(1);
    }

    @Test
    void whoComesLaterGetsTheWholeDocument() {
        ada.types("hello");
        loop.run();
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("hello");
        assertThat(eve.outbox.texts.getFirst()).contains("\"connection.ack\"").contains("records:bylaw-12");
        assertThat(eve.outbox.messages.get(0)).isInstanceOf(Message.SyncStep1.class);
        assertThat(eve.outbox.messages.get(1)).isInstanceOf(Message.SyncStep2.class);
    }

    @Test
    void allWhoJoinGetTheVerySameWholeDocument() {
        ada.types("hello");
        loop.run();
        eve.joins(rooms, BYLAW, Access.WRITE);
        SimulatedClient joe = new SimulatedClient("joe", 4).joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(joe.outbox.frames.get(1)).isSameAs(eve.outbox.frames.get(1));
    }

    @Test
    void aClientThatIsBehindGetsOnlyWhatItLacks() {
        ada.types("hello");
        loop.run();
        Bytes before = bob.doc.stateVector();
        ada.types(" world");
        loop.run();
        bob.news();
        bob.says(new Message.SyncStep1(before));
        loop.run();
        assertThat(bob.outbox.messages).containsExactly(new Message.SyncStep2(ada.doc.stateSince(before)));
    }

    @Test
    void framesBeforeTheRoomIsLoadedAreAnswered() {
        type.isSlow = true;
        eve.joins(rooms, BUDGET, Access.WRITE);
        eve.types("early");
        eve.shows(1, "{\"user\":\"eve\"}");
        eve.asksWhetherSaved(7);
        loop.run();
        assertThat(eve.outbox.messages).isEmpty();
        assertThat(eve.outbox.texts).hasSize(1);

        type.answer();
        loop.run();
        assertThat(eve.saved).hasSize(1);
        bob.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(bob.text()).isEqualTo("early");
        assertThat(bob.outbox.messages)
                .contains(new Message.AwarenessUpdate(List.of(new AwarenessEntry(3, 1, "{\"user\":\"eve\"}"))));
    }

    @Test
    void whoSaysTooMuchBeforeTheRoomIsLoadedIsAskedToComeBack() {
        type.isSlow = true;
        eve.joins(rooms, BUDGET, Access.WRITE);
        for (int i = 0; i < 300; i++) {
            eve.says(new Message.QueryAwareness());
        }
        loop.run();
        assertThat(eve.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
    }

    @Test
    void aRoomThatCannotBeLoadedTakesNobodyIn() {
        journal.loadFailure = "disk error";
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(eve.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(eve.outbox.messages).isEmpty();
        assertThat(rooms.people()).doesNotContainKey(BUDGET);

        journal.loadFailure = null;
        type.failure = "database locked";
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(eve.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);

        type.failure = null;
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(eve.outbox.closed).isNull();
    }

    @Test
    void aNewRoomIsSeededOnce() {
        type.seed = Optional.of(edit("from the file"));
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("from the file");
        eve.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).doesNotContainKey(BUDGET);

        type.seed = Optional.of(edit("from a changed file"));
        SimulatedClient joe = new SimulatedClient("joe", 4).joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(joe.text()).isEqualTo("from the file");
        assertThat(journal.seeds).isEqualTo(1);
    }

    @Test
    void openingAndLeavingWritesNothing() {
        ada.leaves();
        bob.leaves();
        loop.advance(GRACE_MILLIS);
        assertThat(rooms.people()).isEmpty();
        assertThat(journal.appended).isEmpty();
        assertThat(journal.compactions).isZero();
        assertThat(type.edits).isZero();
    }

    @Test
    void aViewerCannotWriteAndIsToldSo() {
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        assertThat(eve.wasTold(List.of())).isTrue();
        eve.types("graffiti");
        eve.types("and more");
        eve.asksWhetherSaved(1);
        loop.run();
        assertThat(bob.text()).isEmpty();
        assertThat(journal.appended).isEmpty();
        assertThat(eve.outbox.closed).isNull();
        assertThat(eve.outbox.texts.stream().filter(text -> text.contains("PERMISSION_DENIED")))
                .hasSize(1);
        assertThat(eve.saved).isEmpty();
    }

    @Test
    void aViewerThatHasNothingNewIsNotScolded() {
        ada.types("hello");
        ada.doc.text(SimulatedClient.TEXT).delete(0, 2);
        loop.run();
        eve.joins(rooms, BYLAW, Access.READ);
        loop.run();
        eve.says(new Message.SyncStep2(ada.doc.state()));
        loop.run();
        assertThat(eve.wasTold("PERMISSION_DENIED")).isFalse();
        assertThat(eve.text()).isEqualTo("llo");
    }

    @Test
    void aRecordThatCannotBeCarriedIsReadOnlyForEverybody() {
        type.seed = Optional.of(edit("partly"));
        type.losses = List.of("an HTML table");
        eve.joins(rooms, BUDGET, Access.WRITE);
        loop.run();
        assertThat(eve.wasTold(List.of("an HTML table"))).isTrue();
        assertThat(eve.text()).isEqualTo("partly");
        eve.types("graffiti");
        loop.run();
        assertThat(journal.appended).isEmpty();
        assertThat(journal.seeds).isZero();
        assertThat(eve.wasTold("PERMISSION_DENIED")).isTrue();
    }

    @Test
    void aDocsRoomIsSilentInText() {
        type.speaksText = false;
        eve.joins(rooms, BUDGET, Access.READ);
        eve.types("graffiti");
        loop.run();
        assertThat(eve.outbox.texts).isEmpty();
        assertThat(counters.get(Counter.EDITS_REFUSED)).isEqualTo(2); // at the server's step 1, and the edit itself
    }

    @Test
    void savedMeansDurable() {
        journal.isPrompt = false;
        ada.types("hello");
        ada.asksWhetherSaved(1);
        loop.run();
        assertThat(bob.text()).isEqualTo("hello"); // others do not wait for the disk
        assertThat(ada.saved).isEmpty();
        journal.commit();
        loop.run();
        assertThat(ada.saved).hasSize(1);
    }

    @Test
    void savedIsAnsweredWhenThereWasNothingNew() {
        ada.asksWhetherSaved(1);
        loop.run();
        assertThat(ada.saved).hasSize(1);
        assertThat(journal.appended).isEmpty();
    }

    @Test
    void savedWaitsForWhatOthersSaidFirst() {
        journal.isPrompt = false;
        Bytes hello = edit("hello");
        ada.says(new Message.Update(hello));
        loop.run();
        bob.says(new Message.Update(hello));
        bob.asksWhetherSaved(1);
        loop.run();
        assertThat(bob.saved).isEmpty();
        journal.commit();
        loop.run();
        assertThat(bob.saved).hasSize(1);
    }

    @Test
    void aFullDiskDelaysSavedUntilThereIsSpace() {
        journal.isDiskFull = true;
        ada.types("hello");
        ada.asksWhetherSaved(1);
        loop.run();
        assertThat(ada.saved).isEmpty();
        journal.isDiskFull = false;
        journal.commit();
        loop.run();
        assertThat(ada.saved).hasSize(1);
    }

    @Test
    void afterALossNothingIsSavedUntilTheWholeStateIs() {
        journal.isTurningAway = true;
        ada.types("lost");
        ada.asksWhetherSaved(1);
        loop.run();
        journal.isTurningAway = false;
        bob.types(" later");
        bob.asksWhetherSaved(2);
        loop.run();
        assertThat(ada.saved).isEmpty();
        assertThat(bob.saved).isEmpty();

        loop.advance(1_000);
        assertThat(ada.saved).hasSize(1);
        assertThat(bob.saved).hasSize(1);
        crash();
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("lost later");
    }

    @Test
    void whatCannotBePlacedYetIsDurableToo() {
        Doc author = new Doc(9);
        Bytes[] updates = new Bytes[2];
        int[] count = {0};
        author.onUpdate((update, origin) -> updates[count[0]++] = update);
        author.text(SimulatedClient.TEXT).insert(0, "first ");
        author.text(SimulatedClient.TEXT).insert(6, "second");

        ada.says(new Message.Update(updates[1]));
        ada.asksWhetherSaved(1);
        loop.run();
        assertThat(ada.saved).hasSize(1);
        assertThat(bob.outbox.messages).isEmpty();
        ada.says(new Message.Update(updates[1]));
        loop.run();
        assertThat(journal.appended).hasSize(1);

        crash();
        bob.joins(rooms, BYLAW, Access.WRITE);
        bob.says(new Message.Update(updates[0]));
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("first second");
    }

    @Test
    void presenceGoesToTheOthersOncePerTickAndNewestOnly() {
        ada.shows(1, "{\"at\":1}");
        ada.shows(2, "{\"at\":2}");
        loop.run();
        assertThat(bob.outbox.messages)
                .containsExactly(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 2, "{\"at\":2}"))));
        assertThat(ada.outbox.messages).isEmpty();
    }

    @Test
    void presenceOfOneWhoLeavesIsRemovedAtOnce() {
        ada.shows(5, "{}");
        loop.run();
        bob.news();
        ada.leaves();
        loop.run();
        assertThat(bob.outbox.messages)
                .containsExactly(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 5, "null"))));
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.outbox.messages).noneMatch(message -> message instanceof Message.AwarenessUpdate);
    }

    @Test
    void nobodySpeaksForAnother() {
        ada.shows(5, "{}");
        loop.run();
        bob.news();
        eve.joins(rooms, BYLAW, Access.WRITE);
        eve.says(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 5, "null"))));
        eve.says(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 6, "{\"user\":\"not ada\"}"))));
        loop.run();
        assertThat(bob.outbox.messages).isEmpty();
    }

    @Test
    void whoComesBackIsSeenAgain() {
        ada.shows(5, "{}");
        loop.run();
        ada.leaves();
        ada.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        bob.news();
        ada.shows(5, "{}"); // as it slept it did not count on
        loop.run();
        assertThat(bob.outbox.messages).isEmpty();
        assertThat(ada.outbox.messages)
                .contains(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 5, "null"))));
        ada.shows(6, "{}"); // as it was told that it is gone, it does
        loop.run();
        assertThat(bob.outbox.messages)
                .containsExactly(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 6, "{}"))));
    }

    @Test
    void aNewConnectionOfTheSamePersonTakesOver() {
        ada.shows(5, "{}");
        loop.run();
        SimulatedOutbox before = ada.outbox;
        Session broken = ada.session;
        ada.joins(rooms, BYLAW, Access.WRITE);
        ada.shows(6, "{}");
        loop.run();
        bob.news();
        assertThat(broken).isNotNull();
        broken.leave(); // noticed late
        loop.run();
        assertThat(bob.outbox.messages).isEmpty();
        assertThat(before.closed).isNull();
    }

    @Test
    void whoIsHereIsAnswered() {
        ada.shows(5, "{}");
        loop.run();
        bob.news();
        bob.says(new Message.QueryAwareness());
        loop.run();
        assertThat(bob.outbox.messages)
                .containsExactly(new Message.AwarenessUpdate(List.of(new AwarenessEntry(1, 5, "{}"))));
    }

    @Test
    void aQuietClientHearsSomethingEvery25Seconds() {
        for (int i = 0; i < 4; i++) {
            loop.advance(25_000);
            assertThat(ada.news()).contains(new Message.AwarenessUpdate(List.of()));
        }
    }

    @Test
    void unknownMessagesAreIgnored() {
        ada.says(new Message.Unknown(77));
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(bob.outbox.messages).isEmpty();
    }

    @Test
    void aMalformedUpdateEndsItsSenderOnly() {
        ada.says(new Message.Update(Bytes.ofHex("0101ff")));
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.MALFORMED);
        bob.types("undisturbed");
        loop.run();
        eve.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(eve.text()).isEqualTo("undisturbed");
    }

    @Test
    void aMalformedStateVectorEndsItsSenderOnly() {
        ada.says(new Message.SyncStep1(Bytes.ofHex("05")));
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.MALFORMED);
        assertThat(bob.outbox.closed).isNull();
    }

    @Test
    void aSlowReaderIsAskedToComeBack() {
        bob.outbox.isFull = true;
        ada.types("hello");
        loop.run();
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(rooms.people(BYLAW)).isEqualTo(1);
        bob.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
        assertThat(bob.text()).isEqualTo("hello");
    }

    @Test
    void presenceIsLeftOutForASlowReader() {
        bob.outbox.isFull = true;
        ada.shows(1, "{}");
        loop.run();
        assertThat(bob.outbox.closed).isNull();
    }

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

    /// An edit of somebody who is not in the room.
    private static Bytes edit(String words) {
        Doc doc = new Doc(words.hashCode() & 0x7fffffff);
        doc.text(SimulatedClient.TEXT).insert(0, words);
        return doc.state();
    }

    private void crash() {
        loop.crash();
        journal.crash();
        rooms = open(GRACE_MILLIS);
    }
}
