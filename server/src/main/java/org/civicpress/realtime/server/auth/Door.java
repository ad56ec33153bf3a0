package org.civicpress.realtime.server.auth;

import java.util.Optional;
import java.util.function.Supplier;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Principal;

/// Says who may enter the rooms of one type. Shared; asked on platform threads only, because it may read the
/// database.
public interface Door {
    Decision ask(String room, String token);

    /// What a door says.
    sealed interface Decision {
        /// @param limitedAs whose connections this one is counted among; empty when one cannot tell
        /// @param again asks whether this still holds
        record Welcome(Principal principal, Access access, Optional<String> limitedAs, Supplier<Decision> again)
                implements Decision {}

        /// The token is not valid, or no longer.
        record UnknownToken() implements Decision {}

        /// There is no such room, or it is not for this person.
        record Forbidden() implements Decision {}
    }
}
