package org.civicpress.realtime.server.auth;

import java.util.regex.Pattern;
import org.civicpress.realtime.server.room.RoomType;

/// A kind of rooms that a server has: what they hold, and who may enter them. `records` and `docs` are two; a
/// program that embeds the server brings its own (`Server.Options.with`). Immutable.
///
/// What was said about a room type to the original realtime module is said here so:
///
/// | there | here |
/// |---|---|
/// | the name it is registered under | [RoomType#name], the part of the address before the room's own name |
/// | the factory that makes a room | [RoomType#find], what a new room begins with, and [RoomType#follow] |
/// | `authenticatesConnection` | always: [Door#ask] judges the token and says who it is of |
/// | `onConnect` | [Door#ask] lets in, or does not |
/// | `onPostConnect` | [org.civicpress.realtime.server.room.Conversation#onJoin] |
/// | `onMessage` | [org.civicpress.realtime.server.room.Conversation#onText]; frames of the document are the room's |
/// | `onDisconnect` | [org.civicpress.realtime.server.room.Conversation#onLeave] |
///
/// @param door asked on platform threads, by several at once
public record RoomKind(RoomType type, Door door) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    /// @throws IllegalArgumentException when the type's name is not lower-case letters, digits and `-`, beginning with
    ///     a letter; or when an address of that name is read as one of another
    public RoomKind {
        String name = type.name();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a kind of rooms cannot be called \"" + name
                    + "\": its name is lower-case letters, digits and -, begins with a letter and has at most 40");
        }
        if (!RoomAddress.typeNamed(name).equals(name)) {
            throw new IllegalArgumentException("a kind of rooms called \"" + name
                    + "\" cannot be reached: that is another word for " + RoomAddress.typeNamed(name));
        }
    }

    /// What its rooms are called, as in `records`.
    public String name() {
        return type.name();
    }
}
