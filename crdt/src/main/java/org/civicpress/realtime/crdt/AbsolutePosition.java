package org.civicpress.realtime.crdt;

/// Where a [RelativePosition] is now. The next edit may make it wrong.
///
/// @param index units that can be seen left of the place; 0 when the type was deleted
/// @param assoc that of the relative position
public record AbsolutePosition(YType type, int index, long assoc) {}
