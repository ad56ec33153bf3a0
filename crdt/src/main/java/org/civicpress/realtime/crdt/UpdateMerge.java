package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// The union of several updates: the highest client first, each client by clock.
///
/// Always the reader that stands at the highest client, and there at the lowest clock, is used: it writes one
/// struct and what follows that without a gap. What it has and is written already is dropped or cut. What stands
/// last in the result is still open: a Gc joins a Gc before it, and a gap in front of what follows becomes a Skip.
///
/// # Two at the same place
///
/// When one update has an item where another has a Gc, either will do, but Yjs always takes the same one. Its
/// comparison says "before" both ways then, and what becomes of that is decided by how V8 sorts; so [#sort] does it
/// the same way. V8 goes another way with [#FEW] readers and more, and sorting time and again would take too long:
/// there the Gc may be taken where Yjs takes the item, or the reverse.
///
/// Source: yjs 13.6 `updates.js#mergeUpdatesV2`. Confined to its user.
final class UpdateMerge {
    private static final int FEW = 64;

    private final DecodedUpdate out = new DecodedUpdate();

    private UpdateMerge() {}

    static DecodedUpdate of(List<DecodedUpdate> updates) {
        UpdateMerge merge = new UpdateMerge();
        List<UpdateCursor> readers =
                new ArrayList<>(updates.stream().map(UpdateCursor::withoutSkips).toList());
        if (readers.size() < FEW) {
            merge.few(readers);
        } else {
            merge.many(readers);
        }
        DeleteSet deletes = new DeleteSet();
        updates.forEach(update -> deletes.addAll(update.deletes));
        merge.out.deletes.addAll(deletes.normalised());
        return merge.out;
    }

    private void few(List<UpdateCursor> readers) {
        while (true) {
            readers.removeIf(UpdateCursor::done);
            if (readers.isEmpty()) {
                return;
            }
            sort(readers);
            writeRun(readers.getFirst());
        }
    }

    private record Ranked(UpdateCursor reader, int rank) implements Comparable<Ranked> {
        @Override
        public int compareTo(Ranked other) {
            int place = comparePlaces(reader, other.reader);
            return place != 0 ? place : Integer.compare(rank, other.rank);
        }
    }

    private void many(List<UpdateCursor> readers) {
        PriorityQueue<Ranked> queue = new PriorityQueue<>();
        for (UpdateCursor reader : readers) {
            if (!reader.done()) {
                queue.add(new Ranked(reader, queue.size()));
            }
        }
        for (int round = 1; !queue.isEmpty(); round++) {
            UpdateCursor reader = queue.remove().reader();
            writeRun(reader);
            if (!reader.done()) {
                queue.add(new Ranked(reader, -round)); // among readers at the same place it stays the first
            }
        }
    }

    private void writeRun(UpdateCursor reader) {
        long client = reader.client();
        if (out.size == 0) {
            reader.copyTo(out, 0);
            reader.advance();
        } else {
            long lastClient = out.blockClient[out.blocks - 1];
            boolean passed = false;
            while (!reader.done() && reader.end() <= end() && reader.client() >= lastClient) {
                reader.advance();
                passed = true;
            }
            if (reader.done() || reader.client() != client || (passed && reader.clock() > end())) {
                return; // another reader may have to come first
            }
            if (client != lastClient) {
                reader.copyTo(out, 0);
                reader.advance();
            } else if (reader.clock() > end()) {
                out.addBare(Content.SKIP, end(), reader.clock() - end());
            } else if (reader.isGc() && out.kind[out.size - 1] == Content.GC) {
                out.length[out.size - 1] += reader.end() - end();
            } else {
                reader.copyTo(out, end() - reader.clock());
                reader.advance();
            }
        }
        for (; !reader.done() && reader.client() == client && reader.clock() == end(); reader.advance()) {
            reader.copyTo(out, 0);
        }
    }

    /// The clock after the last struct written.
    private long end() {
        return out.clock[out.size - 1] + out.length[out.size - 1];
    }

    // ---- order

    private static int comparePlaces(UpdateCursor a, UpdateCursor b) {
        return a.client() != b.client() ? Long.compare(b.client(), a.client()) : Long.compare(a.clock(), b.clock());
    }

    private static int compareAsYjs(UpdateCursor a, UpdateCursor b) {
        int place = comparePlaces(a, b);
        return place == 0 && a.isGc() != b.isGc() ? -1 : place;
    }

    /// Sorts as V8 sorts fewer than [#FEW]: a run in order at the start stays, one in reverse order is turned, and
    /// the others are inserted one by one.
    private static void sort(List<UpdateCursor> readers) {
        int sorted = Math.min(readers.size(), 2);
        if (sorted == 2) {
            boolean descending = compareAsYjs(readers.get(1), readers.get(0)) < 0;
            while (sorted < readers.size()
                    && compareAsYjs(readers.get(sorted), readers.get(sorted - 1)) < 0 == descending) {
                sorted++;
            }
            if (descending) {
                java.util.Collections.reverse(readers.subList(0, sorted));
            }
        }
        for (; sorted < readers.size(); sorted++) {
            UpdateCursor reader = readers.get(sorted);
            int low = 0;
            int high = sorted;
            while (low < high) {
                int middle = low + (high - low >> 1);
                if (compareAsYjs(reader, readers.get(middle)) < 0) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            if (low < sorted) {
                readers.remove(sorted);
                readers.add(low, reader);
            }
        }
    }
}
