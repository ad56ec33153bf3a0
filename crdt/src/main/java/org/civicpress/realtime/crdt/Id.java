package org.civicpress.realtime.crdt;

/// One unit of one client: a character, a list entry, a deletion mark. Immutable.
///
/// @param client 0 to 2^53 - 1
/// @param clock how many units that client had made before
public record Id(long client, long clock) {}
