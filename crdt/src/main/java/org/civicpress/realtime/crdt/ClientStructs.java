package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

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

    final long client;
    /// The id as it is written.
    final long packedId;

    final int packedSize;
    /// Which of the store's clients this is.
    final int index;
    /// The clock expected next.
    int state;

    /// The newest open transaction, when all that are open know already that this client grows.
    @Nullable
    Transaction growsIn;

    private final StructStore store;
    private int[][] chunks = {new int[4]};
    private int[][] clocks = {new int[4]};
    private int[] sizes = new int[1];
    /// How many chunks there are; only the first of them may be empty.
    private int used = 1;
    /// Where something was found last; edits come in neighbourhoods.
    private int hint;

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
        return chunks[place >>> BITS][place & CHUNK - 1];
    }

    /// The place behind one, or NONE.
    int next(int place) {
        int chunk = chunkOf(place);
        if (offsetOf(place) + 1 < sizes[chunk]) {
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
        return chunk > 0 ? place(chunk - 1, sizes[chunk - 1] - 1) : NONE;
    }

    /// The place of the first struct, or NONE.
    int first() {
        return sizes[0] > 0 ? 0 : NONE;
    }

    /// The place of the last struct, or NONE.
    int last() {
        return sizes[used - 1] > 0 ? place(used - 1, sizes[used - 1] - 1) : NONE;
    }

    int size() {
        return countBefore(place(used - 1, 0)) + sizes[used - 1];
    }

    /// How many structs stand before a place.
    int countBefore(int place) {
        int count = offsetOf(place);
        for (int chunk = 0; chunk < chunkOf(place); chunk++) {
            count += sizes[chunk];
        }
        return count;
    }

    void append(int struct) {
        int chunk = used - 1;
        if (sizes[chunk] == CHUNK) {
            addChunk(used);
            chunk++;
        }
        put(chunk, sizes[chunk], struct);
        state = store.clock(struct) + store.length(struct);
    }

    /// @return the place of the inserted one
    int insertAfter(int place, int struct) {
        int chunk = chunkOf(place);
        int offset = offsetOf(place) + 1;
        if (sizes[chunk] == CHUNK) {
            addChunk(chunk + 1);
            int moved = CHUNK / 2;
            chunks[chunk + 1] = Arrays.copyOfRange(chunks[chunk], CHUNK - moved, CHUNK + moved);
            clocks[chunk + 1] = Arrays.copyOfRange(clocks[chunk], CHUNK - moved, CHUNK + moved);
            sizes[chunk + 1] = moved;
            sizes[chunk] -= moved;
            if (offset > sizes[chunk]) {
                offset -= sizes[chunk];
                chunk++;
            }
        }
        put(chunk, offset, struct);
        return place(chunk, offset);
    }

    private void put(int chunk, int offset, int struct) {
        int size = sizes[chunk];
        if (size == chunks[chunk].length) {
            int capacity = Math.min(CHUNK, size + (size >> 1) + 4);
            chunks[chunk] = Arrays.copyOf(chunks[chunk], capacity);
            clocks[chunk] = Arrays.copyOf(clocks[chunk], capacity);
        }
        insert(chunks[chunk], size, offset, struct);
        insert(clocks[chunk], size, offset, store.clock(struct));
        sizes[chunk] = size + 1;
    }

    private static void insert(int[] values, int size, int offset, int value) {
        System.arraycopy(values, offset, values, offset + 1, size - offset);
        values[offset] = value;
    }

    private void addChunk(int at) {
        if (used == sizes.length) {
            int capacity = used + (used >> 1) + 1;
            chunks = Arrays.copyOf(chunks, capacity);
            clocks = Arrays.copyOf(clocks, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
        }
        System.arraycopy(chunks, at, chunks, at + 1, used - at);
        System.arraycopy(clocks, at, clocks, at + 1, used - at);
        System.arraycopy(sizes, at, sizes, at + 1, used - at);
        chunks[at] = new int[4];
        clocks[at] = new int[4];
        sizes[at] = 0;
        used++;
    }

    /// Takes out so many structs behind a place. The place itself holds on.
    void removeAfter(int place, int count) {
        int chunk = chunkOf(place);
        int offset = offsetOf(place) + 1;
        int rest = count;
        while (rest > 0) {
            if (offset == sizes[chunk]) {
                chunk++;
                offset = 0;
            }
            int here = Math.min(rest, sizes[chunk] - offset);
            int behind = sizes[chunk] - offset - here;
            System.arraycopy(chunks[chunk], offset + here, chunks[chunk], offset, behind);
            System.arraycopy(clocks[chunk], offset + here, clocks[chunk], offset, behind);
            sizes[chunk] -= here;
            rest -= here;
            if (sizes[chunk] == 0) {
                used--;
                System.arraycopy(chunks, chunk + 1, chunks, chunk, used - chunk);
                System.arraycopy(clocks, chunk + 1, clocks, chunk, used - chunk);
                System.arraycopy(sizes, chunk + 1, sizes, chunk, used - chunk);
                chunk--;
                offset = sizes[chunk];
            }
        }
    }

    /// The place of the struct that holds a clock.
    ///
    /// @throws IllegalStateException when no struct does
    int find(int clock) {
        if (clock < 0 || clock >= state) {
            throw new IllegalStateException("no struct of client " + client + " at clock " + clock + " below " + state);
        }
        int chunk = chunkOf(hint);
        int offset = offsetOf(hint);
        if (chunk < used && offset < sizes[chunk] && clocks[chunk][offset] <= clock) {
            // Mostly it is the one found last, or the one behind that.
            for (int step = 0; step < 2; step++, offset++) {
                if (offset + 1 == sizes[chunk]) {
                    if (chunk + 1 == used || clock < clocks[chunk + 1][0]) {
                        return hint = place(chunk, offset);
                    }
                    break;
                }
                if (clock < clocks[chunk][offset + 1]) {
                    return hint = place(chunk, offset);
                }
            }
        }
        return hint = search(clock);
    }

    private int search(int clock) {
        int chunk = 0;
        if (used > 1) {
            chunk = used - 1;
            if (clock < clocks[chunk][0]) {
                int low = 0;
                int high = chunk - 1;
                while (low < high) {
                    int middle = low + high + 1 >>> 1;
                    if (clock < clocks[middle][0]) {
                        high = middle - 1;
                    } else {
                        low = middle;
                    }
                }
                chunk = low;
            }
        }
        int[] begins = clocks[chunk];
        int low = 0;
        // The size of what is halved does not depend on what is found, so that no branch has to be guessed.
        for (int size = sizes[chunk]; size > 1; ) {
            int half = size >>> 1;
            low = begins[low + half] <= clock ? low + half : low;
            size -= half;
        }
        return place(chunk, low);
    }

    void trim() {
        for (int chunk = 0; chunk < used; chunk++) {
            if (chunks[chunk].length > sizes[chunk] + 8) {
                chunks[chunk] = Arrays.copyOf(chunks[chunk], sizes[chunk]);
                clocks[chunk] = Arrays.copyOf(clocks[chunk], sizes[chunk]);
            }
        }
    }
}
