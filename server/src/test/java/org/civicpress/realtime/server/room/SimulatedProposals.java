package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what is offered in a list, when the test lets it. Confined to the test's thread.
public final class SimulatedProposals implements Proposals {
    public final List<Offer> kept = new ArrayList<>();

    /// Why nothing can be kept.
    public @Nullable String failure;

    /// Whether all that is offered is known already.
    public boolean isAllKnown;

    @Override
    public void offer(Offer offer, Consumer<Outcome> whenKept) {
        if (failure != null) {
            whenKept.accept(new Outcome.Failed(failure));
        } else if (isAllKnown) {
            whenKept.accept(new Outcome.NothingNew());
        } else {
            kept.add(offer);
            whenKept.accept(new Outcome.Kept(kept.size()));
        }
    }
}
