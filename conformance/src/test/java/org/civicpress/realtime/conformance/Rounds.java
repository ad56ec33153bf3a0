package org.civicpress.realtime.conformance;

import java.util.Random;

/// How often a test that starts and kills real processes goes round: as often as it says, or as `-Drounds=200` says.
/// What happens is drawn from `-Dseed=4711`; when exactly it happens is the machine's.
final class Rounds {
    private Rounds() {}

    static int count(int usual) {
        return Integer.getInteger("rounds", usual);
    }

    static Random random(String test) {
        long seed = Long.getLong("seed", 1);
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
