package org.civicpress.realtime.server.auth;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Somebody at the door: which room, with which token, from where. Immutable; not to be logged.
///
/// @param target as it stands in the request line
/// @param peer the address at the other end
public record Knock(String target, Optional<String> token, String peer) {
    private static final String BEARER = "Bearer ";
    private static final String SUBPROTOCOL = "auth.";
    private static final int LONGER_THAN_ANY_NAME = 20;

    /// The token is in the header `Authorization`, else in the first subprotocol that is marked as one or is
    /// longer than any subprotocol's name: what a browser can send.
    ///
    /// @param subprotocols in the order in which they were offered
    public static Knock of(String target, @Nullable String authorization, List<String> subprotocols, String peer) {
        return new Knock(target, bearer(authorization).or(() -> among(subprotocols)), peer);
    }

    /// The token in a header `Authorization`.
    public static Optional<String> bearer(@Nullable String authorization) {
        return Optional.ofNullable(authorization)
                .filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(token -> !token.isEmpty());
    }

    private static Optional<String> among(List<String> subprotocols) {
        for (String offered : subprotocols) {
            if (offered.startsWith(SUBPROTOCOL) && offered.length() > SUBPROTOCOL.length()) {
                return Optional.of(offered.substring(SUBPROTOCOL.length()));
            }
            if (offered.length() > LONGER_THAN_ANY_NAME && offered.indexOf('/') < 0 && offered.indexOf(' ') < 0) {
                return Optional.of(offered);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "Knock[" + peer + "]";
    }
}
