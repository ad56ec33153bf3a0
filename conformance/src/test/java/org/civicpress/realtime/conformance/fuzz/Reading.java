package org.civicpress.realtime.conformance.fuzz;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;

/// All that can be seen of a document, type after type in the order in which they are found, so that types inside
/// types may go to any depth. Confined to its call.
final class Reading {
    private final Deque<YType> found = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();

    private Reading() {}

    static List<String> of(Doc doc) {
        Reading reading = new Reading();
        reading.found.add(doc.text("text"));
        reading.found.add(doc.array("array"));
        reading.found.add(doc.map("map"));
        reading.found.add(doc.xmlFragment("xml"));
        while (!reading.found.isEmpty()) {
            reading.read(reading.found.remove());
        }
        return reading.seen;
    }

    private void read(YType type) {
        String kind = type.getClass().getSimpleName() + " ";
        switch (type) {
            case YText text -> {
                seen.add(kind + new TreeMap<>(text.attributes()));
                for (Delta.Insert run : text.toDelta()) {
                    switch (run) {
                        case Delta.Text(var characters, var attributes) -> seen.add(characters + attributes);
                        case Delta.Embed(var value, var attributes) -> seen.add(value + "" + attributes);
                        case Delta.Type(var nested, var attributes) -> {
                            found.add(nested);
                            seen.add("type " + attributes);
                        }
                    }
                }
            }
            case YArray array -> {
                seen.add(kind + array.length());
                array.values().forEach(this::value);
            }
            case YMap map -> {
                for (String key : new TreeSet<>(map.keys())) {
                    seen.add(kind + key);
                    map.value(key).ifPresent(this::value);
                }
            }
            case YXmlFragment fragment -> {
                seen.add(kind
                        + (fragment instanceof YXmlElement element
                                ? element.nodeName() + new TreeMap<>(element.attributes())
                                : ""));
                found.addAll(fragment.children());
            }
            case YUntyped _ -> throw new AssertionError("a type without a kind inside another");
        }
    }

    private void value(YValue value) {
        switch (value) {
            case YValue.Plain(var any) -> seen.add(any.toString());
            case YValue.Nested(var type) -> found.add(type);
            case YValue.SubDoc(var doc) -> seen.add("document " + doc.guid() + doc.meta());
        }
    }
}
