package org.civicpress.realtime.server.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.Proposals.Reason;
import org.civicpress.realtime.server.room.RoomId;
import org.jspecify.annotations.Nullable;

/// The proposals in the journal's database: documents of older generations that wait for a person.
///
/// Shared: every method returns at once, the answer comes on a thread of the journal. A future that fails does so with
/// a [JournalException], whose message says why; what was asked for may still happen later.
public final class ProposalStore {
    /// How many of one room are kept at most.
    public static final int MAX_PER_ROOM = 50;

    static final long FULL = -1;
    static final long GONE = -2;

    private final JournalWriter writer;
    private final SqlJournal journal;

    ProposalStore(JournalWriter writer, SqlJournal journal) {
        this.writer = writer;
        this.journal = journal;
    }

    /// @param id of it alone, whatever its room
    /// @param generation of the room when it was kept
    /// @param user whose it is; null when it is not one person's
    /// @param timeMillis since the epoch
    public record Proposal(
            String id,
            RoomId room,
            long generation,
            Reason reason,
            @Nullable String user,
            long timeMillis) {}

    /// @param state the whole document, V1
    public record Kept(Proposal proposal, Bytes state) {}

    /// Keeps a proposal; one whose id is there already is left as it is.
    ///
    /// @return how many of the room are kept now; fails when there are [#MAX_PER_ROOM] others already
    public CompletableFuture<Integer> keep(Proposal proposal, Bytes state) {
        return written(whenSaved -> new Work.Propose(proposal, state, whenSaved), waiting -> {
            if (waiting == FULL) {
                throw new JournalException(
                        proposal.room() + ": " + MAX_PER_ROOM + " proposals wait already. Apply or drop some of them.");
            }
            return (int) waiting;
        });
    }

    /// Forgets a proposal.
    ///
    /// @return how many of the room are left; empty when this one was not there
    public CompletableFuture<OptionalInt> drop(RoomId room, String id) {
        return written(
                whenSaved -> new Work.Drop(room, id, whenSaved),
                left -> left == GONE ? OptionalInt.empty() : OptionalInt.of((int) left));
    }

    /// The proposals of a room, the oldest first.
    public CompletableFuture<List<Proposal>> list(RoomId room) {
        return journal.reads(room, reader -> reader.proposals(room));
    }

    /// Fails when it is damaged.
    public CompletableFuture<Optional<Kept>> read(RoomId room, String id) {
        return journal.reads(room, reader -> reader.proposal(room, id));
    }

    public CompletableFuture<Integer> count(RoomId room) {
        return list(room).thenApply(List::size);
    }

    static String word(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    static Reason reason(String word) {
        for (Reason reason : Reason.values()) {
            if (word(reason).equals(word)) {
                return reason;
            }
        }
        throw new JournalException("a proposal is kept for an unknown reason: " + word);
    }

    private interface Making {
        Work.Change work(Consumer<Saved> whenSaved);
    }

    private <T> CompletableFuture<T> written(Making making, LongFunction<T> result) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        writer.submit(making.work(saved -> {
            switch (saved) {
                case Saved.Durable(long sequence) -> {
                    try {
                        answer.complete(result.apply(sequence));
                    } catch (JournalException e) {
                        answer.completeExceptionally(e);
                    }
                }
                case Saved.Failed(var reason, var kept) -> answer.completeExceptionally(new JournalException(reason));
            }
        }));
        return answer;
    }
}
