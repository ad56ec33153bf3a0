package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.server.auth.Door.Decision;
import org.civicpress.realtime.server.auth.Door.Standing;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;
import org.junit.jupiter.api.Test;

class PatientDoorTest {
    private static final Instant END = Instant.parse("2026-11-24T12:00:00Z");
    private static final Standing READER = new Standing.Welcome(Permit.of(Access.READ), END);

    private Optional<Standing> standing = Optional.of(READER);

    private final Door door = new PatientDoor((room, token) -> token.equals("good")
            ? new Decision.Welcome(
                    new Principal("ada", "ada"),
                    Permit.of(Access.WRITE),
                    Optional.of("ada"),
                    END,
                    round -> standing.orElseThrow(() -> new UnavailableException("not now")))
            : new Decision.UnknownToken());

    @Test
    void whileTheDoorCannotSayWhatItSaidBeforeHolds() {
        Decision.Welcome in = (Decision.Welcome) door.ask("a", "good");
        Round round = new Round(true);
        standing = Optional.empty();
        assertThat(in.again().ask(round)).isEqualTo(new Standing.Welcome(Permit.of(Access.WRITE), END));
        standing = Optional.of(READER);
        assertThat(in.again().ask(round)).isEqualTo(READER);
        standing = Optional.empty();
        assertThat(in.again().ask(round)).isEqualTo(READER);
        standing = Optional.of(new Standing.Forbidden());
        assertThat(in.again().ask(round)).isEqualTo(new Standing.Forbidden());
    }

    @Test
    void whoeverComesIsAskedAboutAsBefore() {
        assertThat(door.ask("a", "bad")).isEqualTo(new Decision.UnknownToken());
        Decision.Welcome in = (Decision.Welcome) door.ask("a", "good");
        assertThat(List.of(in.principal().id(), in.access(), in.until())).containsExactly("ada", Access.WRITE, END);
    }
}
