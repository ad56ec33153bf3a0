package org.civicpress.realtime.server.room;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Where rooms keep what they accepted, in order, so that nothing acknowledged is lost.
///
/// A room's content is its *base state* with the *entries* after it. Entries are numbered by the journal: the first
/// of a generation is 1, and there are no gaps. A *generation* is one start of a room; when its content has to be
/// replaced as a whole, a new one begins.
///
/// Shared: every method returns at once. Callbacks come on a thread of the journal; a room posts them to its loop.
public interface Journal {
    /// Reads all that is durable of a room, after what was handed in for it before.
    void load(RoomId room, Consumer<Loaded> whenLoaded);

    /// Begins a room that holds nothing yet with a state that was made from a file.
    ///
    /// @param hash of the bytes it was made from
    void seed(RoomId room, Bytes state, Bytes hash, Consumer<Saved> whenSaved);

    /// Begins a new generation of a room in place of the present one, which stays readable by [#loadOlder] for a while.
    /// What was handed in for the room before and is not durable yet belongs to the old generation.
    void startAnew(RoomId room, NewGeneration start, Consumer<Saved> whenSaved);

    /// Reads the states of a room's older generations that are still kept, the newest first. Each is whole and valid
    /// by itself; one that is damaged is left out. An empty answer when they cannot be known.
    void loadOlder(RoomId room, Consumer<List<Bytes>> whenLoaded);

    /// Notes the body of the file that follows a room: before it is written as intended, afterwards as written. A
    /// room remembers one of each; the first is what the room was seeded from.
    ///
    /// @param hash SHA-256 of the body
    void noteBody(RoomId room, Bytes hash, BodyNote note, Consumer<Saved> whenSaved);

    /// Keeps an entry. Entries of one room become durable in the order of these calls.
    void append(RoomId room, Entry entry, Consumer<Saved> whenSaved);

    /// Replaces all entries up to a sequence by the state that they lead to. A state that holds more than that is
    /// fine. Also the way to become whole again after entries were not kept.
    void compact(RoomId room, Bytes state, long upToSequence, Consumer<Saved> whenSaved);

    /// Finds the rooms of a type that have entries after their base state: they were not closed in order, or
    /// are open now. An empty answer when it cannot be known.
    void findUnfinished(String type, Consumer<List<RoomId>> whenFound);

    /// How far behind the journal is.
    Health health();

    /// The start of a generation.
    ///
    /// @param source in a word, for people: `record`, `backup`
    /// @param state what it starts with, V1; absent when it starts empty
    /// @param hash of the bytes that was made from; empty when it is not made from any
    /// @param abandoned what the generation before it held and this one does not; what was abandoned earlier is
    ///     the journal's to add
    record NewGeneration(String source, Optional<Bytes> state, Bytes hash, Abandoned abandoned) {}

    enum BodyNote {
        INTENDED,
        WRITTEN
    }

    /// One accepted update and where it came from.
    ///
    /// @param update V1
    /// @param clients the Yjs clients whose structs or deletions it holds
    /// @param user who, in the words of the room type; null for the server itself
    /// @param session null for the server itself
    /// @param timeMillis since the epoch
    record Entry(
            Bytes update,
            List<Long> clients,
            @Nullable String user,
            @Nullable String session,
            long timeMillis) {
        public Entry {
            clients = List.copyOf(clients);
        }

        /// Several of one session as one.
        static Entry joined(List<Entry> entries) {
            Entry last = entries.getLast();
            if (entries.size() == 1) {
                return last;
            }
            return new Entry(
                    Updates.merge(entries.stream().map(Entry::update).toList()),
                    entries.stream()
                            .flatMap(entry -> entry.clients().stream())
                            .distinct()
                            .toList(),
                    last.user,
                    last.session,
                    last.timeMillis);
        }
    }

    /// What a load found.
    sealed interface Loaded {
        /// @param base the state before the updates; absent when there is none
        /// @param updates to be applied in this order
        /// @param sequence of the last entry, 0 when there is none
        /// @param damaged entries that could not be used and were set aside
        /// @param abandoned what all older generations held and this one does not
        /// @param bodies the hashes of the bodies the room was seeded from, is meant to have written and has
        ///     written
        /// @param proposals how many wait for a person
        record Contents(
                Optional<Bytes> base,
                List<Bytes> updates,
                long generation,
                long sequence,
                int damaged,
                Abandoned abandoned,
                Set<Bytes> bodies,
                int proposals)
                implements Loaded {
            /// Of a room that the journal has never heard of.
            public static final Contents NEW =
                    new Contents(Optional.empty(), List.of(), 1, 0, 0, Abandoned.NOTHING, Set.of(), 0);

            public Contents {
                updates = List.copyOf(updates);
                bodies = Set.copyOf(bodies);
            }

            /// Nothing was ever kept for this room: it has to be seeded.
            public boolean isNew() {
                return base.isEmpty() && updates.isEmpty() && sequence == 0;
            }
        }

        /// Nothing is known about the room now; whoever wants in must try again.
        record Failed(String reason) implements Loaded {}
    }

    /// What became of something that was handed in.
    sealed interface Saved {
        /// Committed and fsynced.
        ///
        /// @param sequence of the entry; of a base state, the sequence up to which it counts
        record Durable(long sequence) implements Saved {}

        /// Not durable now.
        ///
        /// @param kept true: the journal still has it, tries again, and calls back a second time, then with
        ///     [Durable] or with `kept` false. False: the journal has it no longer; the room must hand in
        ///     its whole state by [Journal#compact] before anything after it can count as saved.
        record Failed(String reason, boolean kept) implements Saved {}
    }

    /// @param trouble why nothing can be committed now; empty when all is well
    /// @param waiting entries and states handed in and not yet durable
    /// @param waitingBytes their size
    /// @param lagMillis for how long the oldest of them has waited that is not a compaction; 0: none waits
    record Health(Optional<String> trouble, long waiting, long waitingBytes, long lagMillis) {
        /// Edits become durable, and do so in time.
        public boolean isWell() {
            return trouble.isEmpty() && !isLate();
        }

        /// Edits wait for so long that the people who wrote them are told.
        public boolean isLate() {
            return lagMillis >= Durability.LATE_MILLIS;
        }
    }
}
