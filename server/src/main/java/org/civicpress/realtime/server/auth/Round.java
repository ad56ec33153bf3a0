package org.civicpress.realtime.server.auth;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.server.auth.RecordsDoor.Known;

/// One time of asking again for everybody who is inside. What was looked up for one is not looked up for the next.
/// Confined to its user.
public final class Round {
    private final boolean isThorough;

    /// By the session's id.
    final Map<String, Sessions.Standing> sessions = new HashMap<>();

    /// By the record's id.
    final Map<String, Optional<Known>> records = new HashMap<>();

    /// @param isThorough to look at that too which is not expected to have changed
    public Round(boolean isThorough) {
        this.isThorough = isThorough;
    }

    public boolean isThorough() {
        return isThorough;
    }
}
