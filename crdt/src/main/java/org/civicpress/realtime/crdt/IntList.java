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

    /// Whether the first one has to stand before the second.
    interface Order {
        boolean isBefore(int a, int b);
    }

    /// For few values.
    void sort(Order order) {
        for (int i = 1; i < size; i++) {
            for (int j = i; j > 0 && order.isBefore(values[j], values[j - 1]); j--) {
                swap(j, j - 1);
            }
        }
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
