package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.server.ops.Counter;
import org.junit.jupiter.api.Test;

final class RoomTest extends RoomFixture {
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
}
