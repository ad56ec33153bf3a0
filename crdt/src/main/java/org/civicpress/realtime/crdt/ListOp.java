package org.civicpress.realtime.crdt;

import java.util.List;

/// One step of what happened to a list, from left to right: so many units were kept, so many went, these came.
/// Immutable, but for types among the values.
public sealed interface ListOp {
    /// Units that were kept.
    record Retain(int units) implements ListOp {}

    /// Units that went.
    record Delete(int units) implements ListOp {}

    /// Values that came.
    record Insert(List<YValue> values) implements ListOp {
        public Insert {
            values = List.copyOf(values);
        }
    }
}
