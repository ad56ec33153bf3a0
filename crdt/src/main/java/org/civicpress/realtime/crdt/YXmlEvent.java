package org.civicpress.realtime.crdt;

import java.util.List;
import java.util.Set;

/// What a transaction did to an XML fragment or element; [#keys] tells what to its attributes. Confined to its
/// [Doc].
public final class YXmlEvent extends YEvent {
    private final YXmlFragment fragment;

    YXmlEvent(YXmlFragment fragment, Transaction transaction, TypeChange change) {
        super(fragment, transaction, change);
        this.fragment = fragment;
    }

    @Override
    public YXmlFragment target() {
        return fragment;
    }

    /// Which children were kept, deleted and inserted, from left to right; what was kept at the end is left out.
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

    /// Was something done to the list of children?
    public boolean childListChanged() {
        return listChanged();
    }

    /// The attributes to which something was done, also those that are as they were in the end.
    public Set<String> attributesChanged() {
        return changedKeys();
    }
}
