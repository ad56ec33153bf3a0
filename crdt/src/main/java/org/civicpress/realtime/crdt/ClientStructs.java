package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.jspecify.annotations.Nullable;

/// All structs of one client, by clock and without holes. Confined to its [StructStore].
///
/// They stand in chunks, so that cutting one somewhere moves a chunk's worth of numbers at most. A *place* among
/// them is one int, chunk and offset; it holds until a struct is inserted or removed. Their clocks stand beside
/// them, so that a search need not look into their rows.
final class ClientStructs {
    private static final int BITS = 10;
    private static final int CHUNK = 1 << BITS;
    /// Chunks of fewer structs are as well written anew each time.
    private static final int WORTH_KEEPING = 128;

    final long client;
    /// The id as it is written.
    final long packedId;

    final int packedSize;
    /// Which of the store's clients this is.
    final int index;
    /// The clock expected next.
    int state;

    /// The number of the newest transaction that was open when this client last grew: all that were open then know
    /// that it grows. 0 for none.
    long growsIn;

    private final StructStore store;
    private Chunk[] chunks = {new Chunk(4)};
    /// How many chunks there are; only the first of them may be empty.
    private int used = 1;
    /// Where something was found last; edits come in neighbourhoods.
    private int hint;
    /// Has anything of any chunk ever been kept as it is written?
    private boolean keptAnything;

    /// A chunk as it is written, as far as it has been.
    static final class Written {
        @Nullable
        UpdateOutput v1;

        @Nullable
        UpdateOutput v2;

        /// The runs that are deleted.
        DeleteSet.@Nullable Ranges deleted;
    }

    private static final class Chunk {
        int[] structs;
        int[] clocks;
        int size;
        /// Whoever joins a room gets the whole state; that is mostly put together from these, and what is not used
        /// goes with the next collection of garbage.
        @Nullable
        WeakReference<Written> written;

        Chunk(int capacity) {
            structs = new int[capacity];
            clocks = new int[capacity];
        }

        void insert(int offset, int struct, int clock) {
            if (size == structs.length) {
                resize(Math.min(CHUNK, size + (size >> 1) + 4));
            }
            if (offset < size) {
                System.arraycopy(structs, offset, structs, offset + 1, size - offset);
                System.arraycopy(clocks, offset, clocks, offset + 1, size - offset);
            }
            structs[offset] = struct;
            clocks[offset] = clock;
            size++;
            written = null;
        }

        void remove(int offset, int count) {
            int behind = size - offset - count;
            System.arraycopy(structs, offset + count, structs, offset, behind);
            System.arraycopy(clocks, offset + count, clocks, offset, behind);
            size -= count;
            written = null;
        }

        /// Its right half, which it gives away.
        Chunk halve() {
            int moved = size / 2;
            Chunk right = new Chunk(CHUNK);
            System.arraycopy(structs, size - moved, right.structs, 0, moved);
            System.arraycopy(clocks, size - moved, right.clocks, 0, moved);
            right.size = moved;
            size -= moved;
            written = null;
            return right;
        }

        void resize(int capacity) {
            structs = Arrays.copyOf(structs, capacity);
            clocks = Arrays.copyOf(clocks, capacity);
        }
    }

    ClientStructs(StructStore store, long client, int index) {
        this.store = store;
        this.client = client;
        packedId = ByteWriter.packed(client);
        packedSize = ByteWriter.size(client);
        this.index = index;
    }

    private static int place(int chunk, int offset) {
        return chunk << BITS | offset;
    }

    private static int chunkOf(int place) {
        return place >>> BITS;
    }

    private static int offsetOf(int place) {
        return place & CHUNK - 1;
    }

    int get(int place) {
        return chunks[place >>> BITS].structs[place & CHUNK - 1];
    }

    /// The place behind one, or NONE.
    int next(int place) {
        int chunk = chunkOf(place);
        if (offsetOf(place) + 1 < chunks[chunk].size) {
            return place + 1;
        }
        return chunk + 1 < used ? place(chunk + 1, 0) : NONE;
    }

    /// The place before one, or NONE.
    int previous(int place) {
        if (offsetOf(place) > 0) {
            return place - 1;
        }
        int chunk = chunkOf(place);
        return chunk > 0 ? place(chunk - 1, chunks[chunk - 1].size - 1) : NONE;
    }

    /// The place of the first struct, or NONE.
    int first() {
        return chunks[0].size > 0 ? 0 : NONE;
    }

    /// The place of the last struct, or NONE.
    int last() {
        return chunks[used - 1].size > 0 ? lastOfChunk(place(used - 1, 0)) : NONE;
    }

    int size() {
        return countBefore(place(used - 1, 0)) + chunks[used - 1].size;
    }

    /// How many structs stand before a place.
    int countBefore(int place) {
        int count = offsetOf(place);
        for (int chunk = 0; chunk < chunkOf(place); chunk++) {
            count += chunks[chunk].size;
        }
        return count;
    }

