package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Documents edited with npm Yjs, received here in encoding V2, and the tools that need no document.
class V2VectorsTest {
    /// Halves of a pair that were cut or joined where they were typed.
    private static final Set<String> LOCAL_SURROGATES =
            Set.of("surrogate-pair-from-two-inserts", "delta-retain-splits-surrogate-silently");

    /// An embedded object with a lone surrogate in it, which does not survive the way here.
    private static final String LOCAL_VALUES = "embed-number-formats";

    @TestFactory
    Stream<DynamicTest> everyContentTypeIsReceived() {
        return Vectors.each("content-types.json", vector -> isReceived(vector, updates(vector)));
    }

    @TestFactory
    Stream<DynamicTest> everyEditIsReceived() {
        return Vectors.each("editing.json", vector -> isReceived(vector, updates(vector)));
    }

    @TestFactory
    Stream<DynamicTest> concurrentEditsConverge() {
        return Vectors.each("concurrent.json", vector -> isReceived(vector, updatesOfAll(vector)));
    }

    @TestFactory
    Stream<DynamicTest> randomSessionsConverge() {
        return Vectors.each("random.json", vector -> isReceived(vector, updatesOfAll(vector)));
    }

    private static void isReceived(JsonNode vector, List<Bytes> updates) {
        String name = vector.get("name").asString();
        if (name.equals(LOCAL_VALUES) || LOCAL_SURROGATES.contains(name)) {
            return;
        }
        Doc doc = Tagged.withRoots(
                new Doc(99_999_999, !vector.has("gc") || vector.get("gc").asBoolean()));
        List<Bytes> relayed = new ArrayList<>();
        doc.onUpdate(UpdateFormat.V2, (update, origin) -> relayed.add(update));
        updates.forEach(update -> doc.apply(update, UpdateFormat.V2, null));
        Bytes state = Vectors.base64(vector.get("v2"));
        assertThat(doc.state(UpdateFormat.V2)).isEqualTo(state);
        assertThat(doc.stateVector()).isEqualTo(Vectors.base64(vector.get("sv")));
        assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        Doc other = Tagged.withRoots(new Doc(99_999_998));
        relayed.forEach(update -> other.apply(update, UpdateFormat.V2, null));
        assertThat(Tagged.content(other)).isEqualTo(Tagged.content(doc));
        assertThat(Updates.convert(state, UpdateFormat.V2, UpdateFormat.V2)).isEqualTo(withoutLostKeys(state));
    }

    /// Reading and writing again loses the key bit of items that have a neighbour, and nothing else.
    private static Bytes withoutLostKeys(Bytes state) {
        return Updates.merge(List.of(state, state), UpdateFormat.V2);
    }

