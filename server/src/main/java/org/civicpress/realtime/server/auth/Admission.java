package org.civicpress.realtime.server.auth;

import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.server.auth.Door.Decision;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.room.Rooms;

/// Judges who knocks, in CivicPress's order: token present, address, room type, token valid, room, limits.
/// What is told to somebody who stays outside depends on it. Shared; asked on platform threads only, because
/// doors read the database.
public final class Admission {
    private final Rooms rooms;
    private final Map<String, Door> doors;
    private final ConnectionLimits limits;

    /// @param doors by room type
    public Admission(Rooms rooms, Map<String, Door> doors, ConnectionLimits limits) {
        this.rooms = rooms;
        this.doors = Map.copyOf(doors);
        this.limits = limits;
    }

    /// What was decided.
    public sealed interface Verdict {
        /// @param counted to be closed when the connection ends
        record Admitted(RoomId room, RoomType type, Decision.Welcome welcome, ConnectionLimits.Entry.Counted counted)
                implements Verdict {}

        /// @param error told in a text frame before the close
        record Refused(Optional<Problem> error, CloseCode code) implements Verdict {}

        /// @param code one of CivicPress's words for it
        record Problem(String code, String message) {
            static final Problem AUTH_FAILED = new Problem("AUTH_FAILED", "Authentication failed");
            static final Problem BAD_ADDRESS = new Problem("UNKNOWN_ERROR", "Invalid room URL format");
        }
    }

    public Verdict judge(Knock knock) {
        Optional<RoomAddress> address = RoomAddress.parse(knock.target());
        Optional<RoomType> type = address.flatMap(at -> rooms.type(at.type()));
        boolean text = type.isEmpty() || type.get().speaksText();
        if (knock.token().isEmpty()) {
            return refused(text, Verdict.Problem.AUTH_FAILED, CloseCode.NONE);
        }
        if (address.isEmpty()) {
            return refused(text, Verdict.Problem.BAD_ADDRESS, CloseCode.NONE);
        }
        Door door = doors.get(address.get().type());
        if (type.isEmpty() || door == null) {
            return new Verdict.Refused(
                    Optional.empty(),
                    CloseCode.roomTypeNotRegistered(address.get().type()));
        }
        return switch (door.ask(address.get().name(), knock.token().get())) {
            case Decision.UnknownToken() -> refused(text, Verdict.Problem.AUTH_FAILED, CloseCode.AUTH_FAILED);
            case Decision.Forbidden() -> refused(text, Verdict.Problem.AUTH_FAILED, CloseCode.PERMISSION_DENIED);
            case Decision.Welcome welcome ->
                count(knock, new RoomId(type.get().name(), address.get().name()), type.get(), welcome);
        };
    }

    private Verdict count(Knock knock, RoomId room, RoomType type, Decision.Welcome welcome) {
        return switch (limits.enter(knock.peer(), welcome.limitedAs(), room)) {
            case ConnectionLimits.Entry.Full(var code) -> new Verdict.Refused(Optional.empty(), code);
            case ConnectionLimits.Entry.Counted counted -> new Verdict.Admitted(room, type, welcome, counted);
        };
    }

    private static Verdict refused(boolean text, Verdict.Problem error, CloseCode code) {
        return new Verdict.Refused(text ? Optional.of(error) : Optional.empty(), code);
    }
}
