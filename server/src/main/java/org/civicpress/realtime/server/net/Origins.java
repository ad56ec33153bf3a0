package org.civicpress.realtime.server.net;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The origins whose pages may speak to this server, by the header `Origin` that every browser sends with a WebSocket
/// and with what changes something. Immutable.
///
/// ```
/// entry := scheme "://" [ "*." ] host [ ":" port ]
/// ```
///
/// `*.` stands for one or more further names, and not for none. A port that is left out is the scheme's own. Scheme and
/// host are compared without regard to case.
final class Origins {
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://((?:\\*\\.)?[a-z0-9_.-]+|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final List<Origin> allowed;

    private record Origin(String scheme, String host, int port) {
        boolean covers(Origin other) {
            return scheme.equals(other.scheme)
                    && port == other.port
                    && (host.startsWith("*.") ? other.host.endsWith(host.substring(1)) : host.equals(other.host));
        }
    }

    /// @param entries none: every origin may
    /// @throws IllegalArgumentException when one of them is no origin
    Origins(List<String> entries) {
        allowed = entries.stream()
                .map(entry -> parse(entry).orElseThrow(() -> new IllegalArgumentException("not an origin: " + entry)))
                .toList();
    }

    /// @param origin absent for who is no browser
    /// @param host the request's header `Host`: a page of this server's own may always
    boolean allows(@Nullable String origin, @Nullable String host) {
        if (origin == null || allowed.isEmpty()) {
            return true;
        }
        Optional<Origin> from = parse(origin).filter(parsed -> !parsed.host.startsWith("*"));
        return from.isPresent()
                && (isOwn(from.get(), host) || allowed.stream().anyMatch(entry -> entry.covers(from.get())));
    }

    private static boolean isOwn(Origin origin, @Nullable String host) {
        return host != null
                && parse(origin.scheme + "://" + host).filter(origin::equals).isPresent();
    }

    private static Optional<Origin> parse(String text) {
        Matcher matcher = ORIGIN.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String scheme = matcher.group(1);
        String port = matcher.group(3);
        int number = port != null ? Integer.parseInt(port) : scheme.equals("https") ? HTTPS : HTTP;
        return Optional.of(new Origin(scheme, matcher.group(2), number));
    }
}
