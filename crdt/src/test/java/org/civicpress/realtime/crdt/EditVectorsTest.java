package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// The edits of `yjs-vectors/generate.mjs`, made here: the updates must be those that Yjs made of them.
class EditVectorsTest {
    private final Map<String, Consumer<Doc>> edits = new LinkedHashMap<>();

    EditVectorsTest() {
        text("text-append-merges", text -> {
            for (int i = 0; i < 5; i++) {
                text.insert(i, "hello".substring(i, i + 1));
            }
        });
        text("text-prepend-does-not-merge", text -> "hello".chars().forEach(c -> text.insert(0, "" + (char) c)));
        text("text-insert-in-middle-splits", text -> {
            text.insert(0, "abcdef");
            text.insert(3, "XY");
            text.insert(4, "Z");
        });
        text("text-delete-across-items", text -> {
            text.insert(0, "abc");
            text.insert(0, "def");
            text.insert(3, "ghi");
            text.delete(2, 5);
        });
        text("text-delete-past-end", text -> {
            text.insert(0, "abc");
            text.delete(1, 100);
        });
        text(
                "text-one-transaction",
                text -> inOne(text, () -> {
                    text.insert(0, "abc");
                    text.delete(1, 1);
                    text.insert(2, "z");
                }));
        text(
                "text-insert-and-delete-in-one-transaction",
                text -> inOne(text, () -> {
                    text.insert(0, "gone");
                    text.delete(0, 4);
                }));
        text("surrogate-split-by-insert", text -> {
            text.insert(0, "a😀b");
            text.insert(2, "-");
        });
        text("surrogate-split-by-delete", text -> {
            text.insert(0, "😀😀");
            text.delete(1, 2);
        });
        text("surrogate-split-by-format", text -> {
            text.insert(0, "x😀y");
            text.format(0, 2, Map.of("b", Any.TRUE));
        });
        text("surrogate-pair-from-two-inserts", text -> {
            text.insert(0, "\ud83d");
            text.insert(1, "\ude00");
        });
        text("format-then-extend", text -> {
            text.insert(0, "abcdef");
            text.format(1, 3, Map.of("bold", Any.TRUE));
            text.insert(4, "X");
            text.insert(1, "Y");
        });
        text("format-overlap", text -> {
            text.insert(0, "abcdefghij");
            text.format(0, 6, Map.of("bold", Any.TRUE));
            text.format(3, 6, Map.of("italic", Any.TRUE));
            text.format(2, 4, Map.of("bold", Any.NULL));
        });
        text("format-past-end-inserts-newlines", text -> {
            text.insert(0, "ab");
            text.format(1, 4, Map.of("bold", Any.TRUE));
        });
        text("insert-with-explicit-attributes", text -> {
            text.insert(0, "aa", Map.of("bold", Any.TRUE));
            text.insert(1, "b", Map.of());
            text.insert(1, "c", Map.of("italic", Any.TRUE));
            text.insert(0, "d");
        });
        text("text-attributes", text -> {
            text.setAttribute("lang", Any.of("fr"));
            text.setAttribute("lang", Any.of("de"));
            text.setAttribute("x", Any.obj(Map.of("a", Any.of(1))));
            text.removeAttribute("x");
        });
        array("array-push-merges", array -> {
            array.push(values(Any.of(1)));
            array.push(values(Any.of(2)));
            array.push(values(Any.of("x"), Any.NULL));
        });
        array("array-mixed-insert", array -> {
            List<YValue> mixed = new ArrayList<>(values(Any.of(1), Any.of("a"), Any.of(Bytes.ofHex("01")), Any.of(2)));
            mixed.add(YValue.of(new YMap()));
            mixed.addAll(values(Any.of(3), Any.of(4)));
            array.insert(0, mixed);
        });
        array("array-insert-middle-delete", array -> {
            array.insert(0, values(Any.of(1), Any.of(2), Any.of(3), Any.of(4), Any.of(5)));
            array.insert(2, values(Any.of("x"), Any.of("y")));
            array.delete(1, 4);
            array.insert(0, values(Any.of(0)));
        });
        array("array-delete-all-then-insert", array -> {
            array.insert(0, values(Any.of(1), Any.of(2), Any.of(3)));
            array.delete(0, 3);
            array.insert(0, values(Any.of(4)));
        });
        map("map-overwrite", map -> {
            for (int i = 1; i <= 3; i++) {
                map.set("a", Any.of(i));
            }
        });
        map("map-delete-and-reset", map -> {
            map.set("a", Any.of(1));
            map.delete("a");
            map.set("a", Any.of(2));
            map.delete("b");
        });
        map("map-clear", map -> {
            YMap nested = new YMap();
            nested.set("d", Any.of(1));
            map.set("a", Any.of(1));
            map.set("b", Any.of(2));
            map.set("c", nested);
            map.clear();
        });
        map(
                "map-overwrite-in-one-transaction",
                map -> inOne(map, () -> {
                    for (int i = 0; i < 5; i++) {
                        map.set("k", Any.of(i));
                    }
                }));
        map("map-odd-keys", map -> {
            for (String key : List.of("", "__proto", "10", "2", "a b", "ключ", "😀", "\"q\"")) {
                map.set(key, Any.of(key));
            }
        });
        xml("xml-insert-delete", xml -> {
            for (String name : List.of("a", "b", "c", "d")) {
                xml.append(new YXmlElement(name));
            }
            xml.delete(1, 2);
            xml.insert(1, List.of(new YXmlText("x")));
        });
        xml("xml-tree", xml -> {
            YXmlElement paragraph = new YXmlElement("P");
            paragraph.setAttribute("class", Any.of("c"));
            paragraph.setAttribute("id", Any.of("i"));
            YXmlText hello = new YXmlText("hello");
            paragraph.insert(0, List.of(hello, new YXmlElement("br")));
            xml.insert(0, List.of(paragraph, new YXmlText("tail")));
            Map<String, Any> tags = new LinkedHashMap<>();
            tags.put("b", Any.obj(Map.of()));
            Map<String, Any> attributes = new LinkedHashMap<>();
            attributes.put("x", Any.of("1"));
            attributes.put("a", Any.of("2"));
            tags.put("i", Any.obj(attributes));
            hello.format(1, 2, tags);
            paragraph.removeAttribute("id");
            paragraph.setAttribute("class", Any.of("d"));
        });
        xml("xml-attribute-values", xml -> {
            YXmlElement element = new YXmlElement("e");
            xml.insert(0, List.of(element));
            element.setAttribute("n", Any.of(5));
            element.setAttribute("o", Any.obj(Map.of("a", Any.of(1))));
            element.setAttribute("q", Any.of("\"<&"));
            element.setAttribute("z", Any.NULL);
        });
        xml("xml-hook", xml -> {
            YXmlHook hook = new YXmlHook("hk");
            xml.insert(0, List.of(hook));
            hook.set("a", Any.of(1));
        });
    }

