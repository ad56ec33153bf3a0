package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final int TEN = 10;
    private static final int MINUTE = 60_000;

    @Test
    void nobodyTypesFastEnoughToBeStopped() {
        RateLimit limit = new RateLimit(TEN, 0);
        long now = 0;
        for (int key = 0; key < 5 * 60 * 15; key++) { // five minutes at 15 keys a second: no hand does that
            now += 1000 / 15;
            assertThat(limit.edit(now) && limit.other(now) && limit.other(now)).isTrue();
        }
    }

    @Test
    void aKeyHeldDownForAMinuteIsFine() {
        RateLimit limit = new RateLimit(TEN, 0);
        for (long now = 0; now < MINUTE; now += 33) {
            assertThat(limit.edit(now) && limit.other(now)).isTrue();
        }
    }

    @Test
    void aFloodIsStopped() {
        RateLimit limit = new RateLimit(TEN, 0);
        int accepted = 0;
        while (limit.edit(accepted / 100)) {
            accepted++;
        }
        assertThat(accepted).isBetween(3000, 3400);
    }

    @Test
    void afterAPauseTheWholeAmountIsThereAgain() {
        RateLimit limit = new RateLimit(TEN, 0);
        for (int i = 0; i < 3000; i++) {
            assertThat(limit.edit(0)).isTrue();
        }
        assertThat(limit.edit(0)).isFalse();
        long later = 10 * MINUTE;
        for (int i = 0; i < 3000; i++) {
            assertThat(limit.edit(later)).isTrue();
        }
        assertThat(limit.edit(later)).isFalse();
    }

    @Test
    void aClockThatGoesBackDoesNoHarm() {
        RateLimit limit = new RateLimit(TEN, MINUTE);
        assertThat(limit.edit(0)).isTrue();
        assertThat(limit.edit(MINUTE)).isTrue();
    }
}
