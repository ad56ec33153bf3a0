package org.civicpress.realtime.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the clients of one document say of themselves: name, colour, cursor. Never part of the document.
///
/// Each client counts its states. A state is news when its clock is above the known one, or when it says "gone" at
/// the known clock of a client that is here; that is how somebody else may say it in the client's place. An unknown
/// client has clock 0, so its state with clock 0 is no news. The clock of a client that is gone is remembered, so
/// that a state which was overtaken cannot bring it back; of very many, the oldest are forgotten.
///
/// Source: y-protocols 1.0 `awareness.js`. Confined to its user.
public final class Awareness {
    private static final int MAX_REMEMBERED = 4096;

    private final Map<Long, AwarenessEntry> here = new LinkedHashMap<>();
    private final Map<Long, Long> clocksOfGone = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /// Takes the entry if it is news.
    public boolean apply(AwarenessEntry entry) {
        AwarenessEntry known = here.get(entry.client());
        long clock = known != null ? known.clock() : clocksOfGone.getOrDefault(entry.client(), 0L);
        if (entry.clock() < clock || (entry.clock() == clock && !(entry.isGone() && known != null))) {
            return false;
        }
        if (!entry.isGone()) {
            clocksOfGone.remove(entry.client());
            here.put(entry.client(), entry);
        } else if (here.remove(entry.client()) != null || clocksOfGone.containsKey(entry.client())) {
            clocksOfGone.put(entry.client(), entry.clock());
        } else {
            return false; // gone before anybody knew it
        }
        return true;
    }

    /// Lets a client go that cannot say so itself.
    ///
    /// @return what to tell the others; nothing when it was not here
    public Optional<AwarenessEntry> remove(long client) {
        AwarenessEntry known = here.remove(client);
        if (known == null) {
            return Optional.empty();
        }
        clocksOfGone.put(client, known.clock());
        return Optional.of(new AwarenessEntry(client, known.clock(), AwarenessEntry.GONE));
    }

    /// The present state of a client, "gone" included; nothing when it was never here.
    public Optional<AwarenessEntry> of(long client) {
        AwarenessEntry known = here.get(client);
        if (known != null) {
            return Optional.of(known);
        }
        return Optional.ofNullable(clocksOfGone.get(client))
                .map(clock -> new AwarenessEntry(client, clock, AwarenessEntry.GONE));
    }

    public boolean isHere(long client) {
        return here.containsKey(client);
    }

    /// Everybody who is here.
    public List<AwarenessEntry> all() {
        return new ArrayList<>(here.values());
    }

    public boolean isEmpty() {
        return here.isEmpty();
    }
}
