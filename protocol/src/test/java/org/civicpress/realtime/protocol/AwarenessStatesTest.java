package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AwarenessStatesTest {
    private final AwarenessStates awareness = new AwarenessStates();

    @Test
    void onlyANewerStateIsNews() {
        assertThat(awareness.apply(state(1, 1, "{}"))).isTrue();
        assertThat(awareness.apply(state(1, 1, "{\"a\":1}"))).isFalse();
        assertThat(awareness.apply(state(1, 0, "{\"a\":1}"))).isFalse();
        assertThat(awareness.apply(state(1, 2, "{\"a\":1}"))).isTrue();
        assertThat(awareness.all()).containsExactly(state(1, 2, "{\"a\":1}"));
    }

    @Test
    void theFirstStateOfAFreshClientHasClockZeroAndIsNotShown() {
        assertThat(awareness.apply(state(1, 0, "{}"))).isFalse();
        assertThat(awareness.isEmpty()).isTrue();
    }

    @Test
    void somebodyElseMaySayThatAClientIsGoneAtItsClock() {
        awareness.apply(state(1, 3, "{}"));
        assertThat(awareness.apply(state(1, 3, "null"))).isTrue();
        assertThat(awareness.apply(state(1, 3, "null"))).isFalse();
        assertThat(awareness.isEmpty()).isTrue();
    }

    @Test
    void whatWasOvertakenBringsNobodyBack() {
        awareness.apply(state(1, 3, "{}"));
        assertThat(awareness.remove(1)).contains(state(1, 3, "null"));
        assertThat(awareness.apply(state(1, 3, "{}"))).isFalse();
        assertThat(awareness.apply(state(1, 4, "{}"))).isTrue();
        assertThat(awareness.isHere(1)).isTrue();
    }

    @Test
    void thatSomebodyUnknownIsGoneIsNoNewsButRemembered() {
        assertThat(awareness.apply(state(1, 5, "null"))).isFalse();
        assertThat(awareness.remove(1)).isEmpty();
        assertThat(awareness.of(1)).contains(state(1, 5, "null"));
        assertThat(awareness.apply(state(1, 5, "{}"))).isFalse();
        assertThat(awareness.of(2)).isEmpty();
    }

    @Test
    void ofVeryManyWhoAreGoneTheFirstAreForgotten() {
        for (int client = 0; client <= 4096; client++) {
            awareness.apply(state(client, 2, "{}"));
            awareness.remove(client);
        }
        assertThat(awareness.of(0)).isEmpty();
        assertThat(awareness.of(1)).contains(state(1, 2, "null"));
    }

    private static AwarenessEntry state(long client, long clock, String state) {
        return new AwarenessEntry(client, clock, state);
    }
}
