package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;

/// Puts together what a transaction did to a list from its items, which are shown to it from left to right.
///
/// Source: yjs 13.6 `YEvent.js#changes`. Confined to its event.
final class ListDelta {
    private final YEvent event;
    private final StructStore store;
    private final List<ListOp> ops = new ArrayList<>();
    private final List<YValue> inserted = new ArrayList<>();
    private int retained;
    private int deleted;

    ListDelta(YEvent event) {
        this.event = event;
        this.store = event.target().store();
    }

    void take(int item) {
        if (store.isDeleted(item)) {
            if (event.deletes(item) && !event.adds(item)) {
                flushRetain();
                flushInsert();
                deleted += store.length(item);
            }
        } else if (event.adds(item)) {
            flushRetain();
            flushDelete();
            if (store.isVisible(item)) {
                for (int unit = 0; unit < store.length(item); unit++) {
                    inserted.add(YValue.at(store, item, unit));
                }
            }
        } else {
            retain(store.length(item));
        }
    }

    void retain(int units) {
        if (units > 0) {
            flushInsert();
            flushDelete();
            retained += units;
        }
    }

    /// All but a retain at the end.
    List<ListOp> ops() {
        flushInsert();
        flushDelete();
        return ops;
    }

    private void flushRetain() {
        if (retained > 0) {
            ops.add(new ListOp.Retain(retained));
            retained = 0;
        }
    }

    private void flushDelete() {
        if (deleted > 0) {
            ops.add(new ListOp.Delete(deleted));
            deleted = 0;
        }
    }

    private void flushInsert() {
        if (!inserted.isEmpty()) {
            ops.add(new ListOp.Insert(inserted));
            inserted.clear();
        }
    }
}
