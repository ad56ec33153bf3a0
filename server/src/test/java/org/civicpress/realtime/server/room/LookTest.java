package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Looks that the server takes into rooms.
final class LookTest extends RoomFixture {
    private final List<String> seen = new ArrayList<>();

    private void looks(RoomId room) {
        rooms.look(
                room,
                view -> seen.add(
                        switch (view) {
                            case Rooms.View.Open(var doc, var losses) -> doc.text(SimulatedClient.TEXT) + " " + losses;
                            case Rooms.View.Failed(var reason) -> reason;
                        }));
        loop.run();
    }

    @Test
    void itSeesWhatEverybodySeesAndChangesNothing() {
        ada.types("hello");
        loop.run();
        int entries = journal.appended.size();
        looks(BYLAW);
        assertThat(seen).containsExactly("hello []");
        assertThat(journal.appended).hasSize(entries);
    }

    @Test
    void itOpensARoomThatIsClosedForAWhile() {
        type.isSlow = true;
        type.losses = List.of("it has footnotes");
        looks(BUDGET);
        assertThat(seen).isEmpty();
        type.answer();
        loop.run();
        assertThat(seen).containsExactly(" [it has footnotes]");
        assertThat(rooms.people()).containsEntry(BUDGET, 0);
        loop.advance(GRACE_MILLIS + 1_000);
        assertThat(rooms.people()).doesNotContainKey(BUDGET);
    }

    @Test
    void aRoomThatCannotBeOpenedIsAnAnswerToo() {
        type.failure = "no such record";
        looks(BUDGET);
        rooms.close();
        loop.run();
        looks(BUDGET);
        assertThat(seen).containsExactly("the room has ended; try again", "the server is stopping");
    }
}
