package org.civicpress.realtime.server.proposals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.LineDiff;
import org.civicpress.realtime.markdown.ThreeWayMerge;
import org.civicpress.realtime.markdown.Tree;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.ops.Patience;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Edit;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Principal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.store.ProposalStore;
import org.civicpress.realtime.server.store.ProposalStore.Kept;
import org.civicpress.realtime.server.store.ProposalStore.Proposal;
import org.jspecify.annotations.Nullable;

/// What people do with the proposals of records: they look at what one would change, and apply or drop it.
///
/// A proposal cannot be merged as a Yjs document: it is made of other structs than the room. So it is merged as text,
/// block by block ([ThreeWayMerge]): what was changed since the generation that it comes from, as far as that is still
/// kept, is done to the room's document of now, as an edit of the person who applies it. Of a proposal whose
/// generation is not kept, or that is all of a generation itself, nobody knows what was changed in it: applied, it
/// takes the place of the text of now.
///
/// What is applied is dropped only when the edit is durable. A server that stops in between still has the proposal
/// afterwards; applied once more, it changes nothing.
///
/// Shared; every method waits for the journal and for a room, so it is called on a worker's thread, and throws
/// [UnavailableException] when what it has to do cannot be done now.
public final class ProposalReview {
    private final Rooms rooms;
    private final Journal journal;
    private final ProposalStore store;

    public ProposalReview(Rooms rooms, Journal journal, ProposalStore store) {
        this.rooms = rooms;
        this.journal = journal;
        this.store = store;
    }

    /// What applying a proposal would do.
    ///
    /// @param lines from the text of now to what would be made of it; none when it cannot be told
    /// @param conflicts sentences about what both sides changed, and what becomes of it
    /// @param obstacle why it cannot be applied, a sentence for people
    public record Change(
            Proposal proposal, List<LineDiff.Line> lines, List<String> conflicts, Optional<String> obstacle) {
        public Change {
            lines = List.copyOf(lines);
            conflicts = List.copyOf(conflicts);
        }
    }

    /// What came of applying one.
    public sealed interface Applied {
        /// It is durable, and the proposal waits no more.
        record Done() implements Applied {}

        /// There is no such proposal, or no longer.
        record Gone() implements Applied {}

        /// Nothing was changed.
        ///
        /// @param obstacle a sentence for people
        record Refused(String obstacle) implements Applied {}
    }

    /// Those of a room, the oldest first.
    public List<Proposal> list(RoomId room) {
        return Patience.await(store.list(room));
    }

    /// Empty when there is no such proposal, or no longer.
    public Optional<Change> show(RoomId room, String id) {
        return Patience.await(store.read(room, id)).map(kept -> change(kept, merge(kept)));
    }

    /// @param by in whose name the room is edited
    public Applied apply(RoomId room, String id, Principal by) {
        Optional<Kept> kept = Patience.await(store.read(room, id));
        if (kept.isEmpty()) {
            return new Applied.Gone();
        }
        Optional<ThreeWayMerge> merge = merge(kept.get());
        Optional<String> obstacle = change(kept.get(), merge).obstacle();
        if (obstacle.isPresent()) {
            return new Applied.Refused(obstacle.get());
        }
        return switch (edit(room, by, merge.orElseThrow())) {
            case Edit.Outcome.Durable durable -> {
                drop(room, id);
                yield new Applied.Done();
            }
            case Edit.Outcome.Refused(var reason) -> new Applied.Refused(reason);
            case Edit.Outcome.Failed(var reason) -> throw new UnavailableException(reason);
        };
    }

    private Edit.Outcome edit(RoomId room, Principal by, ThreeWayMerge merge) {
        CompletableFuture<Edit.Outcome> done = new CompletableFuture<>();
        rooms.edit(
                room,
                by,
                doc -> {
                    merge.apply(doc);
                    return Optional.empty();
                },
                done::complete);
        return Patience.await(done);
    }

    /// Forgets a proposal.
    ///
    /// @return false when there is no such proposal, or no longer
    public boolean drop(RoomId room, String id) {
        OptionalInt left = Patience.await(store.drop(room, id));
        left.ifPresent(waiting -> rooms.onProposals(room, waiting));
        return left.isPresent();
    }

