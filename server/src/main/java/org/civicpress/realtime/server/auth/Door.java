package org.civicpress.realtime.server.auth;

import java.time.Instant;
import java.util.Optional;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;

/// Says who may enter the rooms of one type, and who may stay. Shared; asked on platform threads only, because it
/// may read the database.
public interface Door {
    /// @throws org.civicpress.realtime.server.ops.UnavailableException when it cannot be known now; whoever wants in
    ///     is told to come back
    Decision ask(String room, String token);

    /// What a door says to who comes.
    sealed interface Decision {
        /// @param limitedAs whose connections this one is counted among; empty when one cannot tell
        /// @param until when this ends if nothing ends it before
        /// @param again asks whether this still holds
        record Welcome(Principal principal, Permit permit, Optional<String> limitedAs, Instant until, Again again)
                implements Decision {
            public Access access() {
                return permit.access();
            }
        }

        /// The token is not valid.
        record UnknownToken() implements Decision {}

        /// There is no such room, or it is not for this person.
        record Forbidden() implements Decision {}
    }

    /// Asks about somebody who was let in. Shared; on platform threads only.
    interface Again {
        Standing ask(Round round);
    }

    /// What a door says about who is inside.
    sealed interface Standing {
        /// @param until when this ends if nothing ends it before
        record Welcome(Permit permit, Instant until) implements Standing {}

        /// @param reason one of CivicPress's words for it, as `logged-out`
        record SessionEnded(String reason) implements Standing {
            static final SessionEnded LOGGED_OUT = new SessionEnded("logged-out");
            static final SessionEnded ALL_ENDED = new SessionEnded("sessions-revoked");
            static final SessionEnded USER_DELETED = new SessionEnded("user-deleted");

            /// What everybody inside comes to in time.
            public static final SessionEnded EXPIRED = new SessionEnded("session-expired");
        }

        /// The room is there no more, or not for this person.
        record Forbidden() implements Standing {}
    }
}
