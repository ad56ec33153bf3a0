package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Takes out formats that became idle because two clients formatted or deleted without knowing of each other.
/// Every replica that hears of a remote change to a formatted text does this by itself, as a transaction of its
/// own.
///
/// Source: yjs 13.6 `YText.js#cleanupYTextAfterTransaction`. Static functions.
final class TextCleanup {
    private TextCleanup() {}

    /// Did a text with formats change?
    static boolean isNeeded(Transaction remote) {
        boolean needed = false;
        for (YType type : remote.changedTypes) {
            needed |=
                    type.changedIn == remote.number && type instanceof YText && type.hasFormatting && !type.isDeleted();
        }
        return needed;
    }

    static void clean(Transaction remote) {
        StructStore store = remote.doc.store;
        Set<YType> whole = new LinkedHashSet<>();
        IntMap before = remote.before;
        for (int i = 0; i < remote.grownUntilEnd(); i++) {
            ClientStructs structs = store.client(before.keyAt(i));
            // Yjs takes the state for a number of units, and so may look at what observers added too.
            long end = (long) before.valueAt(i) + remote.stateAtEnd(i);
            for (int place = structs.find(before.valueAt(i)); place != NONE; place = structs.next(place)) {
                int item = structs.get(place);
                if (store.clock(item) >= end) {
                    break;
                }
                if (!store.isDeleted(item) && store.kind(item) == Content.FORMAT) {
                    whole.add(store.type(store.parent(item)));
                }
            }
        }
        DeleteSet deletions = remote.deletions();
        remote.doc.edit(transaction -> {
            for (DeleteSet.Ranges ranges : deletions.clients()) {
                for (int range = 0; range < ranges.size(); range++) {
                    cleanRange(transaction, ranges, range, whole);
                }
            }
            whole.forEach(type -> cleanWhole(transaction, type));
        });
    }

    private static void cleanRange(Transaction transaction, DeleteSet.Ranges ranges, int range, Set<YType> whole) {
        StructStore store = transaction.doc.store;
        ClientStructs structs = store.clientOf(ranges.client);
        int end = (int) ranges.end(range);
        for (int place = structs.find((int) ranges.clock(range)); place != NONE; place = structs.next(place)) {
            int item = structs.get(place);
            if (store.clock(item) >= end) {
                return;
            }
            if (store.isGc(item)) {
                continue;
            }
            YType parent = store.type(store.parent(item));
            if (!parent.hasFormatting || whole.contains(parent)) {
                continue;
            }
            if (store.kind(item) == Content.FORMAT) {
                whole.add(parent);
            } else {
                cleanAround(transaction, item);
            }
        }
    }

    /// Of the formats around a deleted content, keeps the rightmost of each key.
    private static void cleanAround(Transaction transaction, int deleted) {
        StructStore store = transaction.doc.store;
        int item = deleted;
        while (store.right(item) != NONE && !store.isVisible(store.right(item))) {
            item = store.right(item);
        }
        Set<String> seen = new HashSet<>();
        for (; item != NONE && !store.isVisible(item); item = store.left(item)) {
            if (!store.isDeleted(item)
                    && store.content(item) instanceof Content.Format format
                    && !seen.add(format.key())) {
                transaction.delete(item);
            }
        }
    }

    /// Yjs goes through the whole text here, but of what stands behind the first content it begins each gap with the
    /// content before it, and so finds the gap empty.
    private static void cleanWhole(Transaction transaction, YType text) {
        StructStore store = transaction.doc.store;
        Map<String, Any> attributes = new LinkedHashMap<>();
        for (int item = text.first; item != NONE; item = store.right(item)) {
            if (store.isDeleted(item)) {
                continue;
            }
            if (!(store.content(item) instanceof Content.Format format)) {
                TextCursor.cleanGap(transaction, store, text.first, item, Map.of(), attributes);
                return;
            }
            TextAttributes.apply(attributes, format);
        }
    }
}
