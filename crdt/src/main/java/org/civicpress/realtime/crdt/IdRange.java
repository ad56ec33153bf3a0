package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;

/// Units of one client that follow each other. Immutable.
///
/// @param client 0 to 2^53 - 1
/// @param clock of the first unit
/// @param length how many
public record IdRange(long client, long clock, long length) {
    /// Is a unit among them?
    public boolean contains(Id unit) {
        return unit.client() == client && unit.clock() >= clock && unit.clock() - clock < length;
    }

    static List<IdRange> of(List<DeleteSet.Ranges> clients) {
        List<IdRange> all = new ArrayList<>();
        for (DeleteSet.Ranges ranges : clients) {
            for (int i = 0; i < ranges.size(); i++) {
                all.add(new IdRange(ranges.client, ranges.clock(i), ranges.length(i)));
            }
        }
        return List.copyOf(all);
    }
}
