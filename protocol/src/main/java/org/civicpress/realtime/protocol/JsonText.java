package org.civicpress.realtime.protocol;

/// Says whether a text is JSON, without building anything from it.
///
/// ```
/// value  := object | array | string | number | "true" | "false" | "null"
/// object := "{" [ string ":" value ("," string ":" value)* ] "}"
/// array  := "[" [ value ("," value)* ] "]"
/// ```
///
/// Values nested deeper than [#MAX_DEPTH] are refused: they would exhaust the stack of whoever parses them by
/// recursion. Confined to its user.
final class JsonText {
    static final int MAX_DEPTH = 64;

    private final String text;
    private int next;

    private JsonText(String text) {
        this.text = text;
    }

    static boolean isJson(String text) {
        if (text.equals("null")) {
            return true;
        }
        JsonText json = new JsonText(text);
        if (!json.value(0)) {
            return false;
        }
        json.space();
        return json.next == text.length();
    }

    private boolean value(int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        space();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean object(int depth) {
        next++;
        space();
        if (skip('}')) {
            return true;
        }
        do {
            space();
            if (peek() != '"' || !string()) {
                return false;
            }
            space();
            if (!skip(':') || !value(depth + 1)) {
                return false;
            }
            space();
        } while (skip(','));
        return skip('}');
    }

    private boolean array(int depth) {
        next++;
        space();
        if (skip(']')) {
            return true;
        }
        do {
            if (!value(depth + 1)) {
                return false;
            }
            space();
        } while (skip(','));
        return skip(']');
    }

    private boolean string() {
        next++;
        while (next < text.length()) {
            char c = text.charAt(next++);
            if (c == '"') {
                return true;
            }
            if (c < ' ' || (c == '\\' && !escape())) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        char c = peek();
        next++;
        if (c != 'u') {
            return "\"\\/bfnrt".indexOf(c) >= 0;
        }
        for (int i = 0; i < 4; i++) {
            if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
                return false;
            }
            next++;
        }
        return true;
    }

    private boolean number() {
        skip('-');
        if (!skip('0') && !digits()) {
            return false;
        }
        if (skip('.') && !digits()) {
            return false;
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            return digits();
        }
        return true;
    }

    private boolean digits() {
        int begin = next;
        while (peek() >= '0' && peek() <= '9') {
            next++;
        }
        return next > begin;
    }

    private boolean word(String word) {
        if (!text.startsWith(word, next)) {
            return false;
        }
        next += word.length();
        return true;
    }

    private void space() {
        while (" \t\n\r".indexOf(peek()) >= 0) {
            next++;
        }
    }

    private boolean skip(char c) {
        if (peek() != c) {
            return false;
        }
        next++;
        return true;
    }

    /// The next character; at the end one that stands nowhere in JSON.
    private char peek() {
        return next < text.length() ? text.charAt(next) : '\0';
    }
}
