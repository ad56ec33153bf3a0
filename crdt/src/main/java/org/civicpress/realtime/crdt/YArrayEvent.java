package org.civicpress.realtime.crdt;

import java.util.List;

/// What a transaction did to an array. Confined to its [Doc].
public final class YArrayEvent extends YEvent {
    private final YArray array;

    YArrayEvent(YArray array, Transaction transaction, TypeChange change) {
        super(array, transaction, change);
        this.array = array;
    }

    @Override
    public YArray target() {
        return array;
    }

    /// What was kept, deleted and inserted, from left to right; what was kept at the end is left out.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public List<ListOp> delta() {
        return listDelta();
    }

    /// What was inserted and is still there, from left to right.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public List<Item> added() {
        return addedItems();
    }

    /// What was deleted, from left to right; what the same transaction had inserted is not among it.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public List<Item> deleted() {
        return deletedItems();
    }
}
