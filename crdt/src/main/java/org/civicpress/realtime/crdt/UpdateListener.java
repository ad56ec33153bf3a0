package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Hears of every commit that changed a document.
@FunctionalInterface
public interface UpdateListener {
    /// @param update what changed, in the encoding that was asked for
    /// @param origin who changed it, as given to [Doc#transact] or [Doc#apply]
    void onUpdate(Bytes update, @Nullable Object origin);
}
