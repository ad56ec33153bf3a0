package org.civicpress.realtime.crdt;

import java.util.LinkedHashMap;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// What stands in a list or under a key: a plain value, another type, or another document. Immutable, but for the
/// type.
public sealed interface YValue {
    record Plain(Any value) implements YValue {}

    record Nested(YType type) implements YValue {}

    /// Another document, by reference.
    ///
    /// @param gc whether that document forgets what is deleted
    /// @param autoLoad whether whoever loads this one wants that one too
    /// @param meta what the application says of it; null ([Any#NULL]) when nothing
    record Document(String guid, boolean gc, boolean autoLoad, Any meta) implements YValue {
        /// @param options as they stand in an update; what is not known there is dropped, as Yjs does
        static Document of(String guid, Any options) {
            Map<String, Any> given = options instanceof Any.Obj(var values) ? values : Map.of();
            return new Document(
                    guid,
                    !given.containsKey("gc") || isTruthy(given.get("gc")),
                    isTruthy(given.get("autoLoad")),
                    given.get("meta") instanceof Any meta && !(meta instanceof Any.Undefined) ? meta : Any.NULL);
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
            if (!(meta instanceof Any.Null)) {
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

    static YValue of(Any value) {
        return new Plain(value);
    }

    static YValue of(YType type) {
        return new Nested(type);
    }

    /// A document with the usual options.
    static YValue document(String guid) {
        return new Document(guid, true, false, Any.NULL);
    }

    /// The value of one unit of a live item.
    static YValue at(StructStore store, int item, int unit) {
        Object content = store.content(item);
        return switch (content) {
            case YType type -> new Nested(type);
            case Any[] values -> new Plain(values[unit]);
            case Any value -> new Plain(value);
            case Bytes bytes -> new Plain(new Any.Bin(bytes));
            case Document document -> document;
            case Content.Format format -> new Plain(format.value());
            default -> new Plain(new Any.Str(String.valueOf(TextContent.charAt(content, unit))));
        };
    }
}
