package org.civicpress.realtime.crdt;

import java.util.Map;

/// Makes the attribute `ychange` of what lies between two snapshots of a text.
@FunctionalInterface
public interface ChangeMark {
    /// `{"type": "removed"}` or `{"type": "added"}`.
    ChangeMark PLAIN = (added, id) -> Any.obj(Map.of("type", Any.of(added ? "added" : "removed")));

    /// @param added false when it was removed
    /// @param id of the first unit; its client made it
    Any of(boolean added, Id id);
}
