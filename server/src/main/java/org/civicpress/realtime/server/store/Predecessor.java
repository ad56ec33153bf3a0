package org.civicpress.realtime.server.store;

import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.RoomId;

/// What another program knows of a room that the journal has never heard of. Shared; asked on the journal's threads.
public interface Predecessor {
    /// There was nobody before.
    Predecessor NONE = room -> Optional.empty();

    /// What a room is to begin with; empty when nothing is left of it that can be begun with.
    ///
    /// @throws RuntimeException when it cannot be known now; the room is not opened then
    Optional<Left> find(RoomId room);

    /// @param state the whole document, V1
    /// @param hash SHA-256 of the state
    record Left(Bytes state, Bytes hash, long version) {}
}
