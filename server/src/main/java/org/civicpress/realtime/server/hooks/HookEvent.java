package org.civicpress.realtime.server.hooks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// An event as a listener hears it. Immutable.
///
/// @param name `realtime:room:created`, for example
/// @param timeMillis when it happened, since the epoch
/// @param payload texts and whole numbers, in order
public record HookEvent(String name, long timeMillis, Map<String, Object> payload) {
    public HookEvent {
        payload = Collections.unmodifiableMap(new LinkedHashMap<>(payload));
    }
}
