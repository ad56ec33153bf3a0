package org.civicpress.realtime.server.room;

/// Who is at the other end. Immutable.
///
/// @param id stable, in the words of the room type: a CivicPress user id as text, the subject of a JWT
/// @param name for logs
public record Principal(String id, String name) {}
