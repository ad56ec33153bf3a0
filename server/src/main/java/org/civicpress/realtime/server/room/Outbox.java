package org.civicpress.realtime.server.room;

import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;

/// The way to one client. What is put in leaves with [#flush], in order. Bounded: who does not read is told
/// apart from who does.
///
/// A room makes one `Bytes` for a message and puts that same object into the outboxes of all; an
/// implementation may keep what it made of it by identity.
///
/// Confined to the room's loop. After the connection has ended every method is without effect, and `true`.
public interface Outbox {
    /// Puts in a binary frame.
    ///
    /// @return false when there is no room for it: the reader is too slow
    boolean offer(Bytes frame);

    /// Puts in a binary frame that may be left out when there is little room, because a newer one will
    /// follow.
    ///
    /// @return false when it was left out
    boolean offerPresence(Bytes frame);

    /// Puts in a text frame.
    ///
    /// @return false when there is no room for it, and it is left out
    boolean text(String json);

    /// Sends what was put in.
    void flush();

    /// Whether the client is to be heard less often: what it sends is read a few times a second only.
    void slow(boolean isSlow);

    /// Sends what was put in and closes the connection. The room forgets the session by itself.
    void close(CloseCode code);
}
