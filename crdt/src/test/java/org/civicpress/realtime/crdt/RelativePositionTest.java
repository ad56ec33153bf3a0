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

class RelativePositionTest {
    @TestFactory
    Stream<DynamicTest> positionsAreThoseOfYjs() {
        return Vectors.each("relative-positions.json", vector -> {
            Doc before = received(Vectors.base64(vector.get("docV1")));
            Doc after = received(Vectors.base64(vector.get("afterV1")));
            for (JsonNode expected : vector.get("positions")) {
                RelativePosition made = RelativePosition.at(
                        before.text("text"),
                        expected.get("index").asInt(),
                        expected.get("assoc").asInt());
                Bytes bytes = Vectors.base64(expected.get("bytes"));
                assertThat(made.encode()).isEqualTo(bytes);
                assertThat(made.toJson()).isEqualTo(plain(expected.get("json")));
                assertThat(RelativePosition.fromJson(made.toJson())).contains(made);
                assertThat(RelativePosition.decode(bytes).encode()).isEqualTo(bytes);
                int index = expected.get("after").asInt();
                assertThat(RelativePosition.decode(bytes).in(after).orElseThrow())
                        .isEqualTo(new AbsolutePosition(after.text("text"), index, made.assoc()));
                assertThat(made.in(after).orElseThrow().index()).isEqualTo(index);
            }
        });
    }

    private static Doc received(Bytes state) {
        Doc doc = Tagged.withRoots(new Doc(1));
        doc.apply(state, null);
        return doc;
    }

    private static Any plain(JsonNode json) {
        if (!json.isObject()) {
            return Vectors.any(json);
        }
        Map<String, Any> fields = new java.util.LinkedHashMap<>();
        json.properties().forEach(field -> fields.put(field.getKey(), plain(field.getValue())));
        return Any.obj(fields);
    }

    @Test
    void aPlaceInANestedTypeNamesTheItemThatHoldsIt() {
        Doc doc = new Doc(1);
        YText nested = new YText();
        doc.map("map").set("t", nested);
        RelativePosition end = RelativePosition.at(nested, 0);
        assertThat(end.encode()).isEqualTo(Bytes.ofHex("02010000"));
        nested.insert(0, "abc");
        assertThat(end.in(doc)).contains(new AbsolutePosition(nested, 3, 0));
        RelativePosition middle = RelativePosition.at(nested, 1);
        doc.map("map").delete("t");
        assertThat(end.in(doc)).isEmpty();
        assertThat(middle.in(doc)).isEmpty();
    }

    @Test
    void aPlaceThatTheDocumentDoesNotKnowIsNowhere() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        text.insert(0, "abc");
        Doc other = new Doc(2);
        assertThat(RelativePosition.at(text, 1).in(other)).isEmpty();
        assertThat(RelativePosition.at(text, 3).in(other)).isEmpty();
        assertThat(other.rootNames()).isEmpty();
    }

    @Test
    void whatAnUndoBroughtBackIsFollowedOnlyWhenAsked() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        UndoManager undo =
                UndoManager.of(List.of(text), UndoManager.Options.DEFAULTS.withCaptureTimeout(java.time.Duration.ZERO));
        text.insert(0, "ab");
        text.insert(2, "cd");
        RelativePosition place = RelativePosition.at(text, 3);
        text.delete(2, 2);
        undo.undo();
        text.insert(2, "X");
        Doc other = new Doc(2);
        other.text("text");
        other.apply(doc.state(), null);
        assertThat(text).hasToString("abXcd");
        assertThat(place.in(doc).orElseThrow().index()).isEqualTo(4);
        assertThat(place.in(doc, false).orElseThrow().index()).isEqualTo(5);
        assertThat(place.in(other).orElseThrow().index()).isEqualTo(5);
    }

    @Test
    void aTypeThatAnUndoBroughtBackIsFollowedOnlyWhenAsked() {
        Doc doc = new Doc(1);
        YArray array = doc.array("array");
        UndoManager undo = UndoManager.of(array);
        YText nested = new YText();
        array.push(List.of(YValue.of(nested)));
        RelativePosition end =
                RelativePosition.decode(RelativePosition.at(nested, 0).encode());
        undo.stopCapturing();
        array.delete(0, 1);
        undo.undo();
        YType again = ((YValue.Nested) array.values().getFirst()).type();
        assertThat(end.in(doc).orElseThrow().type()).isSameAs(again);
        assertThat(end.in(doc, false).orElseThrow().type()).isSameAs(nested);
    }

    @Test
    void whatIsNotAPositionIsRefused() {
        assertThatThrownBy(() -> RelativePosition.decode(Bytes.ofHex("030100")))
                .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> RelativePosition.decode(Bytes.ofHex("0001")))
                .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> RelativePosition.decode(Bytes.EMPTY)).isInstanceOf(MalformedBytesException.class);
        assertThat(RelativePosition.fromJson(Any.obj(Map.of("assoc", Any.of(1)))))
                .isEmpty();
        assertThat(RelativePosition.fromJson(
                        Any.obj(Map.of("item", Any.obj(Map.of("client", Any.of(-1), "clock", Any.of(0)))))))
                .isEmpty();
    }
}
