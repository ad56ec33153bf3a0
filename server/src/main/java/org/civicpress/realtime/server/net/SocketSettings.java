package org.civicpress.realtime.server.net;

/// What an operator may change of the connections while the server runs. Immutable.
///
/// @param messagesPerSecond edits of one connection, on average
/// @param awarenessPerSecond changes of presence of one connection, on average
public record SocketSettings(int messagesPerSecond, int awarenessPerSecond) {}
