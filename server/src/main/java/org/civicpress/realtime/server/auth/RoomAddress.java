package org.civicpress.realtime.server.auth;

import java.util.Optional;

/// The room that a request names, as it stands in the request line. Immutable.
///
/// ```
/// target := "/realtime/" type "/" name [ ("/" | "?" | "#") anything ]
/// ```
///
/// That it begins with the configured path is asked before, and does not change this. Nothing is percent-decoded.
/// `record` is another word for `records`, `devices` for `device`.
public record RoomAddress(String type, String name) {
    /// What every address of a room begins with.
    public static final String ROOT = "/realtime";

    private static final String PREFIX = ROOT + "/";

    public static Optional<RoomAddress> parse(String target) {
        String plain = target.substring(0, end(target));
        if (!plain.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String[] segments = plain.substring(PREFIX.length()).split("/", 3);
        if (segments.length < 2 || segments[0].isEmpty() || segments[1].isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RoomAddress(typeNamed(segments[0]), segments[1]));
    }

    static String typeNamed(String word) {
        return switch (word) {
            case "record" -> "records";
            case "devices" -> "device";
            default -> word;
        };
    }

    private static int end(String target) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) == '?' || target.charAt(i) == '#') {
                return i;
            }
        }
        return target.length();
    }
}
