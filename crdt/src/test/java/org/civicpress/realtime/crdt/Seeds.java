package org.civicpress.realtime.crdt;

import java.util.Random;
import java.util.function.Consumer;

/// Runs a random test many times, each with a seed of its own, and says with which seed it failed.
/// `-Dseed=4711` repeats that one round; `-Drounds=100000` asks for more rounds than usual.
public final class Seeds {
    private Seeds() {}

    public static void each(int rounds, Consumer<Random> round) {
        Long only = Long.getLong("seed");
        if (only != null) {
            round.accept(new Random(only));
            return;
        }
        int count = Integer.getInteger("rounds", rounds);
        for (long seed = 1; seed <= count; seed++) {
            try {
                round.accept(new Random(seed));
            } catch (Throwable failure) {
                throw new AssertionError("run again with -Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }
}
