package org.civicpress.realtime.cli.doc;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.RelativePosition;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;

/// The operations of scripts: edits of one type, at a path from a root.
///
/// ```
/// tinsert(i, str, attrs?)   tembed(i, v, attrs?)   tdelete(i, n)   tformat(i, n, attrs)   tdelta(delta, sanitize?)
/// linsert(i, v[])   lpush(v[])   ldelete(i, n)   mset(k, v)   mdel(k)   mclear   aset(k, v)   adel(k)
/// ```
///
/// Where Yjs does part of an edit before it throws, so does this.
final class Edits {
    private Edits() {}

    /// @throws RuntimeException when there is no such type, or it does not have the operation, or refuses it
    static void perform(Doc doc, Fields edit) {
        YType type = typeAt(doc, edit.list("path"));
        switch (edit.string("op")) {
            case "tinsert" -> insert(text(type), edit);
            case "tembed" -> embed(text(type), edit);
            case "tdelete", "ldelete" -> delete(type, edit.integer("i"), edit.integer("n"));
            case "tformat" -> text(type).format(edit.integer("i"), edit.integer("n"), attributes(edit));
            case "tdelta" -> applyDelta(text(type), edit);
            case "linsert" -> insert(type, edit.integer("i"), edit.list("v"));
            case "lpush" -> push(type, edit.list("v"));
            case "mset" -> map(type).set(edit.string("k"), TaggedTypes.read(edit.any("v")));
            case "mdel" -> map(type).delete(edit.string("k"));
            case "mclear" -> map(type).clear();
            case "aset" -> setAttribute(type, edit.string("k"), Tagged.read(edit.any("v")));
            case "adel" -> removeAttribute(type, edit.string("k"));
            default -> throw new IllegalArgumentException("there is no operation \"" + edit.string("op") + "\"");
        }
    }

    // ---- places

    /// @param path a root's name, then keys of maps and indexes in lists; in a text, how many types stand before
    static YType typeAt(Doc doc, List<Any> path) {
        if (path.isEmpty() || !(path.getFirst() instanceof Any.Str(String name))) {
            throw new IllegalArgumentException("a path begins with the name of a root");
        }
        YType type = Dump.root(doc, name)
                .orElseThrow(
                        () -> new NoSuchElementException("what kind of root \"" + name + "\" is, it does not say"));
        for (Any step : path.subList(1, path.size())) {
            type = child(type, step);
        }
        return type;
    }

    private static YType child(YType type, Any step) {
        return switch (type) {
            case YMap map
            when step instanceof Any.Str(String key) -> map.type(key).orElseThrow();
            case YText text ->
                text.toDelta().stream()
                        .filter(Delta.Type.class::isInstance)
                        .map(run -> ((Delta.Type) run).type())
                        .toList()
                        .get(Fields.integer(step));
            case YArray array -> nested(array.values().get(Fields.integer(step)));
            case YXmlFragment fragment -> fragment.children().get(Fields.integer(step));
            case YMap _, YUntyped _ -> throw new NoSuchElementException("nothing at " + step);
        };
    }

    private static YType nested(YValue value) {
        if (value instanceof YValue.Nested(YType type)) {
            return type;
        }
        throw new NoSuchElementException("no type, but " + value);
    }

    private static YText text(YType type) {
        return (YText) type;
    }

    private static YMap map(YType type) {
        return (YMap) type;
    }

    // ---- texts

    private static void insert(YText text, Fields edit) {
        String characters = Tagged.readString(edit.any("str"));
        if (edit.has("attrs")) {
            text.insert(edit.integer("i"), characters, attributes(edit));
        } else {
            text.insert(edit.integer("i"), characters);
        }
    }

    private static void embed(YText text, Fields edit) {
        Map<String, Any> attributes = edit.has("attrs") ? attributes(edit) : Map.of();
        int index = edit.integer("i");
        switch (inserted(edit.any("v"), attributes)) {
            case Delta.Text(String characters, var _) -> text.insert(index, characters, attributes);
            case Delta.Embed(Any value, var _) -> text.insertEmbed(index, value, attributes);
            case Delta.Type(YType type, var _) -> text.insertType(index, type, attributes);
        }
    }

    private static Delta.Insert inserted(Any json, Map<String, Any> attributes) {
        return switch (TaggedTypes.read(json)) {
            case YValue.Nested(YType type) -> new Delta.Type(type, attributes);
            case YValue.Plain(Any.Str(String characters)) -> new Delta.Text(characters, attributes);
            case YValue.Plain(Any.Null _), YValue.Plain(Any.Undefined _), YValue.SubDoc _ ->
                throw new IllegalArgumentException("a text cannot hold " + json);
            case YValue.Plain(Any value) -> new Delta.Embed(value, attributes);
        };
    }

