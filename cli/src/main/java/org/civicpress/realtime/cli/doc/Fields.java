package org.civicpress.realtime.cli.doc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.Any;

/// The fields of a JSON object that a person or a program wrote. What is missing or of another kind throws
/// [IllegalArgumentException]. Immutable.
record Fields(Map<String, Any> values) {
    static Fields of(Any json) {
        if (json instanceof Any.Obj(Map<String, Any> values)) {
            return new Fields(values);
        }
        throw new IllegalArgumentException("expected a JSON object, found " + json);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Optional<Any> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Any any(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is missing"));
    }

    String string(String name) {
        if (any(name) instanceof Any.Str(String value)) {
            return value;
        }
        throw new IllegalArgumentException("\"" + name + "\" must be a text");
    }

    double number(String name) {
        if (any(name) instanceof Any.Num(double value)) {
            return value;
        }
        throw new IllegalArgumentException("\"" + name + "\" must be a number");
    }

    int integer(String name) {
        return integer(any(name));
    }

    static int integer(Any value) {
        if (value instanceof Any.Num(double number) && number == (int) number) {
            return (int) number;
        }
        throw new IllegalArgumentException("expected an integer, found " + value);
    }

    /// Absent is false.
    boolean isTrue(String name) {
        return Any.TRUE.equals(values.get(name));
    }

    List<Any> list(String name) {
        return list(any(name));
    }

    static List<Any> list(Any value) {
        if (value instanceof Any.Arr(List<Any> elements)) {
            return elements;
        }
        throw new IllegalArgumentException("expected a list, found " + value);
    }

    /// Absent is empty.
    List<Any> listIfAny(String name) {
        return has(name) ? list(name) : List.of();
    }
}
