package org.civicpress.realtime.cli.doc;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.Any;

/// Values in tagged JSON: null, booleans, strings, finite numbers and lists stand for themselves, all else is an
/// object whose `$` says what it is. Objects are lists of entries, sorted by the UTF-16 units of their keys.
final class Tagged {
    private Tagged() {}

    static Any of(Any value) {
        return switch (value) {
            case Any.Undefined() -> tag("undef");
            case Any.Null _, Any.Bool _ -> value;
            case Any.Num(double number) -> number(number);
            case Any.BigInt(long integer) -> tag("big", Any.of(Long.toString(integer)));
            case Any.Str(String text) -> string(text);
            case Any.Bin(var bytes) -> tag("bin", Any.of(Base64.getEncoder().encodeToString(bytes.toArray())));
            case Any.Arr(List<Any> values) ->
                Any.list(values.stream().map(Tagged::of).toList());
            case Any.Obj(Map<String, Any> values) -> tag("obj", entries(values));
        };
    }

    /// As `[[key, value]…]`.
    static Any entries(Map<String, Any> values) {
        List<Any> entries = new ArrayList<>();
        new TreeMap<>(values).forEach((key, value) -> entries.add(Any.list(Any.of(key), of(value))));
        return Any.list(entries);
    }

    static Any tag(String name) {
        return new Any.Obj(Map.of("$", Any.of(name)));
    }

    static Any tag(String name, Any value) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        tagged.put("$", Any.of(name));
        tagged.put("v", value);
        return new Any.Obj(tagged);
    }

    private static Any number(double number) {
        if (Double.isNaN(number)) {
            return tag("num", Any.of("NaN"));
        }
        if (Double.isInfinite(number)) {
            return tag("num", Any.of(number > 0 ? "Infinity" : "-Infinity"));
        }
        return number == 0 && 1 / number < 0 ? tag("num", Any.of("-0")) : Any.of(number);
    }

    /// Half a surrogate pair has no place in JSON of UTF-8.
    private static Any string(String text) {
        boolean whole = text.codePoints().noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
        return whole
                ? Any.of(text)
                : tag(
                        "u16",
                        Any.list(text.chars()
                                .mapToObj(unit -> Any.of((double) unit))
                                .toList()));
    }
}
