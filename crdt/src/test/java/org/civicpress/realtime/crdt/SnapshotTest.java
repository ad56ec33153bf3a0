package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class SnapshotTest {
    @TestFactory
    Stream<DynamicTest> theDocumentOfThatMomentIsThatOfYjs() {
        return Vectors.each("snapshots.json", vector -> {
            Bytes state = Vectors.base64(vector.get("docV1"));
            Doc doc = Tagged.withRoots(new Doc(7_000, false));
            doc.apply(state, null);
            Snapshot previous = null;
            for (JsonNode expected : vector.get("snapshots")) {
                Bytes v1 = Vectors.base64(expected.get("v1"));
                Bytes v2 = Vectors.base64(expected.get("v2"));
                Snapshot snapshot = Snapshot.decode(v1);
                assertThat(snapshot).isEqualTo(Snapshot.decode(v2, UpdateFormat.V2));
                assertThat(snapshot.encode()).isEqualTo(v1);
                assertThat(snapshot.encode(UpdateFormat.V2)).isEqualTo(v2);
                Doc restored = Tagged.withRoots(new Doc(1, false));
                snapshot.restore(doc, restored);
                assertThat(restored.state()).isEqualTo(Vectors.base64(expected.get("restoredV1")));
                assertThat(Tagged.content(restored)).isEqualTo(Tagged.expected(expected.get("restored")));
                assertThat(Snapshot.of(restored)).isEqualTo(snapshot);
                assertThat(Tagged.delta(doc.text("text").toDelta(snapshot, previous, ChangeMark.PLAIN)))
                        .isEqualTo(Tagged.expected(expected.get("delta")));
                previous = snapshot;
            }
            assertThat(doc.state()).isEqualTo(state);
        });
    }

    @Test
    void whatChangedBetweenTwoMomentsIsMarked() {
        Doc doc = new Doc(1, false);
        YText text = doc.text("text");
        text.insert(0, "stays goes");
        Snapshot before = Snapshot.of(doc);
        text.delete(5, 5);
        text.insert(5, " new");
        Snapshot after = Snapshot.of(doc);
        text.insert(0, "later");
        assertThat(text.toDelta(after)).containsExactly(new Delta.Text("stays new", Map.of()));
        assertThat(text.toDelta(before)).containsExactly(new Delta.Text("stays goes", Map.of()));
        assertThat(Tagged.delta(text.toDelta(after, before, ChangeMark.PLAIN)))
                .isEqualTo(Tagged.delta(List.of(
                        new Delta.Text("stays", Map.of()),
                        new Delta.Text(" goes", marked("removed")),
                        new Delta.Text(" new", marked("added")))));
        assertThat(text.toDelta(null, before, ChangeMark.PLAIN))
                .containsExactly(
                        new Delta.Text("later", marked("added")),
                        new Delta.Text("stays goes", Map.of()),
                        new Delta.Text(" new", marked("added")));
    }

    private static Map<String, Any> marked(String type) {
        return Map.of("ychange", Any.obj(Map.of("type", Any.of(type))));
    }

    @Test
    void anUpdateIsContainedWhenAllOfItHadCome() {
        Doc doc = new Doc(1, false);
        YText text = doc.text("text");
        Snapshot empty = Snapshot.of(doc);
        text.insert(0, "abc");
        Bytes inserted = doc.state();
        Snapshot first = Snapshot.of(doc);
        text.delete(0, 1);
        Bytes deleted = doc.state();
        assertThat(empty).isEqualTo(Snapshot.EMPTY);
        assertThat(empty.contains(inserted)).isFalse();
        assertThat(first.contains(inserted)).isTrue();
        assertThat(first.contains(deleted)).isFalse();
        assertThat(Snapshot.of(doc).contains(deleted)).isTrue();
        assertThat(first).isNotEqualTo(Snapshot.of(doc));
    }

    @Test
    void aDocumentThatForgotOrNeverHadItCannotBeRestored() {
        Doc collecting = new Doc(1);
        Doc keeping = new Doc(2, false);
        keeping.text("text").insert(0, "abc");
        Snapshot snapshot = Snapshot.of(keeping);
        assertThatThrownBy(() -> snapshot.restore(collecting)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> snapshot.restore(new Doc(3, false))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNotASnapshotIsRefused() {
        for (String hex : List.of(
                "", // nothing
                "00", // no state vector
                "00ffffffff0f", // more clients than bytes
                "ffffffff0f", // more deletions than bytes
                "01010205010301" + "00", // deletions out of order
                "01010200050201" + "00")) { // deletions that overlap
            assertThatThrownBy(() -> Snapshot.decode(Bytes.ofHex(hex)))
                    .as(hex)
                    .isInstanceOf(MalformedBytesException.class);
        }
    }

    @Test
    void aForeignSnapshotShowsWhatThereIsOfIt() {
        Doc doc = new Doc(1, false);
        doc.text("text").insert(0, "abc");
        Snapshot foreign =
                Snapshot.decode(Bytes.ofHex("02" + "0501" + "0001" + "0101" + "0163" + "02" + "0102" + "0509"));
        assertThat(doc.text("text").toDelta(foreign)).containsExactly(new Delta.Text("a", Map.of()));
        assertThat(doc.text("text").toString()).isEqualTo("abc");
    }
}
