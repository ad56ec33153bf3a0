package org.civicpress.realtime.crdt;

import java.util.Arrays;

/// Non-negative ints to non-negative ints, in the order in which the keys first came. Small ones are searched from
/// end to end; an index is made when that would take long. Keys are never removed one by one. Confined to its user.
final class IntMap {
    static final int NONE = -1;

    private static final int LINEAR = 8;
    private static final int[] EMPTY = {};

    /// Key and value beside each other.
    private int[] entries = EMPTY;
    private int size;
    /// Position of an entry + 1, hashed by key; empty while the map is small.
    private int[] index = EMPTY;

    int size() {
        return size;
    }

    int keyAt(int position) {
        return entries[position * 2];
    }

    int valueAt(int position) {
        return entries[position * 2 + 1];
    }

    /// The value, or [#NONE].
    int get(int key) {
        int position = find(key);
        return position < 0 ? NONE : entries[position * 2 + 1];
    }

    void put(int key, int value) {
        int position = find(key);
        if (position >= 0) {
            entries[position * 2 + 1] = value;
            return;
        }
        if (size * 2 == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(4, size * 3 + 3 & ~1));
        }
        entries[size * 2] = key;
        entries[size * 2 + 1] = value;
        size++;
        if (size > LINEAR) {
            if (size * 2 > index.length) {
                reindex();
            } else {
                addToIndex(size - 1);
            }
        }
    }

    void clear() {
        size = 0;
        index = EMPTY;
        if (entries.length > 64) {
            entries = EMPTY;
        }
    }

    private int find(int key) {
        if (index.length == 0) {
            for (int i = 0; i < size; i++) {
                if (entries[i * 2] == key) {
                    return i;
                }
            }
            return -1;
        }
        int mask = index.length - 1;
        for (int slot = IntSet.mix(key) & mask; index[slot] != 0; slot = slot + 1 & mask) {
            if (entries[(index[slot] - 1) * 2] == key) {
                return index[slot] - 1;
            }
        }
        return -1;
    }

    private void reindex() {
        index = new int[Integer.highestOneBit(size) * 4];
        for (int i = 0; i < size; i++) {
            addToIndex(i);
        }
    }

    private void addToIndex(int position) {
        int mask = index.length - 1;
        int slot = IntSet.mix(entries[position * 2]) & mask;
        while (index[slot] != 0) {
            slot = slot + 1 & mask;
        }
        index[slot] = position + 1;
    }
}
