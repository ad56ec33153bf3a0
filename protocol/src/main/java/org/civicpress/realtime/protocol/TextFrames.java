package org.civicpress.realtime.protocol;

import java.util.List;
import java.util.stream.Collectors;

/// The JSON that the server says in text frames, beside the binary ones.
///
/// ```
/// {"type":"control","event":"connection.ack","roomId":"…","clientId":"…"}
/// {"type":"control","event":"error","error":{"code":"…","message":"…"}}
/// {"type":"control","event":"warning","warning":{"code":"…","message":"…"}}
/// {"type":"control","event":"session.revoked","reason":"…"}
/// {"type":"control","event":"read-only","reasons":["…", …]}
/// {"type":"control","event":"editable"}
/// {"type":"control","event":"draft","written":false,"reason":"…"}
/// {"type":"control","event":"draft","written":true}
/// {"type":"pong","timestamp":…}
/// ```
public final class TextFrames {
    /// The reason of a revoked session when none was given.
    public static final String SESSION_REVOKED = "session_revoked";

    private TextFrames() {}

    public static String ack(String room, String client) {
        return "{\"type\":\"control\",\"event\":\"connection.ack\",\"roomId\":" + string(room) + ",\"clientId\":"
                + string(client) + "}";
    }

    /// @param code one of CivicPress's, as `AUTH_FAILED`
    public static String error(String code, String message) {
        return "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":" + string(code) + ",\"message\":"
                + string(message) + "}}";
    }

    /// What will end the connection if it goes on.
    ///
    /// @param code as `RATE_LIMIT`
    public static String warning(String code, String message) {
        return "{\"type\":\"control\",\"event\":\"warning\",\"warning\":{\"code\":" + string(code) + ",\"message\":"
                + string(message) + "}}";
    }

    /// The session of who is told is over; a close follows.
    public static String sessionRevoked(String reason) {
        return "{\"type\":\"control\",\"event\":\"session.revoked\",\"reason\":" + string(reason) + "}";
    }

    /// The document may not be edited, or no longer.
    ///
    /// @param reasons in words for people; may be none
    public static String readOnly(List<String> reasons) {
        return "{\"type\":\"control\",\"event\":\"read-only\",\"reasons\":"
                + reasons.stream().map(TextFrames::string).collect(Collectors.joining(",", "[", "]")) + "}";
    }

    /// The document may be edited, after it could not be.
    public static String editable() {
        return "{\"type\":\"control\",\"event\":\"editable\"}";
    }

    /// The draft does not follow the document, in words for people.
    public static String draftStuck(String reason) {
        return "{\"type\":\"control\",\"event\":\"draft\",\"written\":false,\"reason\":" + string(reason) + "}";
    }

    /// The draft follows the document again.
    public static String draftWritten() {
        return "{\"type\":\"control\",\"event\":\"draft\",\"written\":true}";
    }

    /// Accepted edits are not durable, although it is time.
    ///
    /// @param reason a sentence for people
    public static String notSaved(String reason) {
        return "{\"type\":\"control\",\"event\":\"saving\",\"saved\":false,\"reason\":" + string(reason) + "}";
    }

    /// All accepted edits are durable again.
    public static String savedAgain() {
        return "{\"type\":\"control\",\"event\":\"saving\",\"saved\":true}";
    }

    /// How many proposals wait for a person.
    public static String proposals(int count) {
        return "{\"type\":\"control\",\"event\":\"proposals\",\"count\":" + count + "}";
    }

    public static String pong(long timeMillis) {
        return "{\"type\":\"pong\",\"timestamp\":" + timeMillis + "}";
    }

    static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