    @TestFactory
    Stream<DynamicTest> editsAreTheBytesThatYjsMadeOfThem() {
        Map<String, JsonNode> vectors = new LinkedHashMap<>();
        Vectors.cases("editing.json")
                .forEach(vector -> vectors.put(vector.get("name").asString(), vector));
        return edits.entrySet().stream()
                .map(edit -> DynamicTest.dynamicTest(edit.getKey(), () -> {
                    JsonNode vector = java.util.Objects.requireNonNull(vectors.get(edit.getKey()));
                    Doc doc = Tagged.withRoots(new Doc(vector.get("clientID").asLong()));
                    List<Bytes> emitted = new ArrayList<>();
                    doc.onUpdate((update, origin) -> emitted.add(update));
                    edit.getValue().accept(doc);
                    assertThat(emitted)
                            .isEqualTo(Vectors.elements(vector.get("updatesV1")).stream()
                                    .map(Vectors::base64)
                                    .toList());
                    assertThat(doc.state()).isEqualTo(Vectors.base64(vector.get("v1")));
                    assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
                }));
    }

    private void text(String name, Consumer<YText> edit) {
        edits.put(name, doc -> edit.accept(doc.text("text")));
    }

    private void array(String name, Consumer<YArray> edit) {
        edits.put(name, doc -> edit.accept(doc.array("array")));
    }

    private void map(String name, Consumer<YMap> edit) {
        edits.put(name, doc -> edit.accept(doc.map("map")));
    }

    private void xml(String name, Consumer<YXmlFragment> edit) {
        edits.put(name, doc -> edit.accept(doc.xmlFragment("xml")));
    }

    private static void inOne(YType type, Runnable edits) {
        type.doc().transact(edits, null);
    }

    private static List<YValue> values(Any... values) {
        return Stream.of(values).map(YValue::of).toList();
    }
}
