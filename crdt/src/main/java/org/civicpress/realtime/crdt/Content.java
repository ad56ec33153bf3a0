package org.civicpress.realtime.crdt;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a struct carries, by the numbers that stand in an update; 0 and 10 are structs without content.
///
/// | kind | held as | length |
/// |---|---|---|
/// | [#DELETED], [#GC], [#SKIP] | [#NOTHING] | declared |
/// | [#JSON], [#ANY] | `Any[]` | of the array |
/// | [#BINARY] | [Bytes] | 1 |
/// | [#STRING] | see [TextContent] | UTF-16 units |
/// | [#EMBED] | [Any] | 1 |
/// | [#FORMAT] | [Format] | 1, not countable |
/// | [#TYPE] | [YType] in a document, [TypeRef] outside | 1 |
/// | [#DOC] | [Subdoc] | 1 |
///
/// Source: yjs 13.6 `structs/Content*.js`.
final class Content {
    static final int GC = 0;
    static final int DELETED = 1;
    static final int JSON = 2;
    static final int BINARY = 3;
    static final int STRING = 4;
    static final int EMBED = 5;
    static final int FORMAT = 6;
    static final int TYPE = 7;
    static final int ANY = 8;
    static final int DOC = 9;
    static final int SKIP = 10;

    /// What a struct carries that carries nothing.
    static final Object NOTHING = new Object();

    private Content() {}

    /// A mark that begins (or, with null, ends) at its place.
    record Format(String key, Any value) {}

    /// The type that a struct is to hold.
    ///
    /// @param ref 0 Array, 1 Map, 2 Text, 3 XmlElement, 4 XmlFragment, 5 XmlHook, 6 XmlText
    /// @param name of an XmlElement or XmlHook, else null
    record TypeRef(int ref, @Nullable String name) {
        static final int ARRAY = 0;
        static final int MAP = 1;
        static final int TEXT = 2;
        static final int XML_ELEMENT = 3;
        static final int XML_FRAGMENT = 4;
        static final int XML_HOOK = 5;
        static final int XML_TEXT = 6;

        static boolean hasName(int ref) {
            return ref == XML_ELEMENT || ref == XML_HOOK;
        }
    }

    /// Another document, by reference.
    ///
    /// @param meta null when the application gave none
    record Subdoc(
            String guid,
            boolean gc,
            boolean autoLoad,
            @Nullable Any meta) {
        static Subdoc of(String guid, Any options) {
            Map<String, Any> given = options instanceof Any.Obj(var values) ? values : Map.of();
            Any meta = given.get("meta");
            return new Subdoc(
                    guid,
                    !given.containsKey("gc") || isTruthy(given.get("gc")),
                    isTruthy(given.get("autoLoad")),
                    meta instanceof Any.Null || meta instanceof Any.Undefined ? null : meta);
        }

        /// Only what differs from the defaults.
        Any options() {
            Map<String, Any> options = new LinkedHashMap<>();
            if (!gc) {
                options.put("gc", Any.FALSE);
            }
            if (autoLoad) {
                options.put("autoLoad", Any.TRUE);
            }
            if (meta != null) {
                options.put("meta", meta);
            }
            return new Any.Obj(options);
        }

        private static boolean isTruthy(@Nullable Any value) {
            return switch (value) {
                case null -> false;
                case Any.Undefined() -> false;
                case Any.Null() -> false;
                case Any.Bool(var bool) -> bool;
                case Any.Num(var number) -> number != 0 && !Double.isNaN(number);
                case Any.BigInt(var number) -> number != 0;
                case Any.Str(var text) -> !text.isEmpty();
                case Any.Bin _, Any.Arr _, Any.Obj _ -> true;
            };
        }
    }

    /// Does it count in the length of a list?
    static boolean isCountable(int kind) {
        return kind != DELETED && kind != FORMAT && kind != GC;
    }

    /// Can two that stand side by side become one?
    static boolean canMerge(int kind) {
        return kind == STRING || kind == DELETED || kind == ANY || kind == JSON || kind == GC;
    }

    /// The units left of a cut.
    static Object left(int kind, Object content, int cut) {
        return switch (kind) {
            case STRING -> TextContent.left(content, cut);
            case ANY, JSON -> Arrays.copyOf((Any[]) content, cut);
            default -> NOTHING;
        };
    }

    static Object right(int kind, Object content, int cut, int length) {
        return switch (kind) {
            case STRING -> TextContent.right(content, cut, length);
            case ANY, JSON -> Arrays.copyOfRange((Any[]) content, cut, length);
            default -> NOTHING;
        };
    }
}
