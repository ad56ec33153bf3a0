package org.civicpress.realtime.crdt;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Strings by number and numbers by string: each string that is added gets the next number. Confined to its user.
final class Names {
    static final int NONE = -1;

    private final int multiplier = ThreadLocalRandom.current().nextInt() | 1;
    private @Nullable String[] names = new String[2];
    private int size;
    /// Numbers + 1, hashed by their strings; a power of two, at most half full.
    private int[] slots = new int[4];

    String get(int number) {
        return java.util.Objects.requireNonNull(names[number]);
    }

    /// The number of a string, or NONE.
    int find(String name) {
        return slots[slot(name)] - 1;
    }

    /// The number of a string, which is added when it is new.
    int add(String name) {
        int slot = slot(name);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, size + (size >> 1) + 1);
        }
        names[size++] = name;
        slots[slot] = size;
        if (size * 2 > slots.length) {
            slots = new int[slots.length * 2];
            for (int number = 0; number < size; number++) {
                slots[slot(get(number))] = number + 1;
            }
        }
        return size - 1;
    }

    /// Another function in each document: who chooses keys must not be able to choose such as collide.
    private int hash(String name) {
        int hash = multiplier;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash + name.charAt(i)) * multiplier;
        }
        return IntSet.mix(hash);
    }

    /// Where a string is, or where it would be.
    private int slot(String name) {
        int mask = slots.length - 1;
        int slot = hash(name) & mask;
        while (slots[slot] != 0 && !name.equals(names[slots[slot] - 1])) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
