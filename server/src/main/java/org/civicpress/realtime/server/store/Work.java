package org.civicpress.realtime.server.store;

import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;

/// What the journal's writer is asked to do. Immutable.
sealed interface Work {
    /// Something that changes a room and whose caller wants to know when it is durable.
    sealed interface Change extends Work {
        RoomId room();

        /// What it weighs while it waits.
        int bytes();

        Consumer<Saved> whenSaved();
    }

    record Append(RoomId room, Journal.Entry entry, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return entry.update().length() + OVERHEAD;
        }
    }

    /// Begins a room with a state.
    ///
    /// @param source as `generations.source` has it
    record Begin(RoomId room, String source, Bytes state, Bytes hash, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return state.length() + OVERHEAD;
        }
    }

    /// Begins a new generation of a room.
    record StartAnew(RoomId room, Journal.NewGeneration start, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return start.state().map(Bytes::length).orElse(0) + OVERHEAD;
        }
    }

    record NoteBody(RoomId room, Bytes hash, Journal.BodyNote note, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return hash.length() + OVERHEAD;
        }
    }

    /// Keeps a proposal unless it is there already. The sequence it is done with is the number of the room's
    /// proposals, or [ProposalStore#FULL].
    record Propose(ProposalStore.Proposal proposal, Bytes state, Consumer<Saved> whenSaved) implements Change {
        @Override
        public RoomId room() {
            return proposal.room();
        }

        @Override
        public int bytes() {
            return state.length() + OVERHEAD;
        }
    }

    /// Forgets a proposal. The sequence it is done with is the number of those that are left, or
    /// [ProposalStore#GONE].
    record Drop(RoomId room, String id, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return OVERHEAD;
        }
    }

    record Compact(RoomId room, Bytes state, long upToSequence, Consumer<Saved> whenSaved) implements Change {
        @Override
        public int bytes() {
            return state.length() + OVERHEAD;
        }
    }

    /// Moves an entry that cannot be used out of the way.
    record SetAside(RoomId room, long generation, long sequence, String reason) implements Work {}

    /// Done once everything before it is durable.
    ///
    /// @param orElse told why when that fails
    record Barrier(RoomId room, Runnable then, Consumer<String> orElse) implements Work {}

    /// Nothing, in a transaction: asks whether the journal could be written.
    record Probe() implements Work {}

    /// The last one.
    record Stop() implements Work {}

    /// What an object in a queue weighs besides its bytes, roughly.
    int OVERHEAD = 200;
}
