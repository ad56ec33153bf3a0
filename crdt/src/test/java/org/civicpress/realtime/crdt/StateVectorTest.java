package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;

/// What a server can know of a document without looking into it.
class StateVectorTest {
    private final Doc doc = new Doc(1);

    @Test
    void aStateVectorSaysHowFarEachClientCame() {
        doc.text("text").insert(0, "abc");
        Doc other = new Doc(2);
        other.apply(doc.state());
        other.text("text").insert(3, "d");
        StateVector vector = StateVector.decode(other.stateVector());
        assertThat(vector.clocks()).isEqualTo(Map.of(1L, 3L, 2L, 1L));
        assertThat(vector.clock(1)).isEqualTo(3);
        assertThat(vector.clock(7)).isZero();
        assertThat(vector.encode()).isEqualTo(other.stateVector());
        assertThat(vector).isEqualTo(StateVector.of(Map.of(1L, 3L, 2L, 1L)));
    }

    @Test
    void aStateVectorCoversWhatIsNotFurther() {
        StateVector here = StateVector.of(Map.of(1L, 3L, 2L, 1L));
        assertThat(here.covers(StateVector.EMPTY)).isTrue();
        assertThat(here.covers(StateVector.of(Map.of(1L, 2L)))).isTrue();
        assertThat(here.covers(here)).isTrue();
        assertThat(here.covers(StateVector.of(Map.of(1L, 4L)))).isFalse();
        assertThat(here.covers(StateVector.of(Map.of(9L, 1L)))).isFalse();
    }

    @Test
    void whatIsNoStateVectorIsRefused() {
        assertThatThrownBy(() -> StateVector.decode(Bytes.ofHex("05"))).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> StateVector.of(Map.of(-1L, 1L))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StateVector.of(Map.of(1L, 1L << 53))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anUpdateSaysWhatItDeletes() {
        doc.text("text").insert(0, "abcdef");
        doc.text("text").delete(4, 1);
        doc.text("text").delete(1, 2);
        List<IdRange> deleted = List.of(new IdRange(1, 1, 2), new IdRange(1, 4, 1));
        assertThat(Updates.deletionsOf(doc.state())).isEqualTo(deleted);
        assertThat(Updates.deletionsOf(doc.state(UpdateFormat.V2), UpdateFormat.V2))
                .isEqualTo(deleted);
        assertThat(deleted.getFirst().contains(new Id(1, 2))).isTrue();
        assertThat(deleted.getFirst().contains(new Id(1, 3))).isFalse();
        assertThat(deleted.getFirst().contains(new Id(2, 1))).isFalse();
    }

    @Test
    void aSnapshotSaysWhatWasThereAndWhatWasDeleted() {
        doc.text("text").insert(0, "abc");
        doc.text("text").delete(1, 1);
        Snapshot snapshot = Snapshot.of(doc);
        doc.text("text").insert(0, "later");
        assertThat(snapshot.stateVector().clocks()).isEqualTo(Map.of(1L, 3L));
        assertThat(snapshot.deletions()).containsExactly(new IdRange(1, 1, 1));
        assertThat(snapshot.shows(new Id(1, 0))).isTrue();
        assertThat(snapshot.shows(new Id(1, 1))).isFalse();
        assertThat(snapshot.shows(new Id(1, 3))).isFalse();
    }
}
