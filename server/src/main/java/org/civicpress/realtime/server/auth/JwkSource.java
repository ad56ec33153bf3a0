package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.civicpress.realtime.server.ops.UnavailableException;

/// Where the keys of others are kept. Shared; asked on platform threads only, because it reads and fetches.
interface JwkSource {
    /// The keys that a token may be signed with; none when there are none.
    ///
    /// @param id as the token names it; empty: any
    /// @throws UnavailableException when that cannot be known now
    List<JwkSet.Key> find(JWSAlgorithm algorithm, Optional<String> id);

    /// What is wrong with it, as far as that can be told without asking anybody else.
    Optional<String> trouble();

    /// @param location an https URL, on this machine http too; else a file
    /// @param base to which a relative path belongs
    /// @throws IllegalArgumentException when it is neither, with the rule
    static JwkSource of(String location, Path base, Clock clock) {
        try {
            return location.contains("://")
                    ? new JwkUrl(url(new URI(location)), clock, JwkUrl.TIMEOUT)
                    : new JwkFile(base.resolve(location), clock);
        } catch (URISyntaxException | InvalidPathException e) {
            throw new IllegalArgumentException("docs.jwks is neither a URL nor a path", e);
        }
    }

    private static URI url(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (host == null || url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("docs.jwks must be a URL with a host and without a password");
        }
        if (!scheme.equals("https") && !(scheme.equals("http") && isThisMachine(host))) {
            throw new IllegalArgumentException("docs.jwks must be an https URL: over http only from this machine");
        }
        return url;
    }

    private static boolean isThisMachine(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name, which may lead anywhere
        }
    }
}
