package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.server.net.RateLimit.Kind;
import org.civicpress.realtime.server.net.RateLimit.Outcome;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final SocketSettings DEFAULTS = settings(10, 30);
    private static final long MINUTE = 60_000;

    private final RateLimit limit = new RateLimit(0);
    private SocketSettings settings = DEFAULTS;

    private static SocketSettings settings(int messages, int awareness) {
        return new SocketSettings(
                messages, awareness, 1 << 20, new SocketSettings.Silence(true, 1, 1), List.of(), List.of());
    }

    private Outcome take(Kind kind, long now) {
        return limit.take(kind, settings, now);
    }

    /// How many of them are taken at once before the first that is too much.
    private int takeAll(Kind kind, long now) {
        int taken = 0;
        while (take(kind, now) != Outcome.STOP) {
            taken++;
        }
        return taken;
    }

    @Test
    void whoTypesTwentyKeysASecondIsNeverWarned() {
        long now = 0;
        for (; now < 4 * MINUTE; now += 50) { // without a pause: longer than any hand can
            types(now);
        }
        for (long end = now + 8 * 60 * MINUTE; now < end; ) { // and all day, with time to think
            for (long pause = now + 10_000; now < pause; now += 50) {
                types(now);
            }
            now += 10_000;
        }
    }

    private void types(long now) {
        assertThat(take(Kind.EDIT, now)).isEqualTo(Outcome.FINE);
        assertThat(take(Kind.AWARENESS, now)).isEqualTo(Outcome.FINE);
        assertThat(take(Kind.OTHER, now)).isEqualTo(Outcome.FINE); // is it saved?
    }

    @Test
    void aKeyHeldDownForAMinuteIsFine() {
        for (long now = 0; now < MINUTE; now += 33) {
            types(now);
        }
    }

    @Test
    void aFloodIsWarnedOnceAndThenStopped() {
        int fine = 0;
        while (take(Kind.EDIT, fine / 100) == Outcome.FINE) {
            fine++;
        }
        int more = 1;
        for (Outcome outcome = Outcome.FINE; outcome != Outcome.STOP; more++) {
            outcome = take(Kind.EDIT, (fine + more) / 100);
            assertThat(outcome).isNotEqualTo(Outcome.WARN);
        }
        assertThat(fine).isBetween(2700, 3000);
        assertThat(more).isBetween(300, 400);
    }

    @Test
    void whoHasRecoveredIsWarnedAgain() {
        takeAll(Kind.EDIT, 0);
        assertThat(take(Kind.EDIT, MINUTE)).isEqualTo(Outcome.FINE); // a fifth is there, and the warning stands
        assertThat(takeAll(Kind.EDIT, MINUTE)).isBetween(500, 600);
        for (int i = 0; i < 2700; i++) {
            assertThat(take(Kind.EDIT, 10 * MINUTE)).isEqualTo(Outcome.FINE);
        }
        assertThat(take(Kind.EDIT, 10 * MINUTE)).isEqualTo(Outcome.WARN);
    }

    @Test
    void afterAPauseTheWholeAmountIsThereAgain() {
        assertThat(takeAll(Kind.EDIT, 0)).isEqualTo(3000);
        assertThat(takeAll(Kind.EDIT, 10 * MINUTE)).isEqualTo(3000);
    }

    @Test
    void everyKindHasAnAccountOfItsOwn() {
        assertThat(takeAll(Kind.AWARENESS, 0)).isEqualTo(9000);
        assertThat(takeAll(Kind.EDIT, 0)).isEqualTo(3000);
        assertThat(takeAll(Kind.OTHER, 0)).isEqualTo(30_000);
    }

    @Test
    void aQuestionForTheDocumentCostsMoreThanAPing() {
        assertThat(takeAll(Kind.QUESTION, 0)).isEqualTo(3000);
        assertThat(take(Kind.OTHER, 0)).isEqualTo(Outcome.STOP);
    }

    @Test
    void aRateThatIsChangedHoldsAtOnce() {
        assertThat(takeAll(Kind.EDIT, 0)).isEqualTo(3000);
        settings = settings(20, 30);
        assertThat(takeAll(Kind.EDIT, 0)).isEqualTo(3000);
        settings = settings(5, 30);
        assertThat(take(Kind.EDIT, 0)).isEqualTo(Outcome.STOP);
        assertThat(takeAll(Kind.EDIT, MINUTE)).isEqualTo(300);
    }

    @Test
    void noRateIsTooLargeOrTooSmall() {
        settings = settings(Integer.MAX_VALUE, Integer.MAX_VALUE);
        Seeds.each(100, random -> {
            RateLimit large = new RateLimit(0);
            long now = 0;
            for (int i = 0; i < 1000; i++) {
                now += random.nextInt(3) == 0 ? Math.abs(random.nextLong() >> 2) : random.nextInt(10);
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                assertThat(large.take(kind, settings, now)).isEqualTo(Outcome.FINE);
            }
        });
        settings = settings(1, 1);
        assertThat(takeAll(Kind.EDIT, 0)).isEqualTo(300);
    }

    @Test
    void aClockThatGoesBackDoesNoHarm() {
        RateLimit late = new RateLimit(MINUTE);
        assertThat(late.take(Kind.EDIT, DEFAULTS, 0)).isEqualTo(Outcome.FINE);
        assertThat(late.take(Kind.EDIT, DEFAULTS, MINUTE)).isEqualTo(Outcome.FINE);
    }
}