    void append(int struct) {
        if (chunks[used - 1].size == CHUNK) {
            addChunk(used, new Chunk(4));
        }
        Chunk last = chunks[used - 1];
        last.insert(last.size, struct, store.clock(struct));
        state = store.end(struct);
    }

    /// @return the place of the inserted one
    int insertAfter(int place, int struct) {
        int chunk = chunkOf(place);
        int offset = offsetOf(place) + 1;
        if (chunks[chunk].size == CHUNK) {
            addChunk(chunk + 1, chunks[chunk].halve());
            if (offset > chunks[chunk].size) {
                offset -= chunks[chunk].size;
                chunks[chunk++].written = null;
            }
        }
        chunks[chunk].insert(offset, struct, store.clock(struct));
        return place(chunk, offset);
    }

    private void addChunk(int at, Chunk chunk) {
        if (used == chunks.length) {
            chunks = Arrays.copyOf(chunks, used + (used >> 1) + 1);
        }
        System.arraycopy(chunks, at, chunks, at + 1, used - at);
        chunks[at] = chunk;
        used++;
    }

    /// Takes out so many structs behind a place. The place itself holds on; the struct there is taken to have
    /// changed.
    void removeAfter(int place, int count) {
        int chunk = chunkOf(place);
        int offset = offsetOf(place) + 1;
        chunks[chunk].written = null;
        int rest = count;
        while (rest > 0) {
            if (offset == chunks[chunk].size) {
                chunk++;
                offset = 0;
            }
            int here = Math.min(rest, chunks[chunk].size - offset);
            chunks[chunk].remove(offset, here);
            rest -= here;
            if (chunks[chunk].size == 0) {
                used--;
                System.arraycopy(chunks, chunk + 1, chunks, chunk, used - chunk);
                chunks[used] = chunks[0]; // only to let the removed one go
                chunk--;
                offset = chunks[chunk].size;
            }
        }
    }

    // ---- chunks as they are written

    boolean isFirstOfChunk(int place) {
        return offsetOf(place) == 0;
    }

    int lastOfChunk(int place) {
        return place(chunkOf(place), chunks[chunkOf(place)].size - 1);
    }

    /// What is kept of a chunk as it is written, and may be added to; null when it is too small for that.
    @Nullable
    Written written(int place) {
        Chunk chunk = chunks[chunkOf(place)];
        if (chunk.size < WORTH_KEEPING) {
            return null;
        }
        Written kept = chunk.written == null ? null : chunk.written.get();
        if (kept == null) {
            kept = new Written();
            chunk.written = new WeakReference<>(kept);
            keptAnything = true;
        }
        return kept;
    }

    /// To be called when the struct at a clock, or that it is deleted, will be written otherwise than before.
    void changed(int clock) {
        if (keptAnything && clock < state) {
            chunks[chunkAt(clock)].written = null;
        }
    }

    // ---- finding

    /// The place of the struct that holds a clock.
    ///
    /// @throws IllegalStateException when no struct does
    int find(int clock) {
        if (clock < 0 || clock >= state) {
            throw new IllegalStateException("no struct of client " + client + " at clock " + clock + " below " + state);
        }
        Chunk newest = chunks[used - 1];
        if (clock >= newest.clocks[newest.size - 1]) {
            return place(used - 1, newest.size - 1); // what was written last goes on
        }
        int chunk = chunkOf(hint);
        int offset = offsetOf(hint);
        if (chunk < used && offset < chunks[chunk].size && chunks[chunk].clocks[offset] <= clock) {
            // Mostly it is the one found last, or one shortly behind that.
            Chunk here = chunks[chunk];
            for (int step = 0; step < 4; step++, offset++) {
                if (offset + 1 == here.size) {
                    if (chunk + 1 == used || clock < chunks[chunk + 1].clocks[0]) {
                        return hint = place(chunk, offset);
                    }
                    break;
                }
                if (clock < here.clocks[offset + 1]) {
                    return hint = place(chunk, offset);
                }
            }
        }
        return hint = search(clock);
    }

    /// Says that what is asked for next is probably at a place or shortly behind it.
    void expectFrom(int place) {
        hint = place;
    }

    private int chunkAt(int clock) {
        int last = used - 1;
        if (last == 0 || clock >= chunks[last].clocks[0]) {
            return last;
        }
        int low = 0;
        int high = last - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (clock < chunks[middle].clocks[0]) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    private int search(int clock) {
        int chunk = chunkAt(clock);
        int[] begins = chunks[chunk].clocks;
        int low = 0;
        // The size of what is halved does not depend on what is found, so that no branch has to be guessed.
        for (int size = chunks[chunk].size; size > 1; ) {
            int half = size >>> 1;
            low = begins[low + half] <= clock ? low + half : low;
            size -= half;
        }
        return place(chunk, low);
    }

    void trim() {
        for (int i = 0; i < used; i++) {
            chunks[i].written = null;
            if (chunks[i].structs.length > chunks[i].size + 8) {
                chunks[i].resize(chunks[i].size);
            }
        }
    }
}
