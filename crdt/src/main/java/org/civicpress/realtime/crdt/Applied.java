package org.civicpress.realtime.crdt;

import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What came of applying an update. Immutable.
///
/// @param changes what the document gained, as updates to be passed on in this order: first what came, the very
///     bytes when all of it was new; then, if anything, what the document did to itself in consequence, which is
///     new to the sender too. In the encoding of what came. Empty when nothing changed
/// @param held part of the update waits for others that have not come. It is not in `changes`; whoever must lose
///     nothing keeps the bytes that came
/// @param clients whose structs or deletions came, each once
public record Applied(List<Bytes> changes, boolean held, List<Long> clients) {
    public Applied {
        changes = List.copyOf(changes);
        clients = List.copyOf(clients);
    }
}
