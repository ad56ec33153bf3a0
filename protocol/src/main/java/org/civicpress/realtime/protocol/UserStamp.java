package org.civicpress.realtime.protocol;

/// Puts the name of the authenticated user into what a client says of itself, so that nobody appears under another's
/// name.
///
/// ```
/// state := { …, "user": { …, "name": "<name>", "id": "<id>", … }, … }
/// ```
///
/// A state that is honest stays the very same text. In another one only the values of `name` and of an `id` that
/// was given are replaced; every occurrence of a repeated key is, since readers differ in which counts. A `user` that
/// is neither an object nor null is replaced, a state that is no object becomes an empty one. A state without `user`
/// stays nameless. Immutable.
public final class UserStamp {
    private static final String NOBODY = "{}";

    private final String id;
    private final String displayName;
    private final String username;

    /// @param displayName what is put in
    /// @param username allowed too
    public UserStamp(String id, String displayName, String username) {
        this.id = id;
        this.displayName = displayName;
        this.username = username;
    }

    /// @param state JSON, or it becomes an empty object; `null` stays
    public String on(String state) {
        if (state.equals(AwarenessEntry.GONE)) {
            return state;
        }
        if (!JsonText.isJson(state)) {
            return NOBODY;
        }
        Pass pass = new Pass(state);
        return pass.peek() == '{' ? pass.state() : NOBODY;
    }

    /// One reading of a text that is JSON.
    private final class Pass {
        private final String text;
        private int next;
        private int copied;
        private final StringBuilder changed = new StringBuilder(0);

        Pass(String text) {
            this.text = text;
        }

        String state() {
            next++;
            while (peek() != '}') {
                boolean isUser = string().equals("user");
                colon();
                if (!isUser) {
                    skip();
                } else if (peek() == '{') {
                    user();
                } else if (peek() == 'n') {
                    skip();
                } else {
                    replace("{\"name\":" + TextFrames.string(displayName) + "}");
                }
                comma();
            }
            return copied == 0
                    ? text
                    : changed.append(text, copied, text.length()).toString();
        }

        private void user() {
            next++;
            boolean isNamed = false;
            boolean isEmpty = true;
            while (peek() != '}') {
                isEmpty = false;
                String key = string();
                colon();
                if (key.equals("name")) {
                    isNamed = true;
                    String name = peek() == '"' ? lookAhead() : "";
                    if (name.equals(displayName) || name.equals(username)) {
                        skip();
                    } else {
                        replace(TextFrames.string(displayName));
                    }
                } else if (key.equals("id")) {
                    if (valueAsText().equals(id)) {
                        skip();
                    } else {
                        replace(TextFrames.string(id));
                    }
                } else {
                    skip();
                }
                comma();
            }
            if (!isNamed) {
                changed.append(text, copied, next).append(isEmpty ? "" : ",").append("\"name\":");
                changed.append(TextFrames.string(displayName));
                copied = next;
            }
            next++;
        }

        private String lookAhead() {
            int at = next;
            String value = string();
            next = at;
            return value;
        }

        private String valueAsText() {
            if (peek() == '"') {
                return lookAhead();
            }
            int at = next;
            skip();
            String value = text.substring(at, next);
            next = at;
            return value;
        }

        private void replace(String value) {
            changed.append(text, copied, next).append(value);
            skip();
            copied = next;
        }

        private void colon() {
            peek();
            next++;
            peek();
        }

        private void comma() {
            if (peek() == ',') {
                next++;
                peek();
            }
        }

        /// The next character that is no space.
        private char peek() {
            while (" \t\n\r".indexOf(text.charAt(next)) >= 0) {
                next++;
            }
            return text.charAt(next);
        }

        private void skip() {
            int depth = 0;
            do {
                char c = peek();
                if (c == '"') {
                    string();
                } else {
                    next++;
                    if (c == '{' || c == '[') {
                        depth++;
                    } else if (c == '}' || c == ']') {
                        depth--;
                    } else if (depth == 0) {
                        word();
                    }
                }
            } while (depth > 0);
        }

        /// The rest of a number or a word.
        private void word() {
            while (next < text.length() && ",}] \t\n\r".indexOf(text.charAt(next)) < 0) {
                next++;
            }
        }

        private String string() {
            int begin = ++next;
            boolean isPlain = true;
            while (text.charAt(next) != '"') {
                if (text.charAt(next) == '\\') {
                    isPlain = false;
                    next++;
                }
                next++;
            }
            String raw = text.substring(begin, next++);
            return isPlain ? raw : unescaped(raw);
        }

        private static String unescaped(String raw) {
            StringBuilder plain = new StringBuilder();
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c != '\\') {
                    plain.append(c);
                    continue;
                }
                c = raw.charAt(++i);
                if (c == 'u') {
                    plain.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
                    i += 4;
                } else {
                    int at = "bfnrt".indexOf(c);
                    plain.append(at < 0 ? c : "\b\f\n\r\t".charAt(at));
                }
            }
            return plain.toString();
        }
    }
}
