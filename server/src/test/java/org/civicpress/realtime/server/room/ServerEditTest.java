package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Edits that the server makes in the name of a person.
final class ServerEditTest extends RoomFixture {
    private static final Principal CLAIRE = new Principal("claire", "Claire");
    private final List<Edit.Outcome> outcomes = new ArrayList<>();

    private void writes(RoomId room, String words) {
        rooms.edit(
                room,
                CLAIRE,
                doc -> {
                    doc.text(SimulatedClient.TEXT).insert(0, words);
                    return Optional.empty();
                },
                outcomes::add);
        loop.run();
    }

    @Test
    void itReachesEverybodyAndTheJournalUnderItsName() {
        writes(BYLAW, "hello");
        assertThat(ada.text()).isEqualTo("hello");
        assertThat(bob.text()).isEqualTo("hello");
        assertThat(journal.appended.getLast().user()).isEqualTo("claire");
        assertThat(outcomes).containsExactly(new Edit.Outcome.Durable());
        assertThat(type.edits).isEqualTo(1);
    }

    @Test
    void itIsDoneWhenItIsDurable() {
        journal.isPrompt = false;
        writes(BYLAW, "hello");
        assertThat(ada.text()).isEqualTo("hello");
        assertThat(outcomes).isEmpty();
        journal.commit();
        loop.run();
        assertThat(outcomes).containsExactly(new Edit.Outcome.Durable());
    }

    @Test
    void itOpensARoomThatIsClosed() {
        type.isSlow = true;
        writes(BUDGET, "hello");
        assertThat(outcomes).isEmpty();
        type.answer();
        loop.run();
        assertThat(outcomes).containsExactly(new Edit.Outcome.Durable());
        loop.advance(GRACE_MILLIS + 1_000);
        assertThat(rooms.people()).doesNotContainKey(BUDGET);
        eve.joins(rooms, BUDGET, Access.READ);
        loop.run();
        type.answer();
        loop.run();
        assertThat(eve.text()).isEqualTo("hello");
    }

    @Test
    void whatCannotBeDoneChangesNothing() {
        rooms.edit(BYLAW, CLAIRE, doc -> Optional.of("it does not fit"), outcomes::add);
        loop.run();
        assertThat(outcomes).containsExactly(new Edit.Outcome.Refused("it does not fit"));
        assertThat(journal.appended).isEmpty();
    }

    @Test
    void aRoomThatCannotBeOpenedOrEndsIsAnAnswerToo() {
        type.failure = "no such record";
        writes(BUDGET, "hello");
        assertThat(outcomes).singleElement().isInstanceOf(Edit.Outcome.Failed.class);
        outcomes.clear();
        journal.isPrompt = false;
        writes(BYLAW, "hello");
        journal.isBroken = true;
        ada.types("!");
        loop.run();
        assertThat(outcomes).singleElement().isInstanceOf(Edit.Outcome.Failed.class);
    }

    @Test
    void aRecordThatIsReadOnlyIsNotEdited() {
        type.losses = List.of("it has footnotes");
        writes(BUDGET, "hello");
        assertThat(outcomes).containsExactly(new Edit.Outcome.Refused("it has footnotes"));
    }
}
