package org.civicpress.realtime.crdt;

import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What came of applying an update. Immutable.
///
/// @param changes what the document gained, as updates to be passed on in this order: the very bytes that came when all
/// of it
///     was new. Empty when nothing changed
/// @param held part of the update waits for others that have not come. It is not in `changes`; whoever must lose
/// nothing
///     keeps the bytes that came
public record Applied(List<Bytes> changes, boolean held) {
    public Applied {
        changes = List.copyOf(changes);
    }
}
