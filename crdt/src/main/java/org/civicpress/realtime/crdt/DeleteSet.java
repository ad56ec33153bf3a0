package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Deleted ranges, as they were read or collected: by client in order of appearance, neither sorted nor fused
/// unless [#normalised] made them so. Confined to its user.
///
/// Source: yjs 13.6 `DeleteSet.js`.
final class DeleteSet {
    /// Ranges of one client, `clock` and `length` beside each other.
    static final class Ranges {
        long client;
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

        /// Adds a range, or lengthens the last one when the range begins where that ends.
        void extend(long begin, long end) {
            if (size > 0 && end(size - 1) == begin) {
                values[size * 2 - 1] = end - clock(size - 1);
            } else {
                add(begin, end - begin);
            }
        }

        /// The same with several ranges, the first of which may lengthen the last one here.
        void extend(Ranges more) {
            if (more.size == 0) {
                return;
            }
            extend(more.clock(0), more.end(0));
            int rest = more.size * 2 - 2;
            if (size * 2 + rest > values.length) {
                values = Arrays.copyOf(values, Math.max(size * 2 + rest, size * 4));
            }
            System.arraycopy(more.values, 2, values, size * 2, rest);
            size += more.size - 1;
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
        Ranges normalised() {
            if (isNormal()) {
                return this;
            }
            Ranges fused = new Ranges(client);
            for (int i : byClock()) {
                int last = fused.size - 1;
                if (last >= 0 && fused.end(last) >= clock(i)) {
                    fused.values[last * 2 + 1] = Math.max(fused.length(last), end(i) - fused.clock(last));
                } else {
                    fused.add(clock(i), length(i));
                }
            }
            return fused;
        }

        /// The indexes, sorted by clock.
        private int[] byClock() {
            int[] order = new int[size];
            long highest = 0;
            for (int i = 0; i < size; i++) {
                highest = Math.max(highest, clock(i));
            }
            if (highest <= Integer.MAX_VALUE) {
                long[] packed = new long[size];
                for (int i = 0; i < size; i++) {
                    packed[i] = clock(i) << 32 | i;
                }
                Arrays.sort(packed);
                for (int i = 0; i < size; i++) {
                    order[i] = (int) packed[i];
                }
            } else {
                Integer[] boxed = new Integer[size];
                Arrays.setAll(boxed, i -> i);
                Arrays.sort(boxed, (a, b) -> Long.compare(clock(a), clock(b)));
                Arrays.setAll(order, i -> boxed[i]);
            }
            return order;
        }

        private boolean sameAs(Ranges other) {
            return client == other.client
                    && size == other.size
                    && Arrays.equals(values, 0, size * 2, other.values, 0, size * 2);
        }
    }

    /// So many clients are looked up one by one.
    private static final int FEW = 8;
    /// Numbers in ranges that are kept for another use.
    private static final int MOST_SPARE = 16;

    private final List<Ranges> clients = new ArrayList<>(1);
    /// Empty while there are [#FEW].
    private Map<Long, Ranges> byClient = Map.of();
    /// Few ranges that were cleared, to be used again.
    private @Nullable Ranges spare;

    boolean isEmpty() {
        return clients.isEmpty();
    }

    void clear() {
        if (!clients.isEmpty()) {
            Ranges first = clients.getFirst();
            spare = first.values.length <= MOST_SPARE ? first : null;
            clients.clear();
            byClient = Map.of();
        }
    }

    List<Ranges> clients() {
        return clients;
    }

    Ranges of(long client) {
        if (!clients.isEmpty() && clients.getLast().client == client) {
            return clients.getLast();
        }
        Ranges known = get(client);
        if (known != null) {
            return known;
        }
        Ranges ranges = spare != null ? spare : new Ranges(client);
        spare = null;
        ranges.client = client;
        ranges.size = 0;
        put(ranges);
        return ranges;
    }

    private void put(Ranges ranges) {
        clients.add(ranges);
        if (clients.size() == FEW + 1) {
            byClient = new HashMap<>();
            clients.forEach(few -> byClient.put(few.client, few));
        } else if (clients.size() > FEW) {
            byClient.put(ranges.client, ranges);
        }
    }

    private @Nullable Ranges get(long client) {
        if (clients.size() > FEW) {
            return byClient.get(client);
        }
        for (Ranges ranges : clients) {
            if (ranges.client == client) {
                return ranges;
            }
        }
        return null;
    }

    void add(long client, long clock, long length) {
        of(client).add(clock, length);
    }

    /// Is a unit among them? Each client's ranges have to be in ascending order.
    boolean contains(long client, long clock) {
        Ranges ranges = get(client);
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

    /// The same units, each client's ranges sorted and fused; itself when they are.
    DeleteSet normalised() {
        if (isNormal()) {
            return this;
        }
        DeleteSet result = new DeleteSet();
        for (Ranges ranges : clients) {
            result.put(ranges.normalised());
        }
        return result;
    }

    private boolean isNormal() {
        for (int i = 0; i < clients.size(); i++) {
            if (!clients.get(i).isNormal()) {
                return false;
            }
        }
        return true;
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
            Ranges theirs = other.get(ranges.client);
            if (theirs == null || !ranges.sameAs(theirs)) {
                return false;
            }
        }
        return true;
    }
}
