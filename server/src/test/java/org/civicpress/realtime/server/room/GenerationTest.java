package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.SeedClient;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.server.ops.Counters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Rooms that start anew, and tabs that slept meanwhile.
final class GenerationTest {
    private static final RoomId BYLAW = new RoomId(SimulatedRoomType.NAME, "bylaw-12");
    private static final Bytes SECOND_FILE = Bytes.ofHex("2222");

    private final SimulatedLoop loop = new SimulatedLoop();
    private SimulatedJournal journal = new SimulatedJournal();
    private final SimulatedRoomType type = new SimulatedRoomType();
    private final SimulatedProposals proposals = new SimulatedProposals();
    private Rooms rooms = open();

    private final SimulatedClient tab = new SimulatedClient("ada", 1);

    private Rooms open() {
        return new Rooms(
                List.of(loop),
                List.of(type),
                journal,
                proposals,
                Snapshots.NONE,
                () -> new Rooms.Settings(10, 0, 10_000, 1 << 30),
                new Counters(),
                RoomEvents.UNHEARD);
    }

    @BeforeEach
    void aTabHasTheFirstFileOpen() {
        type.isReplaceable = true;
        type.seed = Optional.of(seed(11, "one "));
        joins(tab);
        tab.types("two ");
        loop.run();
        assertThat(tab.text()).isEqualTo("one two ");
    }

    private static Bytes seed(int hash, String text) {
        Doc doc = new Doc(SeedClient.of(hash));
        doc.text(SimulatedClient.TEXT).insert(0, text);
        return doc.state();
    }

    private void joins(SimulatedClient client) {
        client.joins(rooms, BYLAW, Access.WRITE);
        loop.run();
    }

    /// The tab loses its connection, writes on, and the room closes.
    private void theTabSleeps() {
        tab.leaves();
        tab.types("three ");
        loop.run();
        type.catchUp.run();
        loop.run();
    }

    private void somebodyReplacesTheFile() {
        type.seed = Optional.of(seed(22, "another text "));
        type.hash = SECOND_FILE;
    }

    private String textOfANewcomer() {
        SimulatedClient newcomer = new SimulatedClient("eve", 99);
        joins(newcomer);
        loop.advance(1_000);
        String text = newcomer.text();
        newcomer.leaves();
        loop.run();
        return text;
    }

    private void isSentAwayForGood(SimulatedClient client, boolean isKept) {
        assertThat(client.outbox.closed).isEqualTo(CloseCode.stale(isKept));
    }

    @Test
    void aTabThatSleptWhileTheFileWasReplacedIsNotMergedAndItsTextIsProposed() {
        theTabSleeps();
        somebodyReplacesTheFile();
        assertThat(textOfANewcomer()).isEqualTo("another text ");
        joins(tab);
        isSentAwayForGood(tab, true);
        assertThat(tab.text()).as("nothing of the new text is on its screen").isEqualTo("one two three ");
        assertThat(textOfANewcomer()).isEqualTo("another text ");
        Doc proposed = new Doc();
        proposed.apply(proposals.kept.getLast().state(), null);
        assertThat(proposed.text(SimulatedClient.TEXT).toString()).isEqualTo("one two three ");
        assertThat(proposals.kept.getLast().user()).isEqualTo("ada");
        assertThat(proposals.kept.getLast().generation()).isEqualTo(2);
    }

    @Test
    void aTabWithNothingNewIsToldSo() {
        theTabSleeps();
        somebodyReplacesTheFile();
        proposals.isAllKnown = true;
        joins(tab);
        isSentAwayForGood(tab, false);
    }

