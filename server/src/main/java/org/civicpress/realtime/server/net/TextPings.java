package org.civicpress.realtime.server.net;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What every client may say in a text frame: `{"type":"ping"}`. What else it says is for the room.
final class TextPings {
    /// Longer ones are no pings.
    private static final int MAX_LENGTH = 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private TextPings() {}

    static boolean isPing(String text) {
        return text.length() <= MAX_LENGTH
                && parse(text)
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
}
