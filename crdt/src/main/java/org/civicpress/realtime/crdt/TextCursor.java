package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A place between two items of a text with the marks that hold there, and the edits that are made from it. An edit
/// moves it behind what it did.
///
/// A mark is a pair of items without length: one that sets the value and one that brings the former value back. An
/// edit puts in no more of them than it needs, and takes out those that it made idle.
///
/// Source: yjs 13.6 `YText.js`. Confined to its transaction.
final class TextCursor {
    private final Transaction transaction;
    private final StructStore store;
    private final YType text;
    private int left = NONE;
    private int right;
    private final Map<String, Any> attributes = new LinkedHashMap<>();

    /// At the start of a text.
    TextCursor(Transaction transaction, YType text) {
        this.transaction = transaction;
        this.store = text.store();
        this.text = text;
        this.right = text.first;
    }

    /// @param index units that can be seen left of the place; more than there are: behind everything
    static TextCursor at(Transaction transaction, YType text, int index) {
        if (index > text.length) {
            TextCursor cursor = at(transaction, text, text.length);
            cursor.advance(1, Integer.MAX_VALUE);
            return cursor;
        }
        TextCursor cursor = new TextCursor(transaction, text);
        if (text.positions != null || !cursor.advance(index, PositionIndex.WALK)) {
            cursor = new TextCursor(transaction, text);
            cursor.jump(text.positions(), index);
        }
        return cursor;
    }

    Map<String, Any> attributes() {
        return attributes;
    }

    boolean isAtEnd() {
        return right == NONE;
    }

    /// @return false when that takes more steps than allowed
    private boolean advance(int units, int steps) {
        int rest = units;
        for (int step = 0; right != NONE && rest > 0; step++) {
            if (step == steps) {
                return false;
            }
            if (store.isVisible(right)) {
                cutAfter(rest);
                rest -= store.length(right);
            }
            forward();
        }
        return true;
    }

    private void jump(PositionIndex positions, int index) {
        if (index == 0) {
            return;
        }
        if (text.hasFormatting && !positions.knowsAttributes()) {
            advance(index, Integer.MAX_VALUE);
            return;
        }
        right = positions.find(index - 1);
        cutAfter(positions.offset() + 1);
        if (text.hasFormatting) {
            attributes.putAll(positions.attributesBehind(right));
        }
        left = right;
        right = store.right(left);
    }

    /// Cuts the item to the right so that it is no longer than so many units.
    private void cutAfter(int units) {
        if (units < store.length(right)) {
            store.cleanStart(transaction, store.clientIndex(right), store.clock(right) + units);
        }
    }

    private void forward() {
        Content.Format format = formatAt(right);
        if (format != null) {
            TextAttributes.apply(attributes, format);
        }
        left = right;
        right = store.right(right);
    }

    /// The live format at an item, or null.
    private Content.@Nullable Format formatAt(int item) {
        return !store.isDeleted(item) && store.content(item) instanceof Content.Format format ? format : null;
    }

    private void put(int kind, Object content, int units) {
        right = text.insert(transaction, NONE, left, right, kind, content, units);
        forward();
    }

    // ---- edits

    /// Puts content in with exactly the given marks; a mark that holds here and is not among them ends before it.
    /// Formats are put in in the order in which JavaScript lists the marks, here as in [#format].
    void insert(int kind, Object content, int units, Map<String, Any> wanted) {
        Map<String, Any> given = new LinkedHashMap<>(wanted);
        attributes.keySet().forEach(key -> given.putIfAbsent(key, Any.NULL));
        Map<String, Any> marks = new Any.Obj(given).values();
        skipIdleFormats(marks);
        Map<String, Any> negated = openFormats(marks);
        put(kind, content, units);
        closeFormats(negated);
    }

