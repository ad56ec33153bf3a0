package org.civicpress.realtime.crdt;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// An XML tree as Yjs prints it: names in lower case, attributes sorted, nothing escaped. Good for looking at and
/// for comparing, not for a parser. Trees of any depth are printed without recursion. Static functions.
///
/// Source: yjs 13.6 `YXmlFragment.js`, `YXmlElement.js`, `YXmlText.js`.
final class XmlString {
    private static final String OBJECT = "[object Object]";

    private XmlString() {}

    static String of(YType root) {
        StringBuilder out = new StringBuilder();
        Deque<Object> work = new ArrayDeque<>();
        work.push(root);
        while (!work.isEmpty()) {
            switch (work.pop()) {
                case YXmlElement element -> {
                    String name = element.nodeName().toLowerCase(Locale.ROOT);
                    out.append('<').append(name);
                    new TreeMap<>(element.attributes()).forEach((key, value) -> attribute(out, key, string(value)));
                    out.append('>');
                    work.push("</" + name + ">");
                    pushChildren(work, element);
                }
                case YXmlFragment fragment -> pushChildren(work, fragment);
                case YXmlText text -> pushRuns(work, text);
                case YText text -> out.append(text);
                case String text -> out.append(text);
                default -> out.append(OBJECT);
            }
        }
        return out.toString();
    }

    private static void pushChildren(Deque<Object> work, YXmlFragment fragment) {
        fragment.children().reversed().forEach(work::push);
    }

    private static void pushRuns(Deque<Object> work, YXmlText text) {
        for (Delta.Insert run : text.toDelta().reversed()) {
            StringBuilder open = new StringBuilder();
            StringBuilder close = new StringBuilder();
            new TreeMap<>(run.attributes()).forEach((name, value) -> {
                open.append('<').append(name);
                members(value).forEach((key, member) -> attribute(open, key, string(member)));
                open.append('>');
                close.insert(0, "</" + name + ">");
            });
            work.push(close.toString());
            work.push(
                    switch (run) {
                        case Delta.Text(var characters, var ignored) -> characters;
                        case Delta.Embed(var value, var ignored) -> string(value);
                        case Delta.Type(var type, var ignored) -> type;
                    });
            work.push(open.toString());
        }
    }

    private static void attribute(StringBuilder out, String key, String value) {
        out.append(' ').append(key).append("=\"").append(value).append('"');
    }

    /// What JavaScript's `for … in` finds in a value, sorted.
    private static Map<String, Any> members(Any value) {
        Map<String, Any> members = new TreeMap<>();
        switch (value) {
            case Any.Obj(var values) -> members.putAll(values);
            case Any.Arr(var values) -> {
                for (int i = 0; i < values.size(); i++) {
                    members.put(Integer.toString(i), values.get(i));
                }
            }
            case Any.Str(var text) -> {
                for (int i = 0; i < text.length(); i++) {
                    members.put(Integer.toString(i), new Any.Str(text.substring(i, i + 1)));
                }
            }
            case Any.Bin(var bytes) -> {
                for (int i = 0; i < bytes.length(); i++) {
                    members.put(Integer.toString(i), Any.of(bytes.at(i) & 0xff));
                }
            }
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Num _, Any.BigInt _ -> {}
        }
        return members;
    }

    /// JavaScript's `String(value)`.
    private static String string(Any value) {
        return switch (value) {
            case Any.Undefined() -> "undefined";
            case Any.Null() -> "null";
            case Any.Bool(var bool) -> Boolean.toString(bool);
            case Any.Num(var number) -> JsNumber.toString(number);
            case Any.BigInt(var number) -> Long.toString(number);
            case Any.Str(var text) -> text;
            case Any.Arr(var values) -> joined(values);
            case Any.Bin(var bytes) -> {
                StringBuilder numbers = new StringBuilder();
                for (int i = 0; i < bytes.length(); i++) {
                    numbers.append(i == 0 ? "" : ",").append(bytes.at(i) & 0xff);
                }
                yield numbers.toString();
            }
            case Any.Obj _ -> OBJECT;
        };
    }

    private static String joined(List<Any> values) {
        return values.stream()
                .map(value -> value instanceof Any.Null || value instanceof Any.Undefined ? "" : string(value))
                .collect(Collectors.joining(","));
    }
}
