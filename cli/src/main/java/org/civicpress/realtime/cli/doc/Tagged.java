package org.civicpress.realtime.cli.doc;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Values in tagged JSON: null, booleans, strings, finite numbers and lists stand for themselves, all else is an
/// object whose `$` says what it is.
///
/// ```
/// undef    num v="NaN|Infinity|-Infinity|-0"    big v=decimal    u16 v=[unit…]    bin v=base64
/// obj v=[[key, value]…]                         written in the order of the UTF-16 units of the keys
/// ```
final class Tagged {
    private Tagged() {}

    /// @throws IllegalArgumentException when it is not tagged JSON, or no plain value
    static Any read(Any json) {
        return switch (json) {
            case Any.Null _, Any.Bool _, Any.Num _, Any.Str _ -> json;
            case Any.Arr(List<Any> values) ->
                Any.list(values.stream().map(Tagged::read).toList());
            case Any.Obj _ -> readTag(Fields.of(json));
            case Any.Undefined _, Any.BigInt _, Any.Bin _ -> throw new IllegalStateException("not of JSON: " + json);
        };
    }

    private static Any readTag(Fields tagged) {
        String tag = tagged.string("$");
        return switch (tag) {
            case "undef" -> Any.UNDEFINED;
            case "num" -> Any.of(Double.parseDouble(tagged.string("v")));
            case "big" -> Any.bigInt(Long.parseLong(tagged.string("v")));
            case "u16" -> {
                StringBuilder text = new StringBuilder();
                tagged.list("v").forEach(unit -> text.append((char) Fields.integer(unit)));
                yield Any.of(text.toString());
            }
            case "bin" -> Any.of(Bytes.wrap(Base64.getDecoder().decode(tagged.string("v"))));
            case "obj" -> Any.obj(readEntries(tagged.list("v")));
            default -> throw new IllegalArgumentException("no plain value has the tag \"" + tag + "\"");
        };
    }

    /// Of `[[key, value]…]`, in the order in which JavaScript lists them.
    static Map<String, Any> readEntries(List<Any> entries) {
        Map<String, Any> values = new LinkedHashMap<>();
        for (Any entry : entries) {
            values.put(key(entry), read(Fields.list(entry).get(1)));
        }
        return new Any.Obj(values).values();
    }

    /// Of an entry `[key, value]`.
    static String key(Any entry) {
        if (entry instanceof Any.Arr(List<Any> pair)
                && pair.size() == 2
                && pair.getFirst() instanceof Any.Str(var key)) {
            return key;
        }
        throw new IllegalArgumentException("expected [key, value], found " + entry);
    }

    static String readString(Any json) {
        if (read(json) instanceof Any.Str(String text)) {
            return text;
        }
        throw new IllegalArgumentException("expected a text, found " + json);
    }

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

    private static Any tag(String name) {
        return new Any.Obj(Map.of("$", Any.of(name)));
    }

    private static Any tag(String name, Any value) {
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
