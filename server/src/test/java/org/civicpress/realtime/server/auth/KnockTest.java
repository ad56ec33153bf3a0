package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnockTest {
    @Test
    void theHeaderComesBeforeTheSubprotocols() {
        assertThat(token("Bearer one", "auth.two")).contains("one");
        assertThat(token(null, "y", "auth.two", "auth.three")).contains("two");
        assertThat(token("Basic abc", "auth.two")).contains("two");
        assertThat(token("bearer one")).isEmpty();
        assertThat(token("Bearer ")).isEmpty();
    }

    @Test
    void aLongSubprotocolIsATokenToo() {
        assertThat(token(null, "x".repeat(21))).contains("x".repeat(21));
        assertThat(token(null, "x".repeat(20))).isEmpty();
        assertThat(token(null, "x".repeat(20) + "/")).isEmpty();
    }

    private static Optional<String> token(String authorization, String... subprotocols) {
        return Knock.of("/", authorization, List.of(subprotocols), "127.0.0.1").token();
    }

    @Test
    void anAddressNamesTypeAndRoomAndNothingElseCounts() {
        assertThat(at("/realtime/records/a-1")).contains(new RoomAddress("records", "a-1"));
        assertThat(at("/realtime/record/a-1/more?x=/y")).contains(new RoomAddress("records", "a-1"));
        assertThat(at("/realtime/docs/a%20b?x")).contains(new RoomAddress("docs", "a%20b"));
        assertThat(at("/realtime/devices/d")).contains(new RoomAddress("device", "d"));
        for (String target : List.of(
                "/realtime",
                "/realtime/",
                "/realtime/records",
                "/realtime/records/",
                "/realtime//x",
                "/realtimes/records/x",
                "/")) {
            assertThat(at(target)).as(target).isEmpty();
        }
    }

    private static Optional<RoomAddress> at(String target) {
        return RoomAddress.parse(target);
    }
}
