package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// JSON text as `JSON.parse` and `JSON.stringify` of JavaScript have it, to the character, because such text is
/// part of encoded updates. Numbers are doubles; of a repeated key the last value counts, at the place of the
/// first.
public final class Json {
    private Json() {}

    /// @throws MalformedBytesException when it is not JSON, or nested deeper than [Any#MAX_DEPTH]; its position
    ///     counts UTF-16 units
    public static Any parse(String text) {
        Parser parser = new Parser(text);
        Any value = parser.value(0);
        parser.space();
        if (parser.next < text.length()) {
            throw parser.malformed("text after the value");
        }
        return value;
    }

    /// What cannot be said in JSON goes as in JavaScript: NaN and the infinities become null, undefined becomes
    /// null in an array and disappears from an object, bytes become an object of their indexes.
    ///
    /// @throws IllegalArgumentException for undefined itself and for a big integer, which JSON does not have,
    ///     and for what is nested deeper than [Any#MAX_DEPTH]
    public static String stringify(Any value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    private static final class Parser {
        private final String text;
        private int next;

        Parser(String text) {
            this.text = text;
        }

        Any value(int depth) {
            space();
            char c = peek();
            return switch (c) {
                case '{' -> object(deeper(depth));
                case '[' -> array(deeper(depth));
                case '"' -> new Any.Str(string());
                case 't' -> word("true", Any.TRUE);
                case 'f' -> word("false", Any.FALSE);
                case 'n' -> word("null", Any.NULL);
                default -> number();
            };
        }

        private Any object(int depth) {
            next++;
            Map<String, Any> values = new LinkedHashMap<>();
            space();
            if (peek() == '}') {
                next++;
                return new Any.Obj(values);
            }
            while (true) {
                space();
                if (peek() != '"') {
                    throw malformed("expected a key");
                }
                String key = string();
                space();
                expect(':');
                values.put(key, value(depth));
                space();
                if (peek() == '}') {
                    next++;
                    return new Any.Obj(values);
                }
                expect(',');
            }
        }

        private Any array(int depth) {
            next++;
            List<Any> values = new ArrayList<>();
            space();
            if (peek() == ']') {
                next++;
                return new Any.Arr(values);
            }
            while (true) {
                values.add(value(depth));
                space();
                if (peek() == ']') {
                    next++;
                    return new Any.Arr(values);
                }
                expect(',');
            }
        }

        private String string() {
            int from = ++next;
            while (next < text.length()) {
                char c = text.charAt(next);
                if (c == '"') {
                    return text.substring(from, next++);
                }
                if (c == '\\') {
                    return escapedString(new StringBuilder().append(text, from, next));
                }
                requirePrintable(c);
                next++;
            }
            throw malformed("text ends within a string");
        }

        private String escapedString(StringBuilder unescaped) {
            while (next < text.length()) {
                char c = text.charAt(next);
                if (c == '"') {
                    next++;
                    return unescaped.toString();
                }
                requirePrintable(c);
                next++;
                unescaped.append(c == '\\' ? escape() : c);
            }
            throw malformed("text ends within a string");
        }

        private char escape() {
            char c = peek();
            next++;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> {
                    int unit = 0;
                    for (int i = 0; i < 4; i++) {
                        int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
                        if (digit < 0) {
                            throw malformed("expected a hexadecimal digit");
                        }
                        unit = unit << 4 | digit;
                        next++;
                    }
                    yield (char) unit;
                }
                default -> throw malformed("unknown escape");
            };
        }

        private void requirePrintable(char c) {
            if (c < 0x20) {
                throw malformed("control character within a string");
            }
        }

        private Any number() {
            int from = next;
            if (peek() == '-') {
                next++;
            }
            if (peek() == '0') {
                next++;
            } else {
                digits();
            }
            if (at('.')) {
                next++;
                digits();
            }
            if (at('e') || at('E')) {
                next++;
                if (at('+') || at('-')) {
                    next++;
                }
                digits();
            }
            return new Any.Num(Double.parseDouble(text.substring(from, next)));
        }

        private void digits() {
            int from = next;
            while (next < text.length() && text.charAt(next) >= '0' && text.charAt(next) <= '9') {
                next++;
            }
            if (next == from) {
                throw malformed("expected a value");
            }
        }

        private Any word(String word, Any value) {
            if (!text.startsWith(word, next)) {
                throw malformed("expected a value");
            }
            next += word.length();
            return value;
        }

        private void space() {
            while (at(' ') || at('\n') || at('\r') || at('\t')) {
                next++;
            }
        }

        private boolean at(char c) {
            return next < text.length() && text.charAt(next) == c;
        }

        private char peek() {
            if (next >= text.length()) {
                throw malformed("unexpected end");
            }
            return text.charAt(next);
        }

        private void expect(char c) {
            if (peek() != c) {
                throw malformed("expected " + c);
            }
            next++;
        }

        private int deeper(int depth) {
            if (depth == Any.MAX_DEPTH) {
                throw malformed("value nested too deep");
            }
            return depth + 1;
        }

        private MalformedBytesException malformed(String what) {
            return new MalformedBytesException("JSON: " + what, next);
        }
    }

    private static void write(StringBuilder out, Any value, int depth) {
        switch (value) {
            case Any.Undefined() -> throw new IllegalArgumentException("undefined is not JSON");
            case Any.Null() -> out.append("null");
            case Any.Bool(boolean bool) -> out.append(bool);
            case Any.Num(double number) -> out.append(Double.isFinite(number) ? JsNumber.toString(number) : "null");
            case Any.BigInt(long integer) ->
                throw new IllegalArgumentException("the big integer " + integer + " is not JSON");
            case Any.Str(String string) -> writeString(out, string);
            case Any.Bin(Bytes bytes) -> writeBytes(out, bytes);
            case Any.Arr(List<Any> values) -> writeArray(out, values, deeper(depth));
            case Any.Obj(Map<String, Any> values) -> writeObject(out, values, deeper(depth));
        }
    }

    private static void writeArray(StringBuilder out, List<Any> values, int depth) {
        out.append('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            Any value = values.get(i);
            write(out, value instanceof Any.Undefined ? Any.NULL : value, depth);
        }
        out.append(']');
    }

    private static void writeObject(StringBuilder out, Map<String, Any> values, int depth) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, Any> entry : values.entrySet()) {
            if (entry.getValue() instanceof Any.Undefined) {
                continue;
            }
            if (!first) {
                out.append(',');
            }
            first = false;
            writeString(out, entry.getKey());
            out.append(':');
            write(out, entry.getValue(), depth);
        }
        out.append('}');
    }

    private static void writeBytes(StringBuilder out, Bytes bytes) {
        out.append('{');
        for (int i = 0; i < bytes.length(); i++) {
            out.append(i == 0 ? "\"" : ",\"").append(i).append("\":").append(bytes.at(i) & 0xff);
        }
        out.append('}');
    }

    private static void writeString(StringBuilder out, String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < string.length()
                            && Character.isLowSurrogate(string.charAt(i + 1))) {
                        out.append(c).append(string.charAt(++i));
                    } else if (c < 0x20 || Character.isSurrogate(c)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static int deeper(int depth) {
        if (depth == Any.MAX_DEPTH) {
            throw new IllegalArgumentException("value nested deeper than " + Any.MAX_DEPTH);
        }
        return depth + 1;
    }
}
