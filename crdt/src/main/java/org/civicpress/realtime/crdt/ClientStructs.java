package org.civicpress.realtime.crdt;

import java.util.Arrays;

/// All structs of one client, by clock and without holes. Confined to its [StructStore].
final class ClientStructs {
    final long client;
    /// Which of the store's clients this is.
    final int index;
    /// The clock expected next.
    int state;

    private final StructStore store;
    private int[] structs = new int[4];
    private int size;
    /// Where something was found last; edits come in neighbourhoods.
    private int hint;

    ClientStructs(StructStore store, long client, int index) {
        this.store = store;
        this.client = client;
        this.index = index;
    }

    int size() {
        return size;
    }

    int get(int position) {
        return structs[position];
    }

    void append(int struct) {
        if (size == structs.length) {
            structs = Arrays.copyOf(structs, size + (size >> 1) + 4);
        }
        structs[size++] = struct;
        state = store.clock(struct) + store.length(struct);
    }

    void insert(int position, int struct) {
        if (size == structs.length) {
            structs = Arrays.copyOf(structs, size + (size >> 1) + 4);
        }
        System.arraycopy(structs, position, structs, position + 1, size - position);
        structs[position] = struct;
        size++;
    }

    void set(int position, int struct) {
        structs[position] = struct;
    }

    /// Takes out the structs from `begin` to `end`.
    void remove(int begin, int end) {
        System.arraycopy(structs, end, structs, begin, size - end);
        size -= end - begin;
    }

    /// The position of the struct that holds a clock.
    ///
    /// @throws IllegalStateException when no struct does
    int find(int clock) {
        if (clock < 0 || clock >= state) {
            throw new IllegalStateException("no struct of client " + client + " at clock " + clock + " below " + state);
        }
        int low = 0;
        int high = size - 1;
        int guess = Math.min(hint, high);
        for (int step = 0; step < 4; step++) {
            int struct = structs[guess];
            int begin = store.clock(struct);
            if (clock < begin) {
                high = guess - 1;
                guess--;
            } else if (clock >= begin + store.length(struct)) {
                low = guess + 1;
                guess++;
            } else {
                hint = guess;
                return guess;
            }
        }
        int last = structs[size - 1];
        if (clock >= store.clock(last)) {
            hint = size - 1;
            return hint;
        }
        while (low <= high) {
            int middle = low + high >>> 1;
            int struct = structs[middle];
            int begin = store.clock(struct);
            if (clock < begin) {
                high = middle - 1;
            } else if (clock >= begin + store.length(struct)) {
                low = middle + 1;
            } else {
                hint = middle;
                return middle;
            }
        }
        throw new IllegalStateException("clock gap: client=" + client + " clock=" + clock);
    }

    void trim() {
        if (structs.length > size + 8) {
            structs = Arrays.copyOf(structs, size);
        }
    }
}
