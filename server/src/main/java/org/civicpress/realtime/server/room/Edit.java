package org.civicpress.realtime.server.room;

import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;

/// Something that the server does to a room's document in the name of a person.
public interface Edit {
    /// Called once, on the room's loop, inside a transaction.
    ///
    /// @return why it cannot be done, in words for people; nothing was changed then
    Optional<String> into(Doc doc);

    /// What became of it.
    sealed interface Outcome {
        /// Done, and durable.
        record Durable() implements Outcome {}

        /// @param reason in words for people
        record Refused(String reason) implements Outcome {}

        /// It cannot be known whether it will be kept. Trying again is safe for the document only if the edit is one
        /// that may be done twice.
        record Failed(String reason) implements Outcome {}
    }
}
