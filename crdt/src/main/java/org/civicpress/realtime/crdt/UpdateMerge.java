package org.civicpress.realtime.crdt;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/// The union of several updates: the highest client first, each client by clock.
///
/// Always the reader that stands at the highest client, and there at the lowest clock, is used: it writes one
/// struct and what follows that without a gap. What it has and is written already is dropped or cut. What stands
/// last in the result is still open: a Gc joins a Gc before it, and a gap in front of what follows becomes a Skip.
///
/// # The order of readers
///
/// Yjs sorts all readers time and again. Of those at the same place the one that was first stays first, and the
/// one that was just used is first of all. So each reader has a rank, and a queue of those that were used beside
/// the sorted row of those that were not gives the same order.
///
/// # Two at the same place
///
/// When one update has an item where another has a Gc, either will do, but Yjs always takes the same one. Its
/// comparison says "before" both ways then, and what becomes of that is decided by how V8 sorts. Such a pair is
/// seen at the latest when the first of it is used; the merge then begins anew and sorts each time as V8 does
/// ([V8Sort]). As that is quadratic, it ends after [#MOST_COMPARISONS], which is beyond 10,000 updates: then either
/// is taken.
///
/// Source: yjs 13.6 `updates.js#mergeUpdatesV2`. Confined to its user.
final class UpdateMerge {
    private static final long MOST_COMPARISONS = 1L << 28;

    private static final Comparator<UpdateCursor> BY_PLACE = UpdateMerge::compare;

    private final UpdateSink out;

    private UpdateMerge(UpdateSink out) {
        this.out = out;
    }

    /// Merges what the readers have into a sink, and leaves the readers behind all structs.
    ///
    /// @param readers opens the readers, without Skips, at the start of their updates; may be called twice
    /// @param sinks makes an empty sink; may be called twice
    /// @param close gets the sink and the readers
    static <S extends UpdateSink, R> R of(Supplier<UpdateCursor[]> readers, Supplier<S> sinks, Close<S, R> close) {
        S sink = sinks.get();
        UpdateCursor[] opened = readers.get();
        if (!new UpdateMerge(sink).inOrder(opened, false)) {
            sink = sinks.get();
            opened = readers.get();
            new UpdateMerge(sink).inOrderOfV8(opened);
        }
        return close.close(sink, opened);
    }

    interface Close<S, R> {
        R close(S sink, UpdateCursor[] readers);
    }

    /// @param either to take either of two that differ at the same place
    /// @return false when two differ, and the result is void
    private boolean inOrder(UpdateCursor[] readers, boolean either) {
        UpdateCursor[] fresh = fresh(readers);
        PriorityQueue<UpdateCursor> used = new PriorityQueue<>(BY_PLACE);
        int next = 0;
        for (int round = 1; ; round++) {
            UpdateCursor waiting = used.peek();
            UpdateCursor reader;
            if (next < fresh.length && (waiting == null || compare(fresh[next], waiting) < 0)) {
                reader = fresh[next++];
            } else if (waiting != null) {
                reader = used.remove();
                waiting = used.peek();
            } else {
                return true;
            }
            boolean differs =
                    next < fresh.length && differ(reader, fresh[next]) || waiting != null && differ(reader, waiting);
            if (differs && !either) {
                return false;
            }
            writeRun(reader);
            if (!reader.done) {
                reader.rank = -round; // among readers at the same place it stays the first
                used.add(reader);
            }
        }
    }

    /// The readers that have something, in their order.
    private static UpdateCursor[] fresh(UpdateCursor[] readers) {
        UpdateCursor[] fresh = new UpdateCursor[readers.length];
        int size = 0;
        boolean sorted = true;
        for (UpdateCursor reader : readers) {
            if (!reader.done) {
                reader.rank = size;
                sorted = sorted && (size == 0 || compare(fresh[size - 1], reader) < 0);
                fresh[size++] = reader;
            }
        }
        fresh = size == readers.length ? fresh : Arrays.copyOf(fresh, size);
        if (!sorted) {
            Arrays.sort(fresh, BY_PLACE);
        }
        return fresh;
    }

    private static int compare(UpdateCursor a, UpdateCursor b) {
        int place = comparePlaces(a, b);
        return place != 0 ? place : Integer.compare(a.rank, b.rank);
    }

    private static int comparePlaces(UpdateCursor a, UpdateCursor b) {
        return a.client != b.client ? Long.compare(b.client, a.client) : Long.compare(a.clock, b.clock);
    }

    /// Is one an item and the other a Gc, at the same place?
    private static boolean differ(UpdateCursor a, UpdateCursor b) {
        return a.clock == b.clock && a.client == b.client && (a.kind == Content.GC) != (b.kind == Content.GC);
    }

    private void inOrderOfV8(UpdateCursor[] readers) {
        UpdateCursor[] left = readers.clone();
        int size = left.length;
        for (long comparisons = 0; comparisons < MOST_COMPARISONS; comparisons += size) {
            int kept = 0;
            for (int i = 0; i < size; i++) {
                if (!left[i].done) {
                    left[kept++] = left[i];
                }
            }
            size = kept;
            if (size == 0) {
                return;
            }
            V8Sort.sort(left, size, UpdateMerge::compareAsYjs);
            writeRun(left[0]);
        }
        inOrder(Arrays.copyOf(left, size), true);
    }

    private static int compareAsYjs(UpdateCursor a, UpdateCursor b) {
        return differ(a, b) ? -1 : comparePlaces(a, b);
    }

    private void writeRun(UpdateCursor reader) {
        long client = reader.client;
        if (out.empty) {
            reader.copyTo(out, 0);
            reader.advance();
        } else {
            boolean passed = false;
            while (!reader.done && reader.end <= out.end && reader.client >= out.client) {
                reader.advance();
                passed = true;
            }
            if (reader.done || reader.client != client || (passed && reader.clock > out.end)) {
                return; // another reader may have to come first
            }
            if (client != out.client) {
                reader.copyTo(out, 0);
                reader.advance();
            } else if (reader.clock > out.end) {
                out.skip(reader.clock - out.end);
            } else if (reader.kind == Content.GC && out.endsInGc) {
                out.growGc(reader.end - out.end);
            } else {
                reader.copyTo(out, out.end - reader.clock);
                reader.advance();
            }
        }
        for (; !reader.done && reader.client == client && reader.clock == out.end; reader.advance()) {
            reader.copyTo(out, 0);
        }
    }
}
