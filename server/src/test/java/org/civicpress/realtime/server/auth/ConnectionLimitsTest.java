package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.server.auth.ConnectionLimits.Entry;
import org.civicpress.realtime.server.auth.ConnectionLimits.Limits;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private static final RoomId ROOM = new RoomId("records", "bylaw-12");

    @Test
    void aConnectionThatEndsMakesRoomForAnother() {
        ConnectionLimits limits = new ConnectionLimits(() -> new ConnectionLimits.Limits(3, 2, 100));
        Entry.Counted first = (Entry.Counted) limits.enter("a", Optional.of("1"), ROOM);
        assertThat(limits.enter("a", Optional.of("1"), ROOM)).isInstanceOf(Entry.Counted.class);
        assertThat(limits.enter("a", Optional.of("1"), ROOM))
                .isInstanceOfSatisfying(
                        Entry.Full.class,
                        full -> assertThat(full.code().reason())
                                .isEqualTo("{\"code\":\"CONNECTION_LIMIT_EXCEEDED\","
                                        + "\"reason\":\"per-user connection limit reached (2)\"}"));
        assertThat(limits.enter("a", Optional.empty(), ROOM)).isInstanceOf(Entry.Counted.class);
        assertThat(limits.enter("a", Optional.of("2"), ROOM))
                .isInstanceOfSatisfying(
                        Entry.Full.class,
                        full -> assertThat(full.code().reason()).contains("per-ip connection limit reached (3)"));
        first.close();
        first.close();
        assertThat(limits.total()).isEqualTo(2);
        assertThat(limits.enter("a", Optional.of("1"), ROOM)).isInstanceOf(Entry.Counted.class);
    }

    @Test
    void aRoomHasALimitOfItsOwn() {
        ConnectionLimits limits = new ConnectionLimits(() -> new Limits(100, 100, 1));
        assertThat(limits.enter("a", Optional.of("1"), ROOM)).isInstanceOf(Entry.Counted.class);
        assertThat(limits.enter("b", Optional.of("2"), ROOM))
                .isInstanceOfSatisfying(
                        Entry.Full.class,
                        full -> assertThat(full.code().reason()).contains("per-room connection limit reached (1)"));
        assertThat(limits.enter("b", Optional.of("2"), new RoomId("records", "budget")))
                .isInstanceOf(Entry.Counted.class);
    }

    @Test
    void whateverComesAndGoesNothingIsCountedInTheEndAndNeverTooMuch() {
        Seeds.each(300, random -> {
            Limits[] most = {new Limits(4, 3, 5)};
            ConnectionLimits limits = new ConnectionLimits(() -> most[0]);
            List<Entry.Counted> inside = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(5)) {
                    case 0, 1, 2 -> {
                        Optional<String> user =
                                random.nextInt(4) == 0 ? Optional.empty() : Optional.of("u" + random.nextInt(4));
                        Entry entry = limits.enter(
                                "p" + random.nextInt(4), user, new RoomId("docs", "r" + random.nextInt(4)));
                        if (entry instanceof Entry.Counted counted) {
                            inside.add(counted);
                        }
                    }
                    case 3 -> {
                        if (!inside.isEmpty()) {
                            Entry.Counted one = inside.remove(random.nextInt(inside.size()));
                            one.close();
                            one.close(); // counts once however often it is said
                        }
                    }
                    default ->
                        most[0] = new Limits(1 + random.nextInt(5), 1 + random.nextInt(5), 1 + random.nextInt(5));
                }
                assertThat(limits.total()).isEqualTo(inside.size());
            }
            inside.forEach(Entry.Counted::close);
            assertThat(List.of(limits.total(), limits.peers(), limits.users(), limits.rooms()))
                    .containsOnly(0);
        });
    }
}
