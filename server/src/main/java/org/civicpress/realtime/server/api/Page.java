package org.civicpress.realtime.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.net.HttpAnswer;

/// The editor page: files that the build has put on the class path under `web/`. Files under `assets/` carry
/// a hash in their name and are kept by browsers for ever; the others are asked for again each time. Shared.
final class Page {
    private static final String FOLDER = "/web/";
    private static final String INDEX = "index.html";

    /// What may follow the first slash. A part of a path begins with a letter or a digit, so none leads
    /// upwards.
    private static final Pattern PATH = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*");

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("woff", "font/woff"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    /// Style attributes are allowed: without them a browser hides what is bold and italic in pasted text.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private final Map<String, HttpAnswer> files = new ConcurrentHashMap<>();

    /// @param path as in `/assets/index-4f2a.js`
    Optional<HttpAnswer> find(String path) {
        String name = path.equals("/") ? INDEX : path.substring(1);
        HttpAnswer known = files.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<HttpAnswer> found = load(name);
        found.ifPresent(file -> files.put(name, file));
        return found;
    }

    private static Optional<HttpAnswer> load(String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || !PATH.matcher(name).matches()) {
            return Optional.empty();
        }
        try (InputStream in = Page.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                return Optional.empty();
            }
            HttpAnswer file = HttpAnswer.of(200, type, Bytes.wrap(in.readAllBytes()))
                    .with("content-security-policy", POLICY)
                    .with("referrer-policy", "no-referrer")
                    .with(
                            "cache-control",
                            name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
            return Optional.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