    @TestFactory
    Stream<DynamicTest> whatIsHeldIsPartOfTheState() {
        return Vectors.each("pending.json", vector -> {
            Doc doc = Tagged.withRoots(new Doc(33));
            for (JsonNode step : vector.get("steps")) {
                Bytes update = Vectors.base64(step.get("apply"));
                doc.apply(Updates.convert(update, UpdateFormat.V1, UpdateFormat.V2), UpdateFormat.V2, null);
                assertThat(doc.state(UpdateFormat.V2)).isEqualTo(Vectors.base64(step.get("stateAfterV2")));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theToolsGiveWhatThoseOfYjsGive() {
        return Vectors.each("update-tools.json", vector -> {
            List<Bytes> updates = Vectors.elements(vector.get("inV2")).stream()
                    .map(Vectors::base64)
                    .toList();
            Bytes v1 = Vectors.base64(vector.get("mergedV1"));
            Bytes v2 = Vectors.base64(vector.get("mergedV2"));
            Bytes stateVector = Vectors.base64(vector.get("stateVector"));
            assertThat(Updates.merge(updates, UpdateFormat.V2)).isEqualTo(v2);
            assertThat(Updates.diff(v2, stateVector, UpdateFormat.V2)).isEqualTo(Vectors.base64(vector.get("diffV2")));
            assertThat(Updates.stateVectorOf(v2, UpdateFormat.V2))
                    .isEqualTo(Vectors.base64(vector.get("svFromUpdate")));
            assertThat(Updates.meta(v2, UpdateFormat.V2)).isEqualTo(Updates.meta(v1));
            assertThat(Updates.convert(v1, UpdateFormat.V1, UpdateFormat.V2))
                    .isEqualTo(Vectors.base64(vector.get("v1ToV2")));
            assertThat(Updates.convert(v2, UpdateFormat.V2, UpdateFormat.V1))
                    .isEqualTo(Vectors.base64(vector.get("v2ToV1")));
        });
    }

    @Test
    void nothingMergedIsTheEmptyUpdate() {
        assertThat(Updates.merge(List.of(), UpdateFormat.V2)).isEqualTo(Bytes.ofHex("00000000000001000000000000"));
        assertThat(new Doc(1).state(UpdateFormat.V2)).isEqualTo(Bytes.ofHex("00000000000001000000000000"));
    }

    @Test
    void structsThatCostNoByteAreBounded() {
        long structs = 1L << 40;
        Bytes client = new ByteWriter().varInt(7).toBytes();
        Bytes infos = new ByteWriter().uint8(Content.GC).toBytes();
        Bytes lengths = new ByteWriter().varInt(-1).varUint(structs - 2).toBytes();
        ByteWriter bomb = new ByteWriter().varUint(0);
        bomb.byteArray(Bytes.EMPTY).byteArray(client).byteArray(Bytes.EMPTY).byteArray(Bytes.EMPTY);
        bomb.byteArray(infos)
                .byteArray(Bytes.ofHex("00"))
                .byteArray(Bytes.EMPTY)
                .byteArray(Bytes.EMPTY);
        bomb.byteArray(lengths).varUint(1).varUint(structs).varUint(0).varUint(0);
        assertThatThrownBy(() -> new Doc(1).apply(bomb.toBytes(), UpdateFormat.V2, null))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("more structs");
    }

    @Test
    void whatV1CouldNotSayIsRefused() {
        Doc doc = new Doc(1);
        doc.text("text").insertEmbed(0, Any.of(1), Map.of());
        byte[] state = doc.state(UpdateFormat.V2).toArray();
        int value = state.length - 3; // the any 7d 01, then no deletions
        assertThat(state[value]).isEqualTo((byte) 0x7d);
        state[value] = 0x7f; // undefined
        assertThatThrownBy(() -> new Doc(2).apply(Bytes.wrap(state), UpdateFormat.V2, null))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("V1");
    }

    @Test
    void alteredBytesAreAnUpdateOrAreRefusedAndThenNothingHasChanged() {
        Bytes valid = Vectors.base64(Vectors.cases("random.json").getFirst().get("v2"));
        Seeds.each(5_000, random -> {
            byte[] altered = valid.toArray();
            for (int i = random.nextInt(3); i >= 0; i--) {
                altered[random.nextInt(altered.length)] = (byte) random.nextInt(256);
            }
            Doc doc = Tagged.withRoots(new Doc(1));
            try {
                doc.apply(Bytes.wrap(altered), UpdateFormat.V2, null);
            } catch (MalformedBytesException e) {
                assertThat(doc.state()).isEqualTo(Bytes.ofHex("0000"));
                return;
            }
            new Doc(2).apply(doc.state(), null);
            new Doc(3).apply(doc.state(UpdateFormat.V2), UpdateFormat.V2, null);
        });
    }

    private static List<Bytes> updatesOfAll(JsonNode vector) {
        List<Bytes> all = new ArrayList<>();
        vector.get("clients").forEach(client -> all.addAll(updates(client)));
        return all;
    }

    private static List<Bytes> updates(JsonNode vector) {
        return Vectors.elements(vector.get("updatesV2")).stream()
                .map(Vectors::base64)
                .toList();
    }
}
