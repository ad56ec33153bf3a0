package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// The edits of the vectors of events, the lines of `generate.mjs`, made here: the same events and the same bytes.
class EventVectorsTest {
    private final Map<String, Consumer<Doc>> edits = new LinkedHashMap<>();

    EventVectorsTest() {
        edits.put("array", doc -> {
            YArray array = doc.array("array");
            array.insert(0, values(Any.of(1), Any.of(2), Any.of(3)));
            doc.transact(
                    () -> {
                        array.delete(1, 1);
                        array.push(values(Any.of("x")));
                    },
                    null);
        });
        edits.put("map", doc -> {
            YMap map = doc.map("map");
            map.set("a", Any.of(1));
            map.set("a", Any.of(2));
            map.delete("a");
            doc.transact(
                    () -> {
                        map.set("b", Any.of(1));
                        map.delete("b");
                    },
                    null);
        });
        edits.put("text-format", doc -> {
            YText text = doc.text("text");
            text.insert(0, "hello world");
            text.format(0, 5, Map.of("bold", Any.TRUE));
            text.delete(3, 4);
        });
        edits.put("nested-path", doc -> {
            YArray list = new YArray();
            YMap inList = new YMap();
            list.insert(0, List.of(YValue.of(Any.of(0)), YValue.of(inList)));
            doc.map("map").set("l", list);
            YText text = new YText();
            text.insert(0, "t");
            inList.set("k", text);
            text.insert(1, "u");
        });
        edits.put("xml", doc -> {
            YXmlElement element = new YXmlElement("p");
            doc.xmlFragment("xml").insert(0, List.of(element));
            doc.transact(
                    () -> {
                        element.setAttribute("a", Any.of("1"));
                        element.insert(0, List.of(new YXmlText("x")));
                    },
                    null);
        });
        edits.put("remote", doc -> {
            Doc other = Tagged.withRoots(new Doc(2));
            other.text("text").insert(0, "remote", Map.of("b", Any.of(1)));
            other.array("array").push(values(Any.of(1)));
            doc.apply(other.state(), null);
        });
    }

    @TestFactory
    Stream<DynamicTest> eventsAreThoseOfYjs() {
        List<JsonNode> vectors = Vectors.cases("events.json");
        assertThat(vectors.stream().map(vector -> vector.get("name").asString()))
                .containsExactlyElementsOf(edits.keySet());
        return vectors.stream()
                .map(vector -> DynamicTest.dynamicTest(vector.get("name").asString(), () -> check(vector)));
    }

    private void check(JsonNode vector) {
        Doc doc = Tagged.withRoots(new Doc(1));
        List<Any> log = new ArrayList<>();
        for (YType root : List.of(doc.text("text"), doc.array("array"), doc.map("map"), doc.xmlFragment("xml"))) {
            root.observeDeep(events -> log.add(Any.obj(Map.of(
                    "root",
                    Any.of(Objects.requireNonNull(root.rootName)),
                    "events",
                    Any.list(events.stream()
                            .map(event -> TaggedEvents.of(event, false))
                            .toList())))));
        }
        List<Bytes> emitted = new ArrayList<>();
        doc.onUpdate((update, origin) -> emitted.add(update));
        Objects.requireNonNull(edits.get(vector.get("name").asString())).accept(doc);
        assertThat(Any.list(log)).isEqualTo(Tagged.expected(vector.get("log")));
        assertThat(emitted)
                .isEqualTo(Vectors.elements(vector.get("updatesV1")).stream()
                        .map(Vectors::base64)
                        .toList());
    }

    private static List<YValue> values(Any... values) {
        return Stream.of(values).map(YValue::of).toList();
    }
}
