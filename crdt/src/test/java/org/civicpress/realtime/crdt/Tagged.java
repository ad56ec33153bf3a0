package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The content of a document in the tagged JSON of the vectors, to be compared with what Yjs says.
public final class Tagged {
    private Tagged() {}

    /// The four root types of the vectors, made before anything is received.
    public static Doc withRoots(Doc doc) {
        doc.text("text");
        doc.array("array");
        doc.map("map");
        doc.xmlFragment("xml");
        return doc;
    }

    public static Any content(Doc doc) {
        Map<String, Any> content = new LinkedHashMap<>();
        List.of(doc.text("text"), doc.array("array"), doc.map("map"), doc.xmlFragment("xml"))
                .forEach(root -> {
                    Any.Obj tagged = (Any.Obj) type(root);
                    if (!isEmpty(tagged.values().get("v"))
                            || !isEmpty(tagged.values().get("attrs"))) {
                        content.put(java.util.Objects.requireNonNull(root.rootName), tagged);
                    }
                });
        content.put("textString", Any.of(doc.text("text").toString()));
        content.put("xmlString", Any.of(doc.xmlFragment("xml").toString()));
        return Any.obj(content);
    }

    private static boolean isEmpty(@org.jspecify.annotations.Nullable Any list) {
        return !(list instanceof Any.Arr(var values)) || values.isEmpty();
    }

    /// What Yjs says of a document.
    public static Any expected(JsonNode node) {
        if (node.isArray()) {
            return Any.list(
                    Vectors.elements(node).stream().map(Tagged::expected).toList());
        }
        if (!node.isObject()) {
            return Vectors.any(node);
        }
        Map<String, Any> values = new LinkedHashMap<>();
        node.properties().forEach(entry -> values.put(entry.getKey(), expected(entry.getValue())));
        return Any.obj(values);
    }

    static Any type(YType type) {
        return switch (type) {
            case YText text -> {
                Any attributes = entries(text.attributes());
                String kind = text instanceof YXmlText ? "xmltext" : "text";
                yield tagged("type", "k", Any.of(kind), "attrs", attributes, "v", delta(text));
            }
            case YArray array ->
                tagged(
                        "type",
                        "k",
                        Any.of("array"),
                        "v",
                        Any.list(array.values().stream().map(Tagged::value).toList()));
            case YXmlHook hook ->
                tagged("type", "k", Any.of("xmlhook"), "name", Any.of(hook.hookName()), "v", entries(hook));
            case YMap map -> tagged("type", "k", Any.of("map"), "v", entries(map));
            case YXmlElement element ->
                tagged(
                        "type",
                        "k",
                        Any.of("xmlelement"),
                        "name",
                        Any.of(element.nodeName()),
                        "attrs",
                        entries(element.attributes()),
                        "v",
                        children(element));
            case YXmlFragment fragment -> tagged("type", "k", Any.of("xmlfragment"), "v", children(fragment));
            case YUntyped _ -> throw new IllegalStateException("a root without a type");
        };
    }

    private static Any children(YXmlFragment fragment) {
        return Any.list(fragment.children().stream().map(Tagged::type).toList());
    }

    private static Any delta(YText text) {
        return delta(text.toDelta());
    }

    /// Runs of a text.
    public static Any delta(List<Delta.Insert> delta) {
        List<Any> runs = new ArrayList<>();
        for (Delta.Insert run : delta) {
            Any inserted = switch (run) {
                case Delta.Text(var characters, var _) -> Any.of(characters);
                case Delta.Embed(var value, var _) -> any(value);
                case Delta.Type(var type, var _) -> type(type);
            };
            Map<String, Any> tagged = new LinkedHashMap<>();
            tagged.put("insert", inserted);
            if (!run.attributes().isEmpty()) {
                tagged.put("attributes", entries(run.attributes()));
            }
            runs.add(Any.obj(tagged));
        }
        return Any.list(runs);
    }

    static Any value(YValue value) {
        return switch (value) {
            case YValue.Plain(var any) -> any(any);
            case YValue.Nested(var type) -> type(type);
            case YValue.SubDoc(var doc) ->
                tagged("doc", "guid", Any.of(doc.guid()), "autoLoad", Any.of(doc.autoLoad()), "meta", any(doc.meta()));
        };
    }

    private static Any entries(YMap map) {
        Map<String, Any> values = new LinkedHashMap<>();
        map.keys().forEach(key -> values.put(key, value(map.value(key).orElseThrow())));
        return pairs(values);
    }

    static Any entries(Map<String, Any> values) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        values.forEach((key, value) -> tagged.put(key, any(value)));
        return pairs(tagged);
    }

    /// Sorted by key.
    private static Any pairs(Map<String, Any> values) {
        return Any.list(new TreeMap<>(values)
                .entrySet().stream()
                        .map(entry -> Any.list(Any.of(entry.getKey()), entry.getValue()))
                        .toList());
    }

    static Any any(Any value) {
        return switch (value) {
            case Any.Null _, Any.Bool _, Any.Str _ -> value;
            case Any.Undefined() -> tagged("undef");
            case Any.Num(double number) -> {
                boolean plain = Double.isFinite(number) && !value.equals(Any.of(-0.0));
                String name = Double.isFinite(number) ? "-0" : JsNumber.toString(number);
                yield plain ? value : tagged("num", "v", Any.of(name));
            }
            case Any.BigInt(long number) -> tagged("big", "v", Any.of(Long.toString(number)));
            case Any.Bin(var bytes) ->
                tagged("bin", "v", Any.of(Base64.getEncoder().encodeToString(bytes.toArray())));
            case Any.Arr(var values) ->
                Any.list(values.stream().map(Tagged::any).toList());
            case Any.Obj(var values) -> tagged("obj", "v", entries(values));
        };
    }

    private static Any tagged(String tag, Object... fields) {
        Map<String, Any> values = new LinkedHashMap<>();
        values.put("$", Any.of(tag));
        for (int i = 0; i < fields.length; i += 2) {
            values.put((String) fields[i], (Any) fields[i + 1]);
        }
        return Any.obj(values);
    }
}