    @Test
    void whenWhatIsNewCannotBeKeptTheTabIsAskedToComeBack() {
        theTabSleeps();
        somebodyReplacesTheFile();
        assertThat(textOfANewcomer()).isEqualTo("another text ");
        proposals.failure = "the disk is full";
        joins(tab);
        assertThat(tab.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        proposals.failure = null;
        joins(tab);
        isSentAwayForGood(tab, true);
    }

    @Test
    void aViewersTabIsSentAwayWithoutBeingAsked() {
        theTabSleeps();
        somebodyReplacesTheFile();
        tab.joins(rooms, BYLAW, Access.READ);
        loop.run();
        isSentAwayForGood(tab, false);
        assertThat(proposals.kept).isEmpty();
    }

    @Test
    void aTabThatKeepsSilentIsSentAwayAfterAWhile() {
        theTabSleeps();
        somebodyReplacesTheFile();
        Session session =
                rooms.join(BYLAW, tab.principal, Permit.of(Access.WRITE), tab.outbox = new SimulatedOutbox(told -> {}));
        session.receive(new Message.SyncStep1(tab.doc.stateVector()));
        loop.run();
        assertThat(tab.outbox.closed).isNull();
        loop.advance(60_000);
        isSentAwayForGood(tab, false);
    }

    @Test
    void whatAStaleTabSendsWithoutBeingAskedIsNotMergedEither() {
        theTabSleeps();
        somebodyReplacesTheFile();
        Session session =
                rooms.join(BYLAW, tab.principal, Permit.of(Access.WRITE), tab.outbox = new SimulatedOutbox(told -> {}));
        session.receive(new Message.Update(tab.doc.state()));
        loop.run();
        assertThat(textOfANewcomer()).isEqualTo("another text ");
    }

    @Test
    void whenTheJournalIsLostTheSameFileTakesTheTabBack() {
        theTabSleeps();
        journal = new SimulatedJournal();
        rooms = open();
        joins(tab);
        assertThat(tab.outbox.closed).isNull();
        assertThat(textOfANewcomer()).isEqualTo("one two three ");
    }

    @Test
    void whenTheJournalIsLostAnotherVersionOfTheFileDoesNotDouble() {
        theTabSleeps();
        journal = new SimulatedJournal();
        rooms = open();
        type.seed = Optional.of(seed(33, "one two "));
        joins(tab);
        isSentAwayForGood(tab, true);
        assertThat(textOfANewcomer()).isEqualTo("one two ");
    }

    @Test
    void editsThatWereOnTheirWayToTheFileWhenItWasReplacedAreProposed() {
        tab.types("three ");
        loop.run();
        loop.crash();
        journal.crash();
        rooms = open();
        somebodyReplacesTheFile();
        assertThat(textOfANewcomer()).isEqualTo("another text ");
        assertThat(proposals.kept).singleElement().satisfies(offer -> {
            assertThat(offer.reason()).isEqualTo(Proposals.Reason.REPLACED);
            Doc proposed = new Doc();
            proposed.apply(offer.state(), null);
            assertThat(proposed.text(SimulatedClient.TEXT).toString()).isEqualTo("one two three ");
        });
    }

    @Test
    void afterARestoreATabThatKnowsOnlyWhatWasRestoredGoesOn() {
        SimulatedClient early = new SimulatedClient("bob", 2);
        joins(early);
        early.leaves();
        Bytes backup = early.doc.state();
        early.types("from the train ");
        tab.types("ruined ");
        loop.run();
        theTabSleeps();
        restore(backup);

        joins(early);
        assertThat(early.outbox.closed).isNull();
        assertThat(textOfANewcomer()).isEqualTo("one two from the train ");
        joins(tab);
        isSentAwayForGood(tab, true);
        assertThat(textOfANewcomer()).isEqualTo("one two from the train ");
    }

    @Test
    void afterARestoreADeletionThatWasUndoneByItDoesNotComeBack() {
        SimulatedClient keeper = new SimulatedClient("bob", 2);
        joins(keeper);
        Bytes backup = keeper.doc.state();
        keeper.leaves();
        tab.doc.text(SimulatedClient.TEXT).delete(0, 4);
        loop.run();
        tab.leaves();
        loop.run();
        type.catchUp.run();
        loop.run();
        restore(backup);

        assertThat(textOfANewcomer()).isEqualTo("one two ");
        joins(tab);
        isSentAwayForGood(tab, true);
        assertThat(textOfANewcomer()).isEqualTo("one two ");

        joins(keeper);
        keeper.doc.text(SimulatedClient.TEXT).delete(0, 4);
        loop.run();
        assertThat(textOfANewcomer()).as("who deletes it now means it").isEqualTo("two ");
    }

    private void restore(Bytes backup) {
        Bytes[] now = new Bytes[1];
        journal.load(BYLAW, loaded -> {
            Doc doc = new Doc();
            Journal.Loaded.Contents contents = (Journal.Loaded.Contents) loaded;
            contents.base().ifPresent(base -> doc.apply(base, null));
            contents.updates().forEach(update -> doc.apply(update, null));
            now[0] = doc.state();
        });
        Abandoned abandoned = Abandoned.between(Objects.requireNonNull(now[0]), backup);
        journal.startAnew(
                BYLAW,
                new Journal.NewGeneration("backup", Optional.of(backup), type.hash, abandoned),
                saved -> assertThat(saved).isInstanceOf(Journal.Saved.Durable.class));
    }

    @Test
    void aNewcomerThatSaysNothingIsToldTheDocumentAfterAMoment() {
        SimulatedOutbox outbox = new SimulatedOutbox(told -> {});
        rooms.join(BYLAW, tab.principal, Permit.of(Access.WRITE), outbox);
        loop.run();
        assertThat(outbox.messages).noneMatch(Message.SyncStep2.class::isInstance);
        tab.types("three ");
        loop.run();
        loop.advance(1_000);
        assertThat(outbox.messages)
                .filteredOn(Message.SyncStep2.class::isInstance)
                .hasSize(1);
        assertThat(outbox.messages).noneMatch(Message.Update.class::isInstance);
    }
}
