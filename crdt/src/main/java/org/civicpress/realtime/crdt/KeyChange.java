package org.civicpress.realtime.crdt;

/// What happened under a key of a map or to an attribute. Immutable, but for a type that is the old value.
public sealed interface KeyChange {
    /// There was no value before.
    record Added() implements KeyChange {}

    /// @param oldValue `undefined` when it was collected before anybody asked
    record Updated(YValue oldValue) implements KeyChange {}

    /// @param oldValue `undefined` when it was collected before anybody asked
    record Deleted(YValue oldValue) implements KeyChange {}
}
