package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.Bytes;

/// What stands in a list or under a key: a plain value, another type, or another document. Immutable, but for the
/// type and the document.
public sealed interface YValue {
    /// What is no type and no document.
    record Plain(Any value) implements YValue {}

    /// Another type. The same instance each time, so it can be observed and compared by identity.
    record Nested(YType type) implements YValue {}

    /// Another document. Others hear of its guid and its options; what is in it travels by itself.
    record SubDoc(Doc doc) implements YValue {}

    /// A plain value.
    static YValue of(Any value) {
        return new Plain(value);
    }

    /// A type that is in no document yet.
    static YValue of(YType type) {
        return new Nested(type);
    }

    /// A document that stands in no other yet.
    static YValue of(Doc doc) {
        return new SubDoc(doc);
    }

    /// The value of one unit of a live item.
    static YValue at(StructStore store, int item, int unit) {
        Object content = store.content(item);
        return switch (content) {
            case YType type -> new Nested(type);
            case Any[] values -> new Plain(values[unit]);
            case byte[] encoded
            when store.kind(item) == Content.ANY -> {
                Any[] values = ValuesContent.values(encoded, store.length(item));
                if (values.length > 1) {
                    store.setContent(item, values); // whoever looks at one will look at others
                }
                yield new Plain(values[unit]);
            }
            case Any value -> new Plain(value);
            case Bytes bytes -> new Plain(new Any.Bin(bytes));
            case LazyDoc subDoc -> new SubDoc(subDoc.doc());
            case Content.Format _ -> new Plain(Any.UNDEFINED); // a mark has no value that could be read
            default -> new Plain(new Any.Str(String.valueOf(TextContent.charAt(content, unit))));
        };
    }
}
