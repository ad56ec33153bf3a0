package org.civicpress.realtime.protocol;

import java.util.Optional;

/// Why a connection ends, as its other end is told. The codes are those of CivicPress; `docs/protocol.md` has the
/// table with what a client makes of each. Immutable.
///
/// @param code 1005 stands for a close frame without a code
/// @param reason at most 123 bytes of UTF-8
public record CloseCode(int code, String reason) {
    /// No code at all: what CivicPress does when the address or the token is missing.
    public static final CloseCode NONE = new CloseCode(1005, "");

    public static final CloseCode NORMAL = new CloseCode(1000, "");

    /// The server is stopping.
    public static final CloseCode GOING_AWAY = new CloseCode(1001, "");

    /// A frame is not what it claims to be.
    public static final CloseCode MALFORMED = new CloseCode(1007, "{\"code\":\"INVALID_YJS_UPDATE\"}");

    public static final CloseCode RATE_LIMIT = new CloseCode(1008, "Rate limit exceeded");

    /// Something went wrong here with what the client said.
    public static final CloseCode FAILED = new CloseCode(1011, "");

    public static final CloseCode TOO_BIG = new CloseCode(1009, "");

    /// The token is not valid, or no longer.
    public static final CloseCode AUTH_FAILED = new CloseCode(4001, "{\"code\":\"AUTH_FAILED\"}");

    /// The session that the token is of is over.
    ///
    /// @param reason one of CivicPress's words for it, as `logged-out`
    public static CloseCode sessionRevoked(Optional<String> reason) {
        return new CloseCode(
                4001,
                "{\"code\":\"SESSION_REVOKED\""
                        + reason.map(given -> ",\"reason\":\"" + plain(given) + "\"")
                                .orElse("") + "}");
    }

    /// No such record, or not for this person: one cannot tell.
    public static final CloseCode PERMISSION_DENIED = new CloseCode(4003, "{\"code\":\"PERMISSION_DENIED\"}");

    /// The page comes from somewhere whose pages may not connect.
    public static final CloseCode ORIGIN_NOT_ALLOWED = new CloseCode(4003, "{\"code\":\"ORIGIN_NOT_ALLOWED\"}");

    /// Nothing is wrong with you; come back.
    public static final CloseCode TRY_AGAIN = new CloseCode(4503, "");

    /// The client's document is of an older generation of the room. Final: 4400 to 4499 are to y-websocket.
    ///
    /// @param isKept whether what was new in it was kept as a proposal
    public static CloseCode stale(boolean isKept) {
        return new CloseCode(4409, "{\"code\":\"GENERATION_STALE\",\"kept\":" + isKept + "}");
    }

    public static CloseCode roomTypeNotRegistered(String type) {
        return new CloseCode(4004, "{\"code\":\"ROOM_TYPE_NOT_REGISTERED\",\"roomType\":\"" + plain(type) + "\"}");
    }

    /// @param whose `per-ip`, `per-user` or `per-room`
    public static CloseCode connectionLimit(String whose, int limit) {
        return new CloseCode(
                4029,
                "{\"code\":\"CONNECTION_LIMIT_EXCEEDED\",\"reason\":\"" + whose + " connection limit reached (" + limit
                        + ")\"}");
    }

    /// An edit would have made the document too large.
    ///
    /// @param limit in bytes
    public static CloseCode documentTooLarge(long limit) {
        return new CloseCode(
                4013, "{\"code\":\"DOCUMENT_TOO_LARGE\",\"reason\":\"document limit reached (" + limit + " bytes)\"}");
    }

    /// What came from an address, fit to stand in JSON and in a close frame.
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 50); i++) {
            char c = text.charAt(i);
            plain.append(c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?');
        }
        return plain.toString();
    }
}
