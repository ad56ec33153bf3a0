package org.civicpress.realtime.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// What is known of the clients of one document, and what of it is news.
///
/// Each client counts its states. A state is news when its clock is above the known one, or when it says "gone" at
/// the known clock of a client that is here; that is how somebody else may say it in the client's place. An unknown
/// client has clock 0, so its state with clock 0 is no news. The clock of a client that is gone is remembered, so
/// that a state which was overtaken cannot bring it back; of very many, those are forgotten that went first.
///
/// Source: y-protocols 1.0 `awareness.js`. Confined to its user.
public final class AwarenessStates {
    private static final int MAX_REMEMBERED = 4096;

    private final Map<Long, AwarenessEntry> here = new LinkedHashMap<>();
    /// Of everybody who was ever heard of.
    private final Map<Long, Long> clocks = new LinkedHashMap<>();
    private final SequencedSet<Long> gone = new LinkedHashSet<>();

    /// Takes the entry if it is news. That somebody is gone whom nobody knew is remembered, but no news.
    public boolean apply(AwarenessEntry entry) {
        boolean isKnown = clocks.containsKey(entry.client());
        if (!isNews(entry)) {
            return false;
        }
        put(entry);
        return isKnown || !entry.isGone();
    }

    boolean isNews(AwarenessEntry entry) {
        long clock = clocks.getOrDefault(entry.client(), 0L);
        return entry.clock() > clock || (entry.clock() == clock && entry.isGone() && isHere(entry.client()));
    }

    /// Takes the entry whatever is known.
    void put(AwarenessEntry entry) {
        long client = entry.client();
        clocks.put(client, entry.clock());
        if (!entry.isGone()) {
            gone.remove(client);
            here.put(client, entry);
            return;
        }
        here.remove(client);
        gone.add(client);
        if (gone.size() > MAX_REMEMBERED) {
            clocks.remove(gone.removeFirst());
        }
    }

    /// Lets a client go that cannot say so itself.
    ///
    /// @return what to tell the others; nothing when it was not here
    public Optional<AwarenessEntry> remove(long client) {
        AwarenessEntry known = here.get(client);
        if (known == null) {
            return Optional.empty();
        }
        AwarenessEntry left = new AwarenessEntry(client, known.clock(), AwarenessEntry.GONE);
        put(left);
        return Optional.of(left);
    }

    /// The present state of a client, "gone" included; nothing when it was never heard of.
    public Optional<AwarenessEntry> of(long client) {
        AwarenessEntry known = here.get(client);
        if (known != null) {
            return Optional.of(known);
        }
        return Optional.ofNullable(clocks.get(client))
                .map(clock -> new AwarenessEntry(client, clock, AwarenessEntry.GONE));
    }

    public boolean isHere(long client) {
        return here.containsKey(client);
    }

    /// Everybody who is here.
    public List<AwarenessEntry> all() {
        return new ArrayList<>(here.values());
    }

    /// Everybody who was ever heard of, in that order.
    Map<Long, Long> clocks() {
        return new LinkedHashMap<>(clocks);
    }

    public boolean isEmpty() {
        return here.isEmpty();
    }
}
