package org.civicpress.realtime.crdt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Types as plain values, to any depth without recursion. Static functions.
///
/// Source: yjs 13.6, `toJSON` of each type and of `Doc`.
final class TypeJson {
    private TypeJson() {}

    static Any of(YType type) {
        Open open = open(type);
        return open == null ? leaf(type) : build(open);
    }

    static Any of(Doc doc) {
        return build(new Open(roots(doc)));
    }

    private static Map<String, YValue> roots(Doc doc) {
        Map<String, YValue> roots = new LinkedHashMap<>();
        doc.rootNames().forEach(name -> doc.find(name).ifPresent(root -> roots.put(name, YValue.of(root))));
        return roots;
    }

    /// A list or an object of which some members are still to be looked at.
    private static final class Open {
        private final @Nullable Iterator<String> keys;
        private final Map<String, Any> members = new LinkedHashMap<>();
        private final List<Any> elements = new ArrayList<>();
        final Iterator<YValue> rest;

        Open(List<YValue> values) {
            keys = null;
            rest = values.iterator();
        }

        Open(Map<String, YValue> entries) {
            keys = entries.keySet().iterator();
            rest = entries.values().iterator();
        }

        void add(Any value) {
            if (keys == null) {
                elements.add(value);
            } else {
                members.put(keys.next(), value);
            }
        }

        Any close() {
            return keys == null ? new Any.Arr(elements) : new Any.Obj(members);
        }
    }

    private static @Nullable Open open(YType type) {
        return switch (type) {
            case YArray array -> new Open(array.values());
            case YMap map -> new Open(map.entries());
            case YText _, YXmlFragment _, YUntyped _ -> null;
        };
    }

    private static Any leaf(YType type) {
        return type instanceof YUntyped ? Any.UNDEFINED : Any.of(type.toString());
    }

    private static Any build(Open outermost) {
        Deque<Open> work = new ArrayDeque<>();
        Open top = outermost;
        while (true) {
            if (!top.rest.hasNext()) {
                Any closed = top.close();
                if (work.isEmpty()) {
                    return closed;
                }
                top = work.pop();
                top.add(closed);
                continue;
            }
            Open inner = switch (top.rest.next()) {
                case YValue.Plain(var any) -> {
                    top.add(any);
                    yield null;
                }
                case YValue.SubDoc(var doc) -> new Open(roots(doc));
                case YValue.Nested(var type) -> {
                    Open opened = open(type);
                    if (opened == null) {
                        top.add(leaf(type));
                    }
                    yield opened;
                }
            };
            if (inner != null) {
                work.push(top);
                top = inner;
            }
        }
    }
}
