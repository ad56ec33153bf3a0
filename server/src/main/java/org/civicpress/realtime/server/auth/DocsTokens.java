package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.server.room.Access;

/// Tokens for rooms of type `docs`: a JWT, signed with HS256 under a key derived from the installation's
/// secret.
///
/// ```
/// docs    a document's name, or a pattern in which * stands for any characters
/// access  "read" or "write"
/// exp     when it ends
/// sub     who (may be absent)
/// ```
///
/// Shared.
public final class DocsTokens {
    private static final int MAX_TOKEN = 4096;

    private final MACSigner signer;
    private final MACVerifier verifier;
    private final Clock clock;

    /// What a token allows.
    public record Grant(String pattern, Access access, Instant expires, Optional<String> subject) {
        public boolean covers(String document) {
            return matches(pattern, document);
        }
    }

    /// Those of an installation.
    public static DocsTokens of(Installation installation, Clock clock) {
        return new DocsTokens(installation.derivedKey("realtime", "docs-jwt"), clock);
    }

    /// @param key 32 bytes
    DocsTokens(byte[] key, Clock clock) {
        try {
            signer = new MACSigner(key);
            verifier = new MACVerifier(key);
        } catch (KeyLengthException e) {
            throw new IllegalStateException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
        this.clock = clock;
    }

    /// @param access to read or to write
    public String sign(String pattern, Access access, Duration lifetime) {
        var claims = new JWTClaimsSet.Builder()
                .claim("docs", pattern)
                .claim("access", word(access))
                .expirationTime(Date.from(clock.instant().plus(lifetime)))
                .build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a token could not be signed", e);
        }
        return token.serialize();
    }

    private static String word(Access access) {
        return switch (access) {
            case READ -> "read";
            case WRITE -> "write";
            case NONE -> throw new IllegalArgumentException("a token for nothing");
        };
    }

    /// What the token allows; nothing when it is not ours, not complete, or not valid now.
    public Optional<Grant> verify(String token) {
        if (token.length() > MAX_TOKEN) {
            return Optional.empty();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(verifier)) {
                return Optional.empty();
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Instant now = clock.instant();
            if (claims.getNotBeforeTime() != null
                    && now.isBefore(claims.getNotBeforeTime().toInstant())) {
                return Optional.empty();
            }
            return grant(claims).filter(grant -> now.isBefore(grant.expires()));
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty(); // not a token
        }
    }

    private static Optional<Grant> grant(JWTClaimsSet claims) throws ParseException {
        String pattern = claims.getStringClaim("docs");
        String access = claims.getStringClaim("access");
        Date expires = claims.getExpirationTime();
        if (pattern == null || access == null || expires == null) {
            return Optional.empty();
        }
        Optional<String> subject = Optional.ofNullable(claims.getSubject());
        return switch (access) {
            case "read" -> Optional.of(new Grant(pattern, Access.READ, expires.toInstant(), subject));
            case "write" -> Optional.of(new Grant(pattern, Access.WRITE, expires.toInstant(), subject));
            default -> Optional.empty();
        };
    }

    /// Tries the last `*` again one character further whenever the rest does not fit, so that the work is at
    /// most the product of the lengths.
    static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int starName = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starName = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
