package org.civicpress.realtime.server.net;

import java.util.Optional;
import org.civicpress.realtime.server.auth.Admission.Verdict.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON that connections, as opposed to rooms, say and hear in text frames.
///
/// ```
/// ping  := {"type":"ping"}
/// pong  := {"type":"pong","timestamp":<ms>}
/// error := {"type":"control","event":"error","error":{"code":"<CODE>","message":"<text>"}}
/// ```
final class TextFrames {
    /// Longer ones are no pings.
    private static final int MAX_PING = 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private TextFrames() {}

    static boolean isPing(String text) {
        if (text.length() > MAX_PING) {
            return false;
        }
        return parse(text)
                .map(json -> json.path("type"))
                .filter(JsonNode::isString)
                .filter(type -> type.stringValue().equals("ping"))
                .isPresent();
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            return Optional.ofNullable(JSON.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    static String pong(long nowMillis) {
        return "{\"type\":\"pong\",\"timestamp\":" + nowMillis + "}";
    }

    static String error(Problem problem) {
        return "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"" + problem.code() + "\",\"message\":\""
                + problem.message() + "\"}}";
    }
}
