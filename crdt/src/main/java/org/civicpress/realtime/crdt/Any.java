package org.civicpress.realtime.crdt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A plain value in a document, what lib0 calls "any": the values of JavaScript that travel between peers.
/// Numbers are doubles, as there; a 64 bit integer is a [BigInt] and never equal to a number. Immutable.
public sealed interface Any {
    Any UNDEFINED = new Undefined();
    Any NULL = new Null();
    Any TRUE = new Bool(true);
    Any FALSE = new Bool(false);

    /// How deep values may be nested. What is deeper is neither read nor written, so that no value of a peer can
    /// exhaust a stack.
    int MAX_DEPTH = 512;

    /// What is not there; no JSON.
    record Undefined() implements Any {}

    /// A value that says there is none.
    record Null() implements Any {}

    /// True or false.
    record Bool(boolean value) implements Any {}

    /// Negative zero differs from zero, and NaN equals itself.
    record Num(double value) implements Any {}

    /// A 64 bit integer.
    record BigInt(long value) implements Any {}

    /// UTF-16 units, also such as are no characters.
    record Str(String value) implements Any {}

    /// Bytes.
    record Bin(Bytes value) implements Any {}

    /// Values in an order.
    record Arr(List<Any> values) implements Any {
        public Arr {
            values = List.copyOf(values);
        }
    }

    /// Keys are in the order in which JavaScript lists them: those that look like array indexes first and
    /// ascending, then the others as they were inserted. The order is part of the encoded bytes, but not of
    /// equality.
    record Obj(Map<String, Any> values) implements Any {
        public Obj {
            // One key is in any order, and small that way; marks in a text are mostly such.
            values = values.size() < 2 ? Map.copyOf(values) : Collections.unmodifiableMap(inJavaScriptOrder(values));
        }
    }

    /// True or false.
    static Any of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /// A number. Integers are exact up to 2^53.
    static Any of(double value) {
        return new Num(value);
    }

    /// A string.
    static Any of(String value) {
        return new Str(value);
    }

    /// Bytes.
    static Any of(Bytes value) {
        return new Bin(value);
    }

    /// A 64 bit integer, which is never equal to a number.
    static Any bigInt(long value) {
        return new BigInt(value);
    }

    /// Values in an order.
    static Any list(List<? extends Any> values) {
        return new Arr(List.copyOf(values));
    }

    /// Values in an order.
    static Any list(Any... values) {
        return new Arr(List.of(values));
    }

    /// @param values keys in the order of their insertion
    static Any obj(Map<String, ? extends Any> values) {
        return new Obj(Collections.unmodifiableMap(values));
    }

    private static Map<String, Any> inJavaScriptOrder(Map<String, Any> values) {
        TreeMap<Long, Map.Entry<String, Any>> indexes = new TreeMap<>();
        LinkedHashMap<String, Any> others = new LinkedHashMap<>();
        for (Map.Entry<String, Any> entry : values.entrySet()) {
            long index = arrayIndex(entry.getKey());
            if (index >= 0) {
                indexes.put(index, Map.entry(entry.getKey(), entry.getValue()));
            } else {
                others.put(entry.getKey(), entry.getValue());
            }
        }
        if (indexes.isEmpty()) {
            return others;
        }
        LinkedHashMap<String, Any> ordered = new LinkedHashMap<>();
        indexes.values().forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        ordered.putAll(others);
        return ordered;
    }

    /// The array index that a key spells, 0 to 2^32 - 2 in canonical decimal, or -1.
    private static long arrayIndex(String key) {
        int length = key.length();
        if (length == 0 || length > 10 || (length > 1 && key.charAt(0) == '0')) {
            return -1;
        }
        long index = 0;
        for (int i = 0; i < length; i++) {
            char c = key.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            index = index * 10 + (c - '0');
        }
        return index < 0xffff_ffffL ? index : -1;
    }
}
