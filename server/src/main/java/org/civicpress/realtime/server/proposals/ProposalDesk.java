package org.civicpress.realtime.server.proposals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Proposals;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.ProposalStore;

/// Keeps documents of older generations that hold what no generation ever had, until a person has decided. Shared.
public final class ProposalDesk implements Proposals {
    private static final int ID_BYTES = 10;

    private final Journal journal;
    private final ProposalStore store;

    public ProposalDesk(Journal journal, ProposalStore store) {
        this.journal = journal;
        this.store = store;
    }

    @Override
    public void offer(Offer offer, Consumer<Outcome> whenKept) {
        switch (offer.reason()) {
            case REPLACED -> keep(offer, whenKept); // it is in the older generation, and would be gone with it
            case STALE ->
                journal.loadOlder(offer.room(), older -> {
                    if (isKnown(offer.state(), older)) {
                        whenKept.accept(new Outcome.NothingNew());
                    } else {
                        keep(offer, whenKept);
                    }
                });
        }
    }

    private static boolean isKnown(Bytes state, List<Bytes> older) {
        return older.stream().anyMatch(one -> Abandoned.between(state, one).isNothing());
    }

    private void keep(Offer offer, Consumer<Outcome> whenKept) {
        var proposal = new ProposalStore.Proposal(
                id(offer.room(), offer.state()),
                offer.room(),
                offer.generation(),
                offer.reason(),
                offer.user(),
                offer.timeMillis());
        CompletableFuture<Integer> kept = store.keep(proposal, offer.state());
        kept.whenComplete((waiting, failure) -> whenKept.accept(
                failure == null
                        ? new Outcome.Kept(waiting)
                        : new Outcome.Failed(String.valueOf(failure.getMessage()))));
    }

    /// The same for the same content, so that what is offered twice waits once.
    private static String id(RoomId room, Bytes state) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(room.toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(state.toArray());
            return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
