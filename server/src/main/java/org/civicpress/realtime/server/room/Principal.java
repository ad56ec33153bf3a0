package org.civicpress.realtime.server.room;

import java.util.Optional;

/// Who is at the other end. Immutable.
///
/// @param id stable, in the words of the room type: a CivicPress user id as text, the subject of a JWT
/// @param name the user name; for logs
/// @param displayName under which others see this person; empty when it is not known
public record Principal(String id, String name, Optional<String> displayName) {
    public Principal(String id, String name) {
        this(id, name, Optional.empty());
    }
}
