package org.civicpress.realtime.crdt;

import java.util.Set;

/// What a transaction did to a map; [#keys] tells what. Confined to its [Doc].
public final class YMapEvent extends YEvent {
    private final YMap map;

    YMapEvent(YMap map, Transaction transaction, TypeChange change) {
        super(map, transaction, change);
        this.map = map;
    }

    @Override
    public YMap target() {
        return map;
    }

    /// The keys under which something was done, also those that are as they were in the end.
    public Set<String> keysChanged() {
        return changedKeys();
    }
}
