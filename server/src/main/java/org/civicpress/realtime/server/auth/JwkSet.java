package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keys under which others sign tokens, as a JWK set (RFC 7517) names them. Immutable.
///
/// ```
/// {"keys": [{"kty": "RSA", "kid": "…", "n": "…", "e": "…"},                 RS256, 2048 to 8192 bits
///           {"kty": "EC", "crv": "P-256", "kid": "…", "x": "…", "y": "…"},  ES256
///           {"kty": "oct", "kid": "…", "k": "…"}]}                          HS256, 32 bytes or more
/// ```
///
/// A key serves the one algorithm of its kind and no other, whatever a token says: so nobody can pass off a
/// public key as the secret of an HMAC. Keys that cannot serve, or are meant for something else (`use`,
/// `key_ops`, `alg`), are left out.
final class JwkSet {
    static final JwkSet EMPTY = new JwkSet(List.of(), List.of());
    static final int MAX_BYTES = 256 << 10;

    private static final int MAX_KEYS = 64;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final int MAX_EXPONENT_BITS = 64;
    private static final int MIN_SECRET_BYTES = 32;

    private final List<Key> keys;
    private final List<String> leftOut;

    /// @param verifier of this algorithm; may be used by many threads
    record Key(Optional<String> id, JWSAlgorithm algorithm, JWSVerifier verifier) {}

    private JwkSet(List<Key> keys, List<String> leftOut) {
        this.keys = List.copyOf(keys);
        this.leftOut = List.copyOf(leftOut);
    }

    /// @param mayHoldSecrets whether it comes from where nobody else can read it, so that its HMAC keys count
    /// @throws ParseException when it is not a JWK set, or too large
    static JwkSet parse(byte[] json, boolean mayHoldSecrets) throws ParseException {
        if (json.length > MAX_BYTES) {
            throw new ParseException("larger than " + MAX_BYTES + " bytes", 0);
        }
        Map<String, Object> set = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
        Map<String, Object>[] all = JSONObjectUtils.getJSONObjectArray(set, "keys");
        if (all == null) {
            throw new ParseException("no member \"keys\"", 0);
        }
        if (all.length > MAX_KEYS) {
            throw new ParseException("more than " + MAX_KEYS + " keys", 0);
        }
        List<Key> keys = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            try {
                keys.add(key(JWK.parse(all[i]), mayHoldSecrets));
            } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
                leftOut.add("key " + (i + 1) + (e instanceof Unfit ? " " + e.getMessage() : " cannot be read"));
            }
        }
        return new JwkSet(keys, leftOut);
    }

    private static Key key(JWK jwk, boolean mayHoldSecrets) throws JOSEException, Unfit {
        if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
            throw new Unfit("is not for signatures");
        }
        if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) {
            throw new Unfit("is not for verifying");
        }
        Optional<String> id = Optional.ofNullable(jwk.getKeyID());
        Key key = switch (jwk) {
            case RSAKey rsa -> new Key(id, JWSAlgorithm.RS256, rsa(rsa));
            case ECKey ec -> new Key(id, JWSAlgorithm.ES256, ec(ec));
            case OctetSequenceKey secret -> new Key(id, JWSAlgorithm.HS256, secret(secret, mayHoldSecrets));
            default -> throw new Unfit("is neither RSA, EC nor oct");
        };
        if (jwk.getAlgorithm() != null && !jwk.getAlgorithm().equals(key.algorithm())) {
            throw new Unfit("is for another algorithm than " + key.algorithm());
        }
        return key;
    }

    private static JWSVerifier rsa(RSAKey key) throws JOSEException, Unfit {
        int bits = key.getModulus().decodeToBigInteger().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new Unfit("has " + bits + " bits and not " + MIN_RSA_BITS + " to " + MAX_RSA_BITS);
        }
        BigInteger exponent = key.getPublicExponent().decodeToBigInteger();
        if (exponent.bitLength() < 2 || exponent.bitLength() > MAX_EXPONENT_BITS || !exponent.testBit(0)) {
            throw new Unfit("has an exponent that is none");
        }
        return new RSASSAVerifier(key.toRSAPublicKey());
    }

    private static JWSVerifier ec(ECKey key) throws JOSEException, Unfit {
        if (!key.getCurve().equals(Curve.P_256)) {
            throw new Unfit("is not of the curve P-256");
        }
        return new ECDSAVerifier(key.toECPublicKey());
    }

    private static JWSVerifier secret(OctetSequenceKey key, boolean mayHoldSecrets) throws JOSEException, Unfit {
        if (!mayHoldSecrets) {
            throw new Unfit("is a secret, which counts in a file only");
        }
        byte[] secret = key.toByteArray();
        if (secret.length < MIN_SECRET_BYTES) {
            throw new Unfit("has fewer than " + MIN_SECRET_BYTES + " bytes");
        }
        return new MACVerifier(secret);
    }

    /// The keys that a token may be signed with.
    ///
    /// @param id as the token names it; empty: any
    List<Key> fitting(JWSAlgorithm algorithm, Optional<String> id) {
        return keys.stream()
                .filter(key -> key.algorithm().equals(algorithm))
                .filter(key -> id.isEmpty() || key.id().equals(id))
                .toList();
    }

    /// Which of its keys do not count and why, for the log.
    List<String> leftOut() {
        return leftOut;
    }

    int size() {
        return keys.size();
    }

    /// Says for the log why a key does not count.
    private static final class Unfit extends ParseException {
        private static final long serialVersionUID = 1;

        Unfit(String why) {
            super(why, 0);
        }
    }
}
