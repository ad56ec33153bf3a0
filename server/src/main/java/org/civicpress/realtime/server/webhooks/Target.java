package org.civicpress.realtime.server.webhooks;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.hooks.EventPattern;

/// Who is told of events. Immutable. Its URL may hold a secret: what may be seen of it is [#shown].
///
/// @param url as it stands in `realtime.yml`
record Target(URI url, List<EventPattern> events) {
    Target {
        events = List.copyOf(events);
    }

    /// Those that `realtime.yml` names; one that it names twice is told of what either wants.
    static List<Target> of(RealtimeConfig.Webhooks config) {
        Map<URI, List<EventPattern>> events = new LinkedHashMap<>();
        for (RealtimeConfig.Webhooks.Target one : config.targets()) {
            List<EventPattern> wanted = events.computeIfAbsent(URI.create(one.url()), ignored -> new ArrayList<>());
            one.events().forEach(event -> wanted.add(new EventPattern(event)));
        }
        return events.entrySet().stream()
                .map(one -> new Target(one.getKey(), one.getValue()))
                .toList();
    }

    boolean wants(String event) {
        return events.stream().anyMatch(pattern -> pattern.matches(event));
    }

    /// What it is known by in the file.
    String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(url.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Scheme, host, port and path.
    String shown() {
        String path = url.getRawPath();
        return url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost()
                + (url.getPort() < 0 ? "" : ":" + url.getPort())
                + (path == null ? "" : path);
    }

    @Override
    public String toString() {
        return shown();
    }
}
