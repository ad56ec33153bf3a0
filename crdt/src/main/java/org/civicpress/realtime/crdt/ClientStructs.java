package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.Arrays;
import org.civicpress.realtime.crdt.lib0.ByteWriter;

/// All structs of one client, by clock and without holes. Confined to its [StructStore].
///
/// They stand in chunks, so that cutting one somewhere moves a chunk's worth of numbers at most. A *place* among
/// them is one int, chunk and offset; it holds until a struct is inserted or removed.
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

    private final StructStore store;
    private int[][] chunks = {new int[4]};
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
            chunks[chunk + 1] = new int[CHUNK];
            System.arraycopy(chunks[chunk], CHUNK - moved, chunks[chunk + 1], 0, moved);
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
        int[] structs = chunks[chunk];
        int size = sizes[chunk];
        if (size == structs.length) {
            structs = Arrays.copyOf(structs, Math.min(CHUNK, size + (size >> 1) + 4));
            chunks[chunk] = structs;
        }
        System.arraycopy(structs, offset, structs, offset + 1, size - offset);
        structs[offset] = struct;
        sizes[chunk] = size + 1;
    }

    private void addChunk(int at) {
        if (used == sizes.length) {
            int capacity = used + (used >> 1) + 1;
            chunks = Arrays.copyOf(chunks, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
        }
        System.arraycopy(chunks, at, chunks, at + 1, used - at);
        System.arraycopy(sizes, at, sizes, at + 1, used - at);
        chunks[at] = new int[4];
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
            System.arraycopy(chunks[chunk], offset + here, chunks[chunk], offset, sizes[chunk] - offset - here);
            sizes[chunk] -= here;
            rest -= here;
            if (sizes[chunk] == 0) {
                used--;
                System.arraycopy(chunks, chunk + 1, chunks, chunk, used - chunk);
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
        int guess = hint;
        if (chunkOf(guess) >= used || offsetOf(guess) >= sizes[chunkOf(guess)]) {
            guess = last();
        }
        for (int step = 0; step < 4 && guess != NONE; step++) {
            int struct = get(guess);
            int begin = store.clock(struct);
            if (clock < begin) {
                guess = previous(guess);
            } else if (clock >= begin + store.length(struct)) {
                guess = next(guess);
            } else {
                hint = guess;
                return guess;
            }
        }
        int last = last();
        hint = clock >= store.clock(get(last)) ? last : search(clock);
        return hint;
    }

    private int search(int clock) {
        int low = 0;
        int high = used - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (clock < store.clock(chunks[middle][0])) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        int[] structs = chunks[low];
        int chunk = low;
        low = 0;
        high = sizes[chunk] - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (clock < store.clock(structs[middle])) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return place(chunk, low);
    }

    void trim() {
        for (int chunk = 0; chunk < used; chunk++) {
            if (chunks[chunk].length > sizes[chunk] + 8) {
                chunks[chunk] = Arrays.copyOf(chunks[chunk], sizes[chunk]);
            }
        }
    }
}
