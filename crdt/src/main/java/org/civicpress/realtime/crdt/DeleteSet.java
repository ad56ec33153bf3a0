package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Deleted ranges, as they were read or collected: by client in order of appearance, neither sorted nor fused
/// unless [#normalised] made them so. Confined to its user.
///
/// Source: yjs 13.6 `DeleteSet.js`.
final class DeleteSet {
    /// Ranges of one client, `clock` and `length` beside each other.
    static final class Ranges {
        final long client;
        private long[] values = new long[4];
        private int size;

        Ranges(long client) {
            this.client = client;
        }

        int size() {
            return size;
        }

        long clock(int index) {
            return values[index * 2];
        }

        long length(int index) {
            return values[index * 2 + 1];
        }

        long end(int index) {
            return values[index * 2] + values[index * 2 + 1];
        }

        void add(long clock, long length) {
            if (size * 2 == values.length) {
                values = Arrays.copyOf(values, size * 4);
            }
            values[size * 2] = clock;
            values[size * 2 + 1] = length;
            size++;
        }

        /// Does a range, of ranges in ascending order, hold a clock?
        private boolean contains(long clock) {
            int low = 0;
            int high = size - 1;
            while (low <= high) {
                int middle = low + high >>> 1;
                if (clock < clock(middle)) {
                    high = middle - 1;
                } else if (clock >= end(middle)) {
                    low = middle + 1;
                } else {
                    return true;
                }
            }
            return false;
        }

        /// Does each range begin where the one before it ended, or later?
        boolean isAscending() {
            for (int i = 1; i < size; i++) {
                if (end(i - 1) > clock(i)) {
                    return false;
                }
            }
            return true;
        }

        private boolean isNormal() {
            for (int i = 1; i < size; i++) {
                if (end(i - 1) >= clock(i)) {
                    return false;
                }
            }
            return true;
        }

        /// Sorted by clock; overlapping and touching ranges fused.
        private Ranges normalised() {
            if (isNormal()) {
                return this;
            }
            Integer[] order = new Integer[size];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Long.compare(clock(a), clock(b)));
            Ranges fused = new Ranges(client);
            for (int i : order) {
                int last = fused.size - 1;
                if (last >= 0 && fused.end(last) >= clock(i)) {
                    fused.values[last * 2 + 1] = Math.max(fused.length(last), end(i) - fused.clock(last));
                } else {
                    fused.add(clock(i), length(i));
                }
            }
            return fused;
        }

        private boolean sameAs(Ranges other) {
            return client == other.client
                    && size == other.size
                    && Arrays.equals(values, 0, size * 2, other.values, 0, size * 2);
        }
    }

    private final List<Ranges> clients = new ArrayList<>(1);
    private final Map<Long, Ranges> byClient = new HashMap<>();

    boolean isEmpty() {
        return clients.isEmpty();
    }

    void clear() {
        clients.clear();
        byClient.clear();
    }

    List<Ranges> clients() {
        return clients;
    }

    Ranges of(long client) {
        if (!clients.isEmpty() && clients.getLast().client == client) {
            return clients.getLast();
        }
        return byClient.computeIfAbsent(client, c -> {
            Ranges ranges = new Ranges(c);
            clients.add(ranges);
            return ranges;
        });
    }

    void add(long client, long clock, long length) {
        of(client).add(clock, length);
    }

    /// Is a unit among them? Each client's ranges have to be in ascending order.
    boolean contains(long client, long clock) {
        Ranges ranges = byClient.get(client);
        return ranges != null && ranges.contains(clock);
    }

    void addAll(DeleteSet other) {
        for (Ranges ranges : other.clients) {
            Ranges mine = of(ranges.client);
            for (int i = 0; i < ranges.size; i++) {
                mine.add(ranges.clock(i), ranges.length(i));
            }
        }
    }

    /// The same units, each client's ranges sorted and fused.
    DeleteSet normalised() {
        DeleteSet result = new DeleteSet();
        for (Ranges ranges : clients) {
            Ranges normal = ranges.normalised();
            result.clients.add(normal);
            result.byClient.put(normal.client, normal);
        }
        return result;
    }

    /// The clients with the highest first, as they are written.
    List<Ranges> descending() {
        if (clients.size() < 2) {
            return clients;
        }
        List<Ranges> sorted = new ArrayList<>(clients);
        Collections.sort(sorted, (a, b) -> Long.compare(b.client, a.client));
        return sorted;
    }

    /// Do both name the same ranges, when both are normal?
    boolean sameAs(DeleteSet other) {
        if (clients.size() != other.clients.size()) {
            return false;
        }
        for (Ranges ranges : clients) {
            Ranges theirs = other.byClient.get(ranges.client);
            if (theirs == null || !ranges.sameAs(theirs)) {
                return false;
            }
        }
        return true;
    }
}
