package org.civicpress.realtime.server.room;

import java.util.List;

/// What somebody may do in a room, and why not more. Immutable.
///
/// @param reasons for not being allowed to write, in words for people; none when that needs no explanation
public record Permit(Access access, List<String> reasons) {
    public Permit {
        reasons = List.copyOf(reasons);
    }

    public static Permit of(Access access) {
        return new Permit(access, List.of());
    }
}
