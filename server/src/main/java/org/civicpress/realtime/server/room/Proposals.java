package org.civicpress.realtime.server.room;

import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Keeps what cannot be merged into a room any more, because it was written in an older generation of it, until a
/// person has looked at it and applied or dropped it.
///
/// Shared: returns at once; the answer comes on any thread.
public interface Proposals {
    /// Keeps what a document holds that no generation of the room ever had.
    void offer(Offer offer, Consumer<Outcome> whenKept);

    /// @param generation the room's present one, of which the document is not
    /// @param user whose it is, in the words of the room type; null when it is not one person's
    /// @param state the whole document, as an update in V1
    /// @param timeMillis since the epoch
    record Offer(
            RoomId room,
            long generation,
            Reason reason,
            @Nullable String user,
            Bytes state,
            long timeMillis) {}

    enum Reason {
        /// A client came back with a document of an older generation.
        STALE,
        /// The room's own document had edits that were not in the file yet when somebody else replaced that.
        REPLACED
    }

    sealed interface Outcome {
        /// It is durable.
        ///
        /// @param waiting how many proposals of the room wait now
        record Kept(int waiting) implements Outcome {}

        /// All of it is known already; nothing had to be kept.
        record NothingNew() implements Outcome {}

        /// It is not kept now; the client that has it is the only one.
        record Failed(String reason) implements Outcome {}
    }
}
