package org.civicpress.realtime.crdt;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a struct carries, by the numbers that stand in an update; 0 and 10 are structs without content.
///
/// | kind | held as | length |
/// |---|---|---|
/// | [#DELETED], [#GC], [#SKIP] | [#NOTHING] | declared |
/// | [#JSON] | `Any[]` | its values |
/// | [#ANY] | see [ValuesContent] | its values |
/// | [#BINARY] | [Bytes] | 1 |
/// | [#STRING] | see [TextContent] | UTF-16 units |
/// | [#EMBED] | [Any] | 1 |
/// | [#FORMAT] | [Format] | 1, not countable |
/// | [#TYPE] | [YType] in a document, [TypeRef] outside | 1 |
/// | [#DOC] | [LazyDoc] in a document, [Doc.Options] outside | 1 |
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

        static boolean isKnown(int ref) {
            return ref >= ARRAY && ref <= XML_TEXT;
        }

        static boolean hasName(int ref) {
            return ref == XML_ELEMENT || ref == XML_HOOK;
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
            case ANY -> ValuesContent.left(content, cut);
            case JSON -> Arrays.copyOf((Any[]) content, cut);
            default -> NOTHING;
        };
    }

    static Object right(int kind, Object content, int cut, int length) {
        return switch (kind) {
            case STRING -> TextContent.right(content, cut, length);
            case ANY -> ValuesContent.right(content, cut, length);
            case JSON -> Arrays.copyOfRange((Any[]) content, cut, length);
            default -> NOTHING;
        };
    }
}
