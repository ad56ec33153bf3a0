package org.civicpress.realtime.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.net.HttpAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Answers in CivicPress's envelope.
///
/// ```
/// success := {"success":true,"data":…}
/// failure := {"success":false,"error":{"message":…,"code":…}}
/// ```
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String TYPE = "application/json; charset=utf-8";

    private Json() {}

    static HttpAnswer success(Object data) {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("success", true);
        envelope.put("data", data);
        return plain(200, envelope);
    }

    static HttpAnswer failure(int status, String code, String message) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("code", code);
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("success", false);
        envelope.put("error", error);
        return plain(status, envelope);
    }

    static HttpAnswer notFound() {
        return failure(404, "NOT_FOUND", "Not found");
    }

    /// Nobody is known by the token that came, or none came.
    static HttpAnswer authRequired() {
        return failure(401, "AUTH_REQUIRED", "Authentication required");
    }

    static HttpAnswer methodNotAllowed() {
        return failure(405, "METHOD_NOT_ALLOWED", "Method not allowed");
    }

    /// Without an envelope.
    static HttpAnswer plain(int status, Object value) {
        return HttpAnswer.of(status, TYPE, Bytes.wrap(MAPPER.writeValueAsBytes(value)))
                .with("cache-control", "no-store");
    }

    /// What a text of JSON holds.
    static JsonNode tree(String text) {
        return MAPPER.readTree(text);
    }

    /// A text field of a JSON object.
    static Optional<String> text(Bytes body, String field) {
        try {
            JsonNode value = MAPPER.readTree(body.toArray()).path(field);
            return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
