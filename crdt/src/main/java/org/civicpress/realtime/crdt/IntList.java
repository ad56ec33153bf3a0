package org.civicpress.realtime.crdt;

import java.util.Arrays;

/// A growing list of ints. Confined to its user.
final class IntList {
    private static final int[] EMPTY = {};

    private int[] values = EMPTY;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        values[index] = value;
    }

    void swap(int a, int b) {
        int value = values[a];
        values[a] = values[b];
        values[b] = value;
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(8, size * 2));
        }
        values[size++] = value;
    }

    int removeLast() {
        return values[--size];
    }

    void clear() {
        size = 0;
        if (values.length > 4096) {
            values = EMPTY;
        }
    }
}