    // ---- what a proposal would change

    /// What the room holds now.
    private record Now(Tree tree, List<String> losses) {}

    private Now now(RoomId room) {
        CompletableFuture<Now> seen = new CompletableFuture<>();
        rooms.look(room, view -> {
            switch (view) {
                case Rooms.View.Open(var doc, var losses) ->
                    seen.complete(new Now(CivicDocument.read(doc), List.copyOf(losses)));
                case Rooms.View.Failed(var reason) -> seen.completeExceptionally(new UnavailableException(reason));
            }
        });
        return Patience.await(seen);
    }

    /// The merge is tried here, on a thread that nobody else needs, before a room's loop has to do it: a document
    /// that was made to break it breaks nothing.
    private Change change(Kept kept, Optional<ThreeWayMerge> merge) {
        Now now = now(kept.proposal().room());
        if (merge.isEmpty()) {
            return new Change(kept.proposal(), List.of(), List.of(), Optional.of("It cannot be read."));
        }
        try {
            ThreeWayMerge.Merged merged = merge.get().preview(now.tree);
            List<String> conflicts = merged.conflicts().stream()
                    .map(ThreeWayMerge.Conflict::sentence)
                    .toList();
            return switch (CivicMarkdown.write(merged.tree())) {
                case Written.Faithful(var after) ->
                    new Change(kept.proposal(), lines(now.tree, after), conflicts, obstacle(now));
                case Written.Unfaithful(var reason) ->
                    new Change(
                            kept.proposal(),
                            List.of(),
                            conflicts,
                            Optional.of("The record could not be written as Markdown any more: " + reason));
            };
        } catch (StackOverflowError e) {
            return new Change(kept.proposal(), List.of(), List.of(), Optional.of("It is nested too deeply."));
        }
    }

    private static Optional<String> obstacle(Now now) {
        return now.losses.isEmpty()
                ? Optional.empty()
                : Optional.of("The record cannot be edited here: " + String.join("; ", now.losses));
    }

    /// When the text of now cannot be written, all lines are new.
    private static List<LineDiff.Line> lines(Tree now, String after) {
        String before = CivicMarkdown.write(now) instanceof Written.Faithful(var markdown) ? markdown : "";
        return LineDiff.between(before, after);
    }

    /// What was changed in a proposal; empty when it cannot be read.
    private Optional<ThreeWayMerge> merge(Kept kept) {
        try {
            Optional<Bytes> origin = switch (kept.proposal().reason()) {
                case STALE -> origin(kept);
                case REPLACED -> Optional.empty(); // it is what the generation before was at its end
            };
            Doc theirs = new Doc();
            origin.ifPresent(state -> theirs.apply(state, null)); // what others wrote there while its author was away
            theirs.apply(kept.state(), null);
            return Optional.of(ThreeWayMerge.of(origin.map(ProposalReview::tree), CivicDocument.read(theirs)));
        } catch (MalformedBytesException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /// The state of the older generation with which a proposal has the most in common; of two, the newer one.
    private Optional<Bytes> origin(Kept kept) {
        CompletableFuture<List<Bytes>> loading = new CompletableFuture<>();
        journal.loadOlder(kept.proposal().room(), loading::complete);
        StateVector held = clocks(kept.state());
        @Nullable Bytes best = null;
        long most = 0;
        for (Bytes state : Patience.await(loading)) {
            long common = common(held, clocks(state));
            if (common > most) {
                best = state;
                most = common;
            }
        }
        return Optional.ofNullable(best);
    }

    private static StateVector clocks(Bytes state) {
        return StateVector.decode(Updates.stateVectorOf(state));
    }

    private static long common(StateVector some, StateVector others) {
        long common = 0;
        for (Map.Entry<Long, Long> clock : some.clocks().entrySet()) {
            common += Math.min(clock.getValue(), others.clock(clock.getKey()));
        }
        return common;
    }

    private static Tree tree(Bytes state) {
        Doc doc = new Doc();
        doc.apply(state, null);
        return CivicDocument.read(doc);
    }
}
