package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Documents edited with npm Yjs, received here. Whoever receives has a client id of its own.
class V1VectorsTest {
    private static final long RECEIVER = 99_999_999;

    /// An embedded object with NaN and undefined in it, which do not survive the way here.
    private static final String LOCAL_VALUES = "embed-number-formats";

    /// Halves of a pair that were cut or joined where they were typed, which nobody else can see.
    private static final Set<String> LOCAL_SURROGATES =
            Set.of("surrogate-pair-from-two-inserts", "delta-retain-splits-surrogate-silently");

    @TestFactory
    Stream<DynamicTest> everyContentTypeIsReceived() {
        return Vectors.each("content-types.json", V1VectorsTest::isReceived);
    }

    @TestFactory
    Stream<DynamicTest> everyEditIsReceived() {
        return Vectors.each("editing.json", V1VectorsTest::isReceived);
    }

    @TestFactory
    Stream<DynamicTest> concurrentEditsConverge() {
        return Vectors.each("concurrent.json", V1VectorsTest::convergesAtEveryClient);
    }

    @TestFactory
    Stream<DynamicTest> randomSessionsConverge() {
        return Vectors.each("random.json", V1VectorsTest::convergesAtEveryClient);
    }

    /// Whoever undid keeps what others have collected, so the bytes of the state differ.
    @TestFactory
    Stream<DynamicTest> undoneEditsAreReceived() {
        return Vectors.each("undo.json", vector -> {
            Doc doc = receive(updates(vector), true);
            assertThat(doc.stateVector()).isEqualTo(Vectors.base64(vector.get("sv")));
            assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        });
    }

    private static void isReceived(JsonNode vector) {
        Doc doc = receive(updates(vector), gc(vector));
        assertThat(doc.stateVector()).isEqualTo(Vectors.base64(vector.get("sv")));
        assertThat(doc.hasPending()).isFalse();
        isThatMoment(doc, vector);
        String name = vector.get("name").asString();
        if (!LOCAL_SURROGATES.contains(name)) {
            assertThat(doc.state()).isEqualTo(Vectors.base64(vector.get("v1")));
        }
        if (!LOCAL_SURROGATES.contains(name) && !name.equals(LOCAL_VALUES)) {
            assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        }
        isTheSameInOnePiece(vector);
    }

    private static void convergesAtEveryClient(JsonNode vector) {
        List<Bytes> all = new ArrayList<>();
        for (JsonNode client : vector.get("clients")) {
            isConverged(receive(updates(client), gc(vector)), vector);
            all.addAll(updates(client));
        }
        isConverged(receive(all, gc(vector)), vector);
        isTheSameInOnePiece(vector);
    }

    private static void isConverged(Doc doc, JsonNode vector) {
        assertThat(doc.stateVector()).isEqualTo(Vectors.base64(vector.get("sv")));
        assertThat(doc.state()).isEqualTo(Vectors.base64(vector.get("v1")));
        assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        isThatMoment(doc, vector);
    }

    private static void isThatMoment(Doc doc, JsonNode vector) {
        Snapshot snapshot = Snapshot.of(doc);
        Bytes v1 = Vectors.base64(vector.get("snapshotV1"));
        Bytes v2 = Vectors.base64(vector.get("snapshotV2"));
        assertThat(snapshot.encode()).isEqualTo(v1);
        assertThat(snapshot.encode(UpdateFormat.V2)).isEqualTo(v2);
        assertThat(Snapshot.decode(v1)).isEqualTo(snapshot);
        assertThat(Snapshot.decode(v2, UpdateFormat.V2)).isEqualTo(snapshot);
    }

    private static void isTheSameInOnePiece(JsonNode vector) {
        Bytes state = Vectors.base64(vector.get("v1"));
        assertThat(receive(List.of(state), gc(vector)).state()).isEqualTo(state);
        if (vector.has("freshV1")) {
            assertThat(receive(List.of(state), true).state()).isEqualTo(Vectors.base64(vector.get("freshV1")));
        }
    }

    @Test
    void pairsCutWhereTheyWereTypedAreReceivedAsTheyWereSent() {
        assertThat(textOf("surrogate-pair-from-two-inserts")).isEqualTo("\ufffd\ufffd");
        assertThat(textOf("delta-retain-splits-surrogate-silently")).isEqualTo("a😀b");
    }

    private static String textOf(String name) {
        JsonNode vector = Vectors.cases("editing.json").stream()
                .filter(edit -> edit.get("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
        return receive(updates(vector), true).text("text").toString();
    }

    private static Doc receive(List<Bytes> updates, boolean gc) {
        Doc doc = Tagged.withRoots(new Doc(RECEIVER, gc));
        for (Bytes update : updates) {
            assertThat(doc.apply(update, null).held()).isFalse();
        }
        return doc;
    }

    private static List<Bytes> updates(JsonNode vector) {
        return Vectors.elements(vector.get("updatesV1")).stream()
                .map(Vectors::base64)
                .toList();
    }

    private static boolean gc(JsonNode vector) {
        return !vector.has("gc") || vector.get("gc").asBoolean();
    }
}
