package org.civicpress.realtime.server.store;

import org.civicpress.realtime.server.room.RoomId;
import org.jspecify.annotations.Nullable;

/// What of a Java string can be kept in every database: Unicode without NUL, which PostgreSQL refuses, and without
/// lone surrogates, which have no UTF-8 and would all become the same question mark.
final class StoredText {
    private static final char REPLACEMENT = '\uFFFD';

    private StoredText() {}

    /// A room's name, which must stay what it is: two names are two rooms.
    ///
    /// @throws IllegalArgumentException when it cannot be kept
    static String name(RoomId room) {
        if (!room.name().equals(of(room.name()))) {
            throw new IllegalArgumentException("a room's name must be Unicode text without NUL");
        }
        return room.name();
    }

    /// Something said about a change; what cannot be kept of it is replaced.
    static @Nullable String of(@Nullable String text) {
        if (text == null) {
            return null;
        }
        StringBuilder kept = new StringBuilder(text);
        for (int i = 0; i < kept.length(); i++) {
            char unit = kept.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < kept.length()
                    && Character.isLowSurrogate(kept.charAt(i + 1))) {
                i++;
            } else if (unit == 0 || Character.isSurrogate(unit)) {
                kept.setCharAt(i, REPLACEMENT);
            }
        }
        return kept.toString();
    }
}
