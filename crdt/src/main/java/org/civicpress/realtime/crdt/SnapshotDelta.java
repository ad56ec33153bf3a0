package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The runs of a text as they were when a snapshot was taken, with what changed since an earlier one.
///
/// Structs that were there only in part are cut while this is made, and joined again afterwards.
///
/// Source: yjs 13.6 `YText.js#toDelta`. Confined to its user.
final class SnapshotDelta {
    private static final String CHANGE = "ychange";

    private final StructStore store;
    private final @Nullable Snapshot snapshot;
    private final @Nullable Snapshot previous;
    private final ChangeMark mark;
    private final List<Delta.Insert> runs = new ArrayList<>();
    private final Map<String, Any> attributes = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

    private SnapshotDelta(
            StructStore store, @Nullable Snapshot snapshot, @Nullable Snapshot previous, ChangeMark mark) {
        this.store = store;
        this.snapshot = snapshot;
        this.previous = previous;
        this.mark = mark;
    }

    static List<Delta.Insert> of(
            YText text, @Nullable Snapshot snapshot, @Nullable Snapshot previous, ChangeMark mark) {
        SnapshotDelta delta = new SnapshotDelta(text.store(), snapshot, previous, mark);
        text.doc().edit("cleanup", transaction -> {
            delta.cut(transaction, snapshot);
            delta.cut(transaction, previous);
            delta.read(text);
        });
        return delta.runs;
    }

    private void cut(Transaction transaction, @Nullable Snapshot at) {
        if (at != null) {
            at.cutAtEnds(transaction);
            store.visit(transaction, at.deletes, _ -> {});
        }
    }

    private void read(YText from) {
        for (int item = from.first; item != NONE; item = store.right(item)) {
            boolean now = isShown(item, snapshot);
            boolean before = previous != null && previous.shows(store, item);
            if ((!now && !before) || store.kind(item) == Content.ANY) {
                continue; // values of a list were put here by a client that took this for an array
            }
            switch (store.content(item)) {
                case Content.Format format -> {
                    if (now) {
                        flush();
                        TextAttributes.apply(attributes, format);
                    }
                }
                case YType type -> {
                    flush();
                    runs.add(new Delta.Type(type, new LinkedHashMap<>(attributes)));
                }
                case Any value -> {
                    flush();
                    runs.add(new Delta.Embed(value, new LinkedHashMap<>(attributes)));
                }
                case byte[] ascii -> {
                    markChange(item, now, before);
                    TextContent.appendTo(text, ascii, 0, store.length(item));
                }
                case char[] characters -> {
                    markChange(item, now, before);
                    TextContent.appendTo(text, characters, 0, store.length(item));
                }
                default -> {
                    // What was collected, and other things that belong in a list.
                }
            }
        }
        flush();
    }

    private boolean isShown(int item, @Nullable Snapshot at) {
        return at == null ? !store.isDeleted(item) : at.shows(store, item);
    }

    private void markChange(int item, boolean now, boolean before) {
        if (!now && snapshot != null) {
            mark(item, false);
        } else if (previous != null && !before) {
            mark(item, true);
        } else if (attributes.containsKey(CHANGE)) {
            flush();
            attributes.remove(CHANGE);
        }
    }

    /// A mark that names the same kind of change by the same client holds on; the plain one names nobody, so with it
    /// each item is a run by itself.
    private void mark(int item, boolean added) {
        Id id = new Id(store.client(store.clientIndex(item)).client, store.clock(item));
        if (attributes.get(CHANGE) instanceof Any.Obj(var current)
                && current.get("user") instanceof Any.Num(var user)
                && user == id.client()
                && Any.of(added ? "added" : "removed").equals(current.get("type"))) {
            return;
        }
        flush();
        attributes.put(CHANGE, mark.of(added, id));
    }

    private void flush() {
        if (!text.isEmpty()) {
            runs.add(new Delta.Text(text.toString(), new LinkedHashMap<>(attributes)));
            text.setLength(0);
        }
    }
}
