package org.civicpress.realtime.civicpress;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Values as JSON text for the database's columns. Made when first used: loading the library costs a start some
/// time.
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    static String write(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