    void format(int units, Map<String, Any> given) {
        Map<String, Any> marks = new Any.Obj(given).values();
        skipIdleFormats(marks);
        Map<String, Any> negated = openFormats(marks);
        int rest = units;
        while (right != NONE
                && (rest > 0
                        || (!negated.isEmpty() && (store.isDeleted(right) || store.kind(right) == Content.FORMAT)))) {
            Content.Format format = formatAt(right);
            if (format != null) {
                Any wanted = marks.get(format.key());
                if (wanted == null) {
                    attributes.put(format.key(), format.value());
                } else {
                    if (TextAttributes.equal(wanted, format.value())) {
                        negated.remove(format.key());
                    } else if (rest == 0) {
                        break;
                    } else {
                        negated.put(format.key(), format.value());
                    }
                    transaction.delete(right);
                }
            } else if (store.isVisible(right)) {
                cutAfter(rest);
                rest -= store.length(right);
            }
            forward();
        }
        if (rest > 0) {
            // An editor's text always ends with a line feed, which it may format although the shared text lacks it.
            put(Content.STRING, TextContent.of("\n".repeat(rest)), rest);
        }
        closeFormats(negated);
    }

    void delete(int units) {
        int rest = units;
        int start = right;
        Map<String, Any> startAttributes = new LinkedHashMap<>(attributes);
        while (rest > 0 && right != NONE) {
            if (store.isVisible(right)) {
                cutAfter(rest);
                rest -= store.length(right);
                transaction.delete(right);
            }
            forward();
        }
        if (start != NONE) {
            cleanGap(transaction, store, start, right, startAttributes, attributes);
        }
    }

    /// Moves over what is deleted and over formats that say what is wanted anyway.
    private void skipIdleFormats(Map<String, Any> wanted) {
        while (right != NONE) {
            if (!store.isDeleted(right)) {
                Content.Format format = formatAt(right);
                if (format == null || !TextAttributes.equal(TextAttributes.get(wanted, format.key()), format.value())) {
                    return;
                }
            }
            forward();
        }
    }

    /// @return what has to be brought back afterwards
    private Map<String, Any> openFormats(Map<String, Any> wanted) {
        Map<String, Any> negated = new LinkedHashMap<>();
        wanted.forEach((key, value) -> {
            Any current = TextAttributes.get(attributes, key);
            if (!TextAttributes.equal(current, value)) {
                negated.put(key, current);
                put(Content.FORMAT, new Content.Format(key, value), 1);
            }
        });
        return negated;
    }

    private void closeFormats(Map<String, Any> negated) {
        while (right != NONE) {
            if (!store.isDeleted(right)) {
                Content.Format format = formatAt(right);
                if (format == null || !TextAttributes.equal(negated.get(format.key()), format.value())) {
                    break;
                }
                negated.remove(format.key());
            }
            forward();
        }
        negated.forEach((key, value) -> put(Content.FORMAT, new Content.Format(key, value), 1));
    }

    /// Takes out the formats of a gap between contents that decide nothing: those overridden further right in the
    /// gap, and those that set what held before it.
    ///
    /// @param current where the running attributes count; they are kept true for the formats before it
    static void cleanGap(
            Transaction transaction,
            StructStore store,
            int begin,
            int current,
            Map<String, Any> startAttributes,
            Map<String, Any> currentAttributes) {
        int end = begin;
        Map<String, Content.Format> last = new HashMap<>();
        while (end != NONE && !store.isVisible(end)) {
            if (!store.isDeleted(end) && store.content(end) instanceof Content.Format format) {
                last.put(format.key(), format);
            }
            end = store.right(end);
        }
        boolean passed = false;
        for (int item = begin; item != end; item = store.right(item)) {
            passed |= item == current;
            if (store.isDeleted(item) || !(store.content(item) instanceof Content.Format format)) {
                continue;
            }
            String key = format.key();
            Any before = TextAttributes.get(startAttributes, key);
            boolean idle = last.get(key) != format || TextAttributes.identical(before, format.value());
            if (idle) {
                transaction.delete(item);
                if (!passed
                        && TextAttributes.identical(TextAttributes.get(currentAttributes, key), format.value())
                        && !TextAttributes.identical(before, format.value())) {
                    if (before instanceof Any.Null) {
                        currentAttributes.remove(key);
                    } else {
                        currentAttributes.put(key, before);
                    }
                }
            } else if (!passed) {
                TextAttributes.apply(currentAttributes, format);
            }
        }
    }
}
