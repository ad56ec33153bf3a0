package org.civicpress.realtime.server.auth;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door of an embedding program, whose troubles are kept from those who came in by others: while it cannot say
/// whether somebody may stay, what it said before holds. Shared.
public record PatientDoor(Door door) implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(PatientDoor.class);

    @Override
    public Decision ask(String room, String token) {
        return switch (door.ask(room, token)) {
            case Decision.Welcome in ->
                new Decision.Welcome(
                        in.principal(),
                        in.permit(),
                        in.limitedAs(),
                        in.until(),
                        new Patient(room, in.again(), new Standing.Welcome(in.permit(), in.until())));
            case Decision.UnknownToken unknown -> unknown;
            case Decision.Forbidden forbidden -> forbidden;
        };
    }

    /// Asks about one who is inside. Its lock is held while the door is asked.
    private static final class Patient implements Again {
        private final String room;
        private final Again again;
        private Standing.Welcome before;
        private boolean isTroubled;

        Patient(String room, Again again, Standing.Welcome before) {
            this.room = room;
            this.again = again;
            this.before = before;
        }

        @Override
        public synchronized Standing ask(Round round) {
            try {
                Standing now = again.ask(round);
                isTroubled = false;
                if (now instanceof Standing.Welcome still) {
                    before = still;
                }
                return now;
            } catch (RuntimeException e) {
                if (!isTroubled) {
                    isTroubled = true;
                    LOG.warn("the door cannot say who of {} may stay; until it can, everybody does", room, e);
                }
                return before;
            }
        }
    }
}
