package org.civicpress.realtime.crdt;

import java.util.HashMap;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// How Yjs compares the values of marks. An absent mark is null. Static functions.
///
/// Source: yjs 13.6 `YText.js`, lib0 `object.js#equalFlat`.
final class TextAttributes {
    private TextAttributes() {}

    /// The value of a mark, null when it is not set.
    static Any get(Map<String, Any> attributes, String key) {
        Any value = attributes.get(key);
        return value == null ? Any.NULL : value;
    }

    /// Applies a format: null removes the mark.
    static void apply(Map<String, Any> attributes, Content.Format format) {
        if (format.value() instanceof Any.Null) {
            attributes.remove(format.key());
        } else {
            attributes.put(format.key(), format.value());
        }
    }

    /// JavaScript's `===`: plain values by value, everything else by identity.
    static boolean identical(@Nullable Any a, @Nullable Any b) {
        if (a == b) {
            return !(a instanceof Any.Num(var number) && Double.isNaN(number));
        }
        if (a instanceof Any.Num(var x) && b instanceof Any.Num(var y)) {
            return x == y;
        }
        return (a instanceof Any.Str || a instanceof Any.Bool || a instanceof Any.BigInt) && a.equals(b);
    }

    /// Identical, or objects whose members are identical. In JavaScript lists and bytes are objects, too, with indexes
    /// for keys.
    static boolean equal(@Nullable Any a, @Nullable Any b) {
        if (identical(a, b)) {
            return true;
        }
        if (a == null || b == null || !isObject(a) || !isObject(b)) {
            return false;
        }
        Map<String, Any> x = members(a);
        Map<String, Any> y = members(b);
        return x.size() == y.size()
                && x.keySet().stream().allMatch(key -> y.containsKey(key) && identical(x.get(key), y.get(key)));
    }

    private static boolean isObject(Any value) {
        return value instanceof Any.Obj || value instanceof Any.Arr || value instanceof Any.Bin;
    }

    private static Map<String, Any> members(Any object) {
        return switch (object) {
            case Any.Obj(var values) -> values;
            case Any.Arr(var values) -> {
                Map<String, Any> members = new HashMap<>();
                values.forEach(value -> members.put(Integer.toString(members.size()), value));
                yield members;
            }
            case Any.Bin(Bytes bytes) -> {
                Map<String, Any> members = new HashMap<>();
                for (int i = 0; i < bytes.length(); i++) {
                    members.put(Integer.toString(i), Any.of(bytes.at(i) & 0xff));
                }
                yield members;
            }
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Num _, Any.BigInt _, Any.Str _ -> Map.of();
        };
    }
}
