package org.civicpress.realtime.crdt;

import java.util.Arrays;

/// A set of non-negative ints that is emptied in no time and used again. Confined to its user.
final class IntSet {
    private int[] keys = new int[16];
    /// A slot is taken when it carries the current round.
    private int[] rounds = new int[16];

    private int round = 1;
    private int size;

    void clear() {
        size = 0;
        if (++round < 0) {
            Arrays.fill(rounds, 0);
            round = 1;
        }
    }

    boolean contains(int key) {
        int mask = keys.length - 1;
        for (int slot = mix(key) & mask; rounds[slot] == round; slot = slot + 1 & mask) {
            if (keys[slot] == key) {
                return true;
            }
        }
        return false;
    }

    void add(int key) {
        if (size * 2 >= keys.length) {
            grow();
        }
        int mask = keys.length - 1;
        int slot = mix(key) & mask;
        while (rounds[slot] == round) {
            if (keys[slot] == key) {
                return;
            }
            slot = slot + 1 & mask;
        }
        keys[slot] = key;
        rounds[slot] = round;
        size++;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldRounds = rounds;
        keys = new int[oldKeys.length * 2];
        rounds = new int[oldKeys.length * 2];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldRounds[i] == round) {
                add(oldKeys[i]);
            }
        }
    }

    static int mix(int key) {
        int hash = key * 0x9e3779b9;
        return hash ^ hash >>> 16;
    }
}