    private static void applyDelta(YText text, Fields edit) {
        List<Delta.Op> delta =
                edit.list("delta").stream().map(op -> op(Fields.of(op))).toList();
        boolean deletesFirst = delta.stream()
                .filter(Edits::doesSomething)
                .findFirst()
                .filter(Delta.Delete.class::isInstance)
                .isPresent();
        boolean keepLineFeed = !Any.FALSE.equals(edit.find("sanitize").orElse(Any.TRUE));
        text.doc()
                .transact(
                        () -> {
                            if (deletesFirst) {
                                requireItems(text);
                            }
                            text.applyDelta(delta, keepLineFeed);
                        },
                        null);
    }

    private static boolean doesSomething(Delta.Op op) {
        return switch (op) {
            case Delta.Text(String text, var _) -> !text.isEmpty();
            case Delta.Retain(int units, var attributes) -> units > 0 || !attributes.isEmpty();
            case Delta.Embed _, Delta.Type _, Delta.Delete _ -> true;
        };
    }

    private static Delta.Op op(Fields told) {
        Map<String, Any> attributes = told.has("attributes") ? Tagged.readEntries(told.list("attributes")) : Map.of();
        if (told.has("insert")) {
            return inserted(told.any("insert"), attributes);
        }
        return told.has("retain")
                ? new Delta.Retain(told.integer("retain"), attributes)
                : new Delta.Delete(told.integer("delete"));
    }

    private static Map<String, Any> attributes(Fields edit) {
        return Tagged.readEntries(edit.list("attrs"));
    }

    /// Yjs throws when it is to delete in a text where nothing ever stood.
    private static void requireItems(YText text) {
        if (RelativePosition.at(text, Integer.MAX_VALUE, -1).item() == null) {
            throw new NoSuchElementException("nothing ever stood in this text");
        }
    }

    // ---- lists

    private static void insert(YType type, int index, List<Any> values) {
        if (type instanceof YXmlFragment fragment) {
            fragment.insert(index, TaggedTypes.readTypes(values));
            return;
        }
        insert((YArray) type, TaggedTypes.readAll(values), accepted -> ((YArray) type).insert(index, accepted));
    }

    private static void push(YType type, List<Any> values) {
        if (type instanceof YXmlFragment fragment) {
            fragment.insert(fragment.length(), TaggedTypes.readTypes(values));
            return;
        }
        insert((YArray) type, TaggedTypes.readAll(values), ((YArray) type)::push);
    }

    @FunctionalInterface
    private interface Insertion {
        void insert(List<YValue> values);
    }

    /// What stands before a value that a list cannot hold goes in nevertheless: before a big integer all of it, before
    /// `undefined` all but the plain values just before.
    private static void insert(YArray array, List<YValue> values, Insertion insertion) {
        int end = 0;
        while (end < values.size() && !isRefused(values.get(end))) {
            end++;
        }
        if (end == values.size()) {
            insertion.insert(values);
            return;
        }
        int accepted = end;
        if (values.get(end) instanceof YValue.Plain(Any.Undefined _)) {
            while (accepted > 0 && isOfARun(values.get(accepted - 1))) {
                accepted--;
            }
        }
        insertion.insert(values.subList(0, accepted));
        throw new IllegalArgumentException("an array of " + array.length() + " cannot hold " + values.get(end));
    }

    private static boolean isRefused(YValue value) {
        return value instanceof YValue.Plain(Any.Undefined _) || value instanceof YValue.Plain(Any.BigInt _);
    }

    private static boolean isOfARun(YValue value) {
        return value instanceof YValue.Plain(Any any) && !(any instanceof Any.Bin);
    }

    /// As much as is there, and then it throws when that was not enough; only a text takes what it gets.
    private static void delete(YType type, int index, int count) {
        switch (type) {
            case YText text -> {
                if (count != 0) {
                    text.doc()
                            .transact(
                                    () -> {
                                        requireItems(text);
                                        text.delete(index, count);
                                    },
                                    null);
                }
            }
            case YArray array -> {
                int there = there(array, index, count);
                array.delete(Math.min(index, array.length()), there);
                requireAll(there, count);
            }
            case YXmlFragment fragment -> {
                int there = there(fragment, index, count);
                fragment.delete(Math.min(index, fragment.length()), there);
                requireAll(there, count);
            }
            case YMap _, YUntyped _ -> throw new IllegalArgumentException("not a list");
        }
    }

    private static int there(YType list, int index, int count) {
        return Math.clamp((long) list.length() - index, 0, count);
    }

    private static void requireAll(int deleted, int count) {
        if (deleted < count) {
            throw new IndexOutOfBoundsException("only " + deleted + " of " + count + " were there");
        }
    }

    // ---- attributes

    private static void setAttribute(YType type, String name, Any value) {
        if (type instanceof YText text) {
            text.setAttribute(name, value);
        } else {
            ((YXmlElement) type).setAttribute(name, value);
        }
    }

    private static void removeAttribute(YType type, String name) {
        if (type instanceof YText text) {
            text.removeAttribute(name);
        } else {
            ((YXmlElement) type).removeAttribute(name);
        }
    }
}
