package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Where a transaction changed a type: in its list, under which keys. Found by a look at what the transaction
/// added and deleted, so that edits that nobody observes need not take notes. Confined to its transaction.
final class TypeChange {
    boolean list;
    final Set<String> keys = new LinkedHashSet<>();

    /// The changes of all types that a transaction changed, by the index of the type.
    static Map<Integer, TypeChange> of(Transaction transaction) {
        StructStore store = transaction.doc.store;
        Map<Integer, TypeChange> changes = new HashMap<>();
        for (YType type : transaction.changedTypes) {
            changes.put(type.index, new TypeChange());
        }
        for (int i = 0; i < transaction.grownUntilEnd(); i++) {
            ClientStructs structs = store.client(transaction.before.keyAt(i));
            note(store, changes, structs, transaction.before.valueAt(i), transaction.stateAtEnd(i));
        }
        for (DeleteSet.Ranges ranges : transaction.deletions().clients()) {
            ClientStructs structs = store.clientOf(ranges.client);
            for (int i = 0; i < ranges.size(); i++) {
                note(store, changes, structs, (int) ranges.clock(i), (int) ranges.end(i));
            }
        }
        return changes;
    }

    private static void note(
            StructStore store, Map<Integer, TypeChange> changes, ClientStructs structs, int begin, int end) {
        for (int place = structs.find(begin); place != NONE; place = structs.next(place)) {
            int item = structs.get(place);
            if (store.clock(item) >= end) {
                return;
            }
            TypeChange change = changes.get(store.parent(item));
            if (change == null) {
                continue;
            }
            int key = store.key(item);
            if (key == NONE) {
                change.list = true;
            } else {
                change.keys.add(store.keyName(key));
            }
        }
    }
}
