package org.civicpress.realtime.crdt;

import java.util.Map;
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

    /// Identical, or objects (or lists) whose members are identical.
    static boolean equal(@Nullable Any a, @Nullable Any b) {
        if (identical(a, b)) {
            return true;
        }
        if (a instanceof Any.Obj(var x) && b instanceof Any.Obj(var y)) {
            return x.size() == y.size()
                    && x.keySet().stream().allMatch(key -> y.containsKey(key) && identical(x.get(key), y.get(key)));
        }
        if (a instanceof Any.Arr(var x) && b instanceof Any.Arr(var y)) {
            if (x.size() != y.size()) {
                return false;
            }
            for (int i = 0; i < x.size(); i++) {
                if (!identical(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }
}
