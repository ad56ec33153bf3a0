package org.civicpress.realtime.civicpress;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Values as JSON text for the database's columns. Made when first used: loading the library costs a start some
/// time.
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    static String write(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// The members of a JSON object; none when it is not one.
    static Map<?, ?> map(byte[] json) {
        try {
            return MAPPER.readValue(json, Map.class);
        } catch (JacksonException e) {
            return Map.of();
        }
    }
}
