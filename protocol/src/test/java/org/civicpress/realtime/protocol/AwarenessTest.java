package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.protocol.Awareness.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AwarenessTest {
    private static final Any BLUE = Any.obj(Map.of("colour", Any.of("blue")));

    private Instant now = Instant.ofEpochSecond(1_000);
    private final Awareness ada = new Awareness(1, () -> now);
    private final Awareness bob = new Awareness(2, () -> now);
    private final List<Event> changes = new ArrayList<>();
    private final List<Event> updates = new ArrayList<>();

    @BeforeEach
    void listenToBob() {
        bob.onChange(changes::add);
        bob.onUpdate(updates::add);
    }

    @Test
    void theFirstStateIsEmptyAndIsNotShownToOthers() {
        assertThat(ada.localState()).contains(Any.obj(Map.of()));
        bob.apply(ada.encode(List.of(1L)), "net");
        assertThat(bob.states()).containsOnlyKeys(2L);
        assertThat(updates).isEmpty();
    }

    @Test
    void whatOneSetsIsNewToTheOthers() {
        ada.setLocalStateField("colour", Any.of("blue"));
        bob.apply(ada.encode(List.of(1L)), "net");

        assertThat(bob.states()).containsEntry(1L, BLUE);
        assertThat(changes).containsExactly(new Event(List.of(1L), List.of(), List.of(), "net"));
        assertThat(updates).isEqualTo(changes);
    }

    @Test
    void aRepetitionIsAnUpdateButNoChange() {
        bob.setLocalState(BLUE);
        changes.clear();
        updates.clear();
        bob.setLocalState(BLUE);

        assertThat(changes).isEmpty();
        assertThat(updates).containsExactly(new Event(List.of(), List.of(2L), List.of(), Awareness.LOCAL));
        assertThat(bob.clocks()).containsEntry(2L, 2L);
    }

    @Test
    void oneWhoReturnsIsUpdatedNotAdded() {
        ada.setLocalState(BLUE);
        bob.apply(ada.encode(List.of(1L)), "net");
        bob.remove(List.of(1L), "closed");
        ada.setLocalState(BLUE);
        changes.clear();
        bob.apply(ada.encode(List.of(1L)), "net");

        assertThat(changes).containsExactly(new Event(List.of(), List.of(1L), List.of(), "net"));
    }

    @Test
    void nobodyIsToldToBeGone() {
        ada.setLocalState(BLUE);
        bob.apply(ada.encode(List.of(1L)), "net");
        bob.remove(List.of(1L), "closed");
        ada.apply(bob.encode(List.of(1L)), "net");

        assertThat(ada.localState()).contains(BLUE);
        bob.apply(ada.encode(List.of(1L)), "net");
        assertThat(bob.states()).containsEntry(1L, BLUE);
    }

    @Test
    void whoIsNotHeardOfForHalfAMinuteIsTakenForGone() {
        ada.setLocalState(BLUE);
        bob.apply(ada.encode(List.of(1L)), "net");
        changes.clear();

        now = now.plus(Awareness.OUTDATED).minusMillis(1);
        bob.check();
        assertThat(bob.states()).containsOnlyKeys(1L, 2L);
        now = now.plusMillis(1);
        bob.check();
        assertThat(bob.states()).containsOnlyKeys(2L);
        assertThat(changes).containsExactly(new Event(List.of(), List.of(), List.of(1L), Awareness.TIMEOUT));
    }

    @Test
    void theOwnStateIsRepeatedInTime() {
        now = now.plus(Awareness.OUTDATED.dividedBy(2)).minusMillis(1);
        bob.check();
        assertThat(updates).isEmpty();
        now = now.plusMillis(1);
        bob.check();
        bob.check();
        assertThat(updates).containsExactly(new Event(List.of(), List.of(2L), List.of(), Awareness.LOCAL));
        assertThat(bob.clocks()).containsEntry(2L, 1L);
    }

    @Test
    void whatIsGoneIsNotRepeated() {
        bob.setLocalState(Any.NULL);
        now = now.plus(Awareness.OUTDATED);
        bob.check();
        bob.setLocalStateField("colour", Any.of("blue"));

        assertThat(bob.localState()).isEmpty();
        assertThat(updates).containsExactly(new Event(List.of(), List.of(), List.of(2L), Awareness.LOCAL));
    }

    @Test
    void anUpdateThatIsRefusedChangesNothing() {
        Bytes twoOfWhichOneIsNoJson =
                Messages.writeAwareness(List.of(new AwarenessEntry(5, 1, "{}"), new AwarenessEntry(6, 1, "{")));

        assertThatThrownBy(() -> bob.apply(twoOfWhichOneIsNoJson, "net")).isInstanceOf(MalformedBytesException.class);
        assertThat(bob.states()).containsOnlyKeys(2L);
    }

    @Test
    void statesOfAnUpdateAreReplacedWithoutAnybodyTakingThem() {
        ada.setLocalState(BLUE);
        bob.apply(Awareness.modify(ada.encode(List.of(1L)), state -> Any.of("changed")), "proxy");

        assertThat(bob.states()).containsEntry(1L, Any.of("changed"));
    }
}
