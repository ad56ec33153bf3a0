package org.civicpress.realtime.crdt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Copies of types, to any depth without recursion: what is nested is made empty and filled later.
///
/// Source: yjs 13.6, `clone` of each type. Confined to its user.
final class TypeCopy {
    private record Unfilled(YType source, YType target) {}

    private final Deque<Unfilled> unfilled = new ArrayDeque<>();

    private TypeCopy() {}

    static YType of(YType source) {
        source.doc();
        TypeCopy copy = new TypeCopy();
        YType target = copy.type(source);
        while (!copy.unfilled.isEmpty()) {
            copy.fill(copy.unfilled.pop());
        }
        return target;
    }

    private YType type(YType source) {
        YType target = YType.of(source.typeRef());
        unfilled.push(new Unfilled(source, target));
        return target;
    }

    private YValue value(YValue source) {
        return switch (source) {
            case YValue.Plain plain -> plain;
            case YValue.Nested(var type) -> YValue.of(type(type));
            case YValue.SubDoc(var doc) -> YValue.of(new Doc(doc.options()));
        };
    }

    private void fill(Unfilled pair) {
        switch (pair.source) {
            case YArray array ->
                ((YArray) pair.target)
                        .push(array.values().stream().map(this::value).toList());
            case YMap map -> map.entries().forEach((key, value) -> ((YMap) pair.target).set(key, value(value)));
            case YText text -> ((YText) pair.target).applyDelta(delta(text));
            case YXmlFragment fragment -> {
                if (fragment instanceof YXmlElement element) {
                    inJavaScriptOrder(element.liveEntries())
                            .forEach((name, value) -> ((YXmlElement) pair.target).setAttribute(name, value(value)));
                }
                ((YXmlFragment) pair.target)
                        .insert(0, fragment.children().stream().map(this::type).toList());
            }
            case YUntyped _ -> throw new IllegalStateException("a root without a kind");
        }
    }

    private List<Delta.Op> delta(YText text) {
        List<Delta.Op> delta = new ArrayList<>();
        for (Delta.Insert run : text.toDelta()) {
            delta.add(
                    run instanceof Delta.Type(var type, var attributes) ? new Delta.Type(type(type), attributes) : run);
        }
        return delta;
    }

    /// Attributes are read as an object, which lists names that look like indexes first.
    private static Map<String, YValue> inJavaScriptOrder(Map<String, YValue> entries) {
        Map<String, Any> names = new LinkedHashMap<>();
        entries.keySet().forEach(name -> names.put(name, Any.NULL));
        Map<String, YValue> ordered = new LinkedHashMap<>();
        for (String name : new Any.Obj(names).values().keySet()) {
            ordered.put(name, java.util.Objects.requireNonNull(entries.get(name)));
        }
        return ordered;
    }
}
