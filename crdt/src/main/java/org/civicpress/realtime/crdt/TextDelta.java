package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Computes what a transaction did to a text in one walk over its items, tombstones included.
///
/// A format that was added or deleted changes the marks of what is kept to its right, until another format of the
/// same key. On the way, formats that set what holds anyway are deleted.
///
/// Source: yjs 13.6 `YText.js`, `YTextEvent#delta`. Confined to its event.
final class TextDelta {
    private enum Step {
        INSERT,
        RETAIN,
        DELETE
    }

    private final YTextEvent event;
    private final StructStore store;
    private final List<Delta.Op> ops = new ArrayList<>();

    /// The marks that hold at the place now, and those that held there before the transaction.
    private final Map<String, Any> current = new LinkedHashMap<>();

    private final Map<String, Any> old = new LinkedHashMap<>();
    /// The marks that are others than they were.
    private final Map<String, Any> changed = new LinkedHashMap<>();

    /// The operation that is being gathered, with its text or its length so far.
    private @Nullable Step step;

    private final StringBuilder inserted = new StringBuilder();
    private int units;

    TextDelta(YTextEvent event) {
        this.event = event;
        this.store = event.target().store();
    }

    List<Delta.Op> ops() {
        return ops;
    }

    /// @param transaction deletes what is found idle
    void compute(Transaction transaction) {
        IntList changedItems = event.changedItems();
        if (changedItems != null && onlyContents(changedItems)) {
            takeContents(changedItems);
        } else {
            takeAll(transaction);
        }
        flush();
        while (!ops.isEmpty() && ops.getLast() instanceof Delta.Retain(int _, var attributes) && attributes.isEmpty()) {
            ops.removeLast();
        }
    }

    private void takeAll(Transaction transaction) {
        int steps = 0;
        for (int item = event.target().first; item != NONE; item = store.right(item), steps++) {
            switch (store.kind(item)) {
                case Content.STRING, Content.EMBED, Content.TYPE -> content(item);
                case Content.FORMAT -> format(transaction, item, (Content.Format) store.content(item));
                default -> {
                    // What was collected, and values of a list that do not belong in a text.
                }
            }
        }
        event.target().walked(steps);
    }

    private boolean onlyContents(IntList items) {
        for (int i = 0; i < items.size(); i++) {
            switch (store.kind(items.get(i))) {
                case Content.STRING, Content.EMBED, Content.TYPE -> {}
                default -> {
                    return false;
                }
            }
        }
        return !event.target().hasFormatting || event.target().positions().knowsAttributes();
    }

    /// What is kept between them changes no marks, so it need not be looked at.
    private void takeContents(IntList items) {
        YText text = event.target();
        int kept = 0;
        int added = 0;
        for (int i = 0; i < items.size(); i++) {
            int item = items.get(i);
            int before = text.unitsBefore(item) - added;
            if (before > kept) {
                begin(Step.RETAIN);
                units += before - kept;
                kept = before;
            } else if (step == Step.INSERT && hasFormatBetween(items.get(i - 1), item)) {
                flush();
            }
            if (event.adds(item)) {
                added += store.isVisible(item) ? store.length(item) : 0;
                if (text.hasFormatting && step != Step.INSERT) {
                    current.clear();
                    current.putAll(text.positions().attributesBehind(item));
                }
            }
            content(item);
        }
    }

    private boolean hasFormatBetween(int left, int right) {
        for (int item = store.right(left); item != right; item = store.right(item)) {
            if (store.kind(item) == Content.FORMAT && !store.isDeleted(item)) {
                return true;
            }
        }
        return false;
    }

    private void content(int item) {
        if (event.adds(item)) {
            if (!event.deletes(item)) {
                insert(item);
            }
        } else if (event.deletes(item)) {
            begin(Step.DELETE);
            units += store.length(item);
        } else if (!store.isDeleted(item)) {
            begin(Step.RETAIN);
            units += store.length(item);
        }
    }

    private void insert(int item) {
        switch (store.content(item)) {
            case YType type -> {
                flush();
                ops.add(new Delta.Type(type, new LinkedHashMap<>(current)));
            }
            case Any value -> {
                flush();
                if (isTold(value)) {
                    ops.add(new Delta.Embed(value, new LinkedHashMap<>(current)));
                }
            }
            case Object characters -> {
                begin(Step.INSERT);
                TextContent.appendTo(inserted, characters, 0, store.length(item));
            }
        }
    }

    /// Yjs passes over embedded values that in JavaScript are no objects and have no length.
    private static boolean isTold(Any value) {
        return switch (value) {
            case Any.Undefined _, Any.Bool _, Any.Num _, Any.BigInt _ -> false;
            case Any.Str(String text) -> !text.isEmpty();
            case Any.Null _, Any.Bin _, Any.Arr _, Any.Obj _ -> true;
        };
    }

    private void format(Transaction transaction, int item, Content.Format format) {
        String key = format.key();
        Any value = format.value();
        Any now = TextAttributes.get(current, key);
        if (event.adds(item)) {
            if (!event.deletes(item)) {
                if (!TextAttributes.equal(now, value)) {
                    flushRetain();
                    if (TextAttributes.equal(value, TextAttributes.get(old, key))) {
                        changed.remove(key);
                    } else {
                        changed.put(key, value);
                    }
                } else if (!(value instanceof Any.Null)) {
                    transaction.delete(item);
                }
            }
        } else if (event.deletes(item)) {
            old.put(key, value);
            if (!TextAttributes.equal(now, value)) {
                flushRetain();
                changed.put(key, now);
            }
        } else if (!store.isDeleted(item)) {
            old.put(key, value);
            keptFormat(transaction, item, format);
        }
        if (!store.isDeleted(item)) {
            if (step == Step.INSERT) {
                flush();
            }
            TextAttributes.apply(current, format);
        }
    }

    /// A format that was there and stays ends a change of its key, or goes when the change sets the same.
    private void keptFormat(Transaction transaction, int item, Content.Format format) {
        Any pending = changed.get(format.key());
        if (pending == null) {
            return;
        }
        if (!TextAttributes.equal(pending, format.value())) {
            flushRetain();
            if (format.value() instanceof Any.Null) {
                changed.remove(format.key());
            } else {
                changed.put(format.key(), format.value());
            }
        } else if (!(pending instanceof Any.Null)) {
            transaction.delete(item);
        }
    }

    private void begin(Step next) {
        if (step != next) {
            flush();
            step = next;
        }
    }

    private void flushRetain() {
        if (step == Step.RETAIN) {
            flush();
        }
    }

    private void flush() {
        switch (step) {
            case null -> {}
            case INSERT -> {
                if (!inserted.isEmpty()) {
                    ops.add(new Delta.Text(inserted.toString(), new LinkedHashMap<>(current)));
                }
            }
            case RETAIN -> {
                if (units > 0) {
                    ops.add(new Delta.Retain(units, new LinkedHashMap<>(changed)));
                }
            }
            case DELETE -> {
                if (units > 0) {
                    ops.add(new Delta.Delete(units));
                }
            }
        }
        step = null;
        inserted.setLength(0);
        units = 0;
    }
}
