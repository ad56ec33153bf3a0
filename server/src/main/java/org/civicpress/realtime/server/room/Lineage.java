package org.civicpress.realtime.server.room;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.SeedClient;
import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Tells documents of a room's present generation from those of older ones, by what they hold. No client has to
/// know of generations for that.
///
/// A document is foreign when it holds the seed of another file or of another version of the file ([SeedClient]), or
/// anything that was [Abandoned]. A document that merely has not heard of the present generation, and holds nothing
/// but what that has too, is not: what was written in it belongs.
///
/// Confined to its [Room].
final class Lineage {
    private final boolean isSeeded;
    private final Set<Long> seeds = new HashSet<>();
    private final Abandoned abandoned;

    /// @param doc as it was loaded
    /// @param isSeeded rooms of this kind are made from something, so that a seed of another kind cannot belong
    Lineage(Doc doc, boolean isSeeded, Abandoned abandoned) {
        this.isSeeded = isSeeded;
        this.abandoned = abandoned;
        if (isSeeded) {
            StateVector.decode(doc.stateVector()).clocks().keySet().stream()
                    .filter(SeedClient::is)
                    .forEach(seeds::add);
        }
    }

    /// Whether a document could be foreign at all.
    boolean isWatching() {
        return isSeeded || !abandoned.isNothing();
    }

    /// @param held what a client says that it has
    boolean isForeign(StateVector held) {
        return hasForeignSeed(held.clocks()) || abandoned.isAmong(held);
    }

    /// @param update what a client sent, V1
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    boolean isForeign(Bytes update) {
        Map<Long, Long> ends = Updates.meta(update).to();
        return hasForeignSeed(ends) || abandoned.isAmong(ends);
    }

    /// Whether a client that comes repeats a deletion that was abandoned. Only of use for the first answer of a
    /// client, which holds all the deletions it knows: later it may delete the same again, and mean it.
    boolean repeatsAbandonedDeletion(Bytes update, Doc now) {
        return abandoned.isDeletedIn(update, now);
    }

    private boolean hasForeignSeed(Map<Long, Long> clients) {
        if (isSeeded) {
            for (Long client : clients.keySet()) {
                if (SeedClient.is(client) && !seeds.contains(client)) {
                    return true;
                }
            }
        }
        return false;
    }
}
