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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Access;

/// Tokens for rooms of type `docs`: JWTs with the claims of [DocsClaims]. They are either our own, signed with
/// HS256 under a key derived from the installation's secret, or those of others, signed with RS256, ES256 or
/// HS256 under a key of a JWK set ([JwkSet]).
///
/// Which keys are tried depends on the algorithm and `kid` that the token names, and on nothing else that it
/// says: keys and addresses of keys in a token are not looked at. No other algorithm is taken, `none` neither.
///
/// Shared; tokens are verified on platform threads only, because keys may have to be fetched.
public final class DocsTokens {
    private static final int MAX_TOKEN = 8192;
    private static final int MAX_TRIED = 8;
    private static final Duration LEEWAY = Duration.ofSeconds(30);
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.HS256, JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private final MACSigner signer;
    private final MACVerifier verifier;
    private final Others others;
    private final Clock clock;

    /// What a token is to allow.
    ///
    /// @param docs patterns of the names of documents
    /// @param access to read or to write
    /// @param subject who; whoever has the same one is counted together
    /// @param name how that person is called
    public record Wish(
            List<String> docs, Access access, Duration lifetime, Optional<String> subject, Optional<String> name) {
        public Wish {
            docs = List.copyOf(docs);
        }
    }

    /// Whose tokens count beside our own.
    ///
    /// @param keys none: nobody's
    /// @param issuer which `iss` they need, and ours get
    /// @param audience which `aud` they need, and ours get
    record Others(Optional<JwkSource> keys, Optional<String> issuer, Optional<String> audience) {
        static final Others NOBODY = new Others(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// Those of an installation, as its `realtime.yml` has them.
    ///
    /// @throws IllegalArgumentException when `docs.jwks` is wrong, with the rule
    public static DocsTokens of(Installation installation, Clock clock) {
        RealtimeConfig.Docs docs = installation.realtimeConfig().docs();
        return new DocsTokens(
                installation.derivedKey("realtime", "docs-jwt"),
                new Others(
                        docs.jwks().map(at -> JwkSource.of(at, installation.systemData(), clock)),
                        docs.issuer(),
                        docs.audience()),
                clock);
    }

    /// @param key 32 bytes
    DocsTokens(byte[] key, Others others, Clock clock) {
        try {
            signer = new MACSigner(key);
            verifier = new MACVerifier(key);
        } catch (KeyLengthException e) {
            throw new IllegalStateException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
        this.others = others;
        this.clock = clock;
    }

    /// What is wrong with the keys of others, as far as that can be told without asking anybody.
    public Optional<String> trouble() {
        return others.keys().flatMap(JwkSource::trouble);
    }

    /// A token of our own for whoever has it.
    public String sign(String pattern, Access access, Duration lifetime) {
        return sign(new Wish(List.of(pattern), access, lifetime, Optional.empty(), Optional.empty()));
    }

    /// A token of our own.
    ///
    /// @throws IllegalArgumentException when it would be too long, or not be taken for another reason
    public String sign(Wish wish) {
        Instant now = clock.instant();
        JWTClaimsSet claims = DocsClaims.write(wish, now, others.issuer(), others.audience());
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a token could not be signed", e);
        }
        String text = token.serialize();
        if (verify(text).isEmpty()) {
            throw new IllegalArgumentException("patterns, subject or name are too long, too many, or not in one line");
        }
        return text;
    }

    /// What the token allows; nothing when it is of nobody known, not complete, or not valid now.
    ///
    /// @throws UnavailableException when that cannot be known now
    public Optional<DocsGrant> verify(String token) {
        if (token.length() > MAX_TOKEN) {
            return Optional.empty();
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            if (!ALGORITHMS.contains(header.getAlgorithm()) || header.getCriticalParams() != null) {
                return Optional.empty();
            }
            if (header.getAlgorithm().equals(JWSAlgorithm.HS256) && header.getKeyID() == null && jwt.verify(verifier)) {
                return DocsClaims.read(jwt.getJWTClaimsSet(), clock.instant(), Duration.ZERO);
            }
            // The claims come first: a token that is over needs no keys.
            Optional<DocsGrant> grant = DocsClaims.read(jwt.getJWTClaimsSet(), clock.instant(), LEEWAY);
            return grant.isPresent() && isOfOthers(jwt) ? grant : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            return Optional.empty(); // not a token
        }
    }

    private boolean isOfOthers(SignedJWT jwt) throws ParseException, JOSEException {
        if (others.keys().isEmpty()) {
            return false;
        }
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        if (others.issuer().isPresent() && !others.issuer().get().equals(claims.getIssuer())) {
            return false;
        }
        if (others.audience().isPresent()
                && !claims.getAudience().contains(others.audience().get())) {
            return false;
        }
        JWSHeader header = jwt.getHeader();
        List<JwkSet.Key> keys = others.keys().get().find(header.getAlgorithm(), Optional.ofNullable(header.getKeyID()));
        for (JwkSet.Key key : keys.subList(0, Math.min(keys.size(), MAX_TRIED))) {
            if (jwt.verify(key.verifier())) {
                return true;
            }
        }
        return false;
    }
}
