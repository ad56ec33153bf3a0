package org.civicpress.realtime.server.net;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What is answered to an [HttpCall]. Immutable.
public record HttpAnswer(int status, Map<String, String> headers, Bytes body) {
    public HttpAnswer {
        headers = Map.copyOf(headers);
    }

    public static HttpAnswer of(int status, String contentType, Bytes body) {
        return new HttpAnswer(status, Map.of("content-type", contentType, "x-content-type-options", "nosniff"), body);
    }

    public static HttpAnswer text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    public HttpAnswer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new HttpAnswer(status, more, body);
    }
}
