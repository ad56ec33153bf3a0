package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Somebody else who signs tokens, with a key of its own. Immutable.
///
/// @param key with its private part
record Issuer(JWSAlgorithm algorithm, JWK key) {
    static Issuer rsa(String id) {
        try {
            return new Issuer(
                    JWSAlgorithm.RS256, new RSAKeyGenerator(2048).keyID(id).generate());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static Issuer ec(String id) {
        try {
            return new Issuer(
                    JWSAlgorithm.ES256,
                    new ECKeyGenerator(Curve.P_256).keyID(id).generate());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static Issuer secret(String id) {
        try {
            return new Issuer(
                    JWSAlgorithm.HS256,
                    new OctetSequenceKeyGenerator(256).keyID(id).generate());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /// As it publishes its keys; secrets are in it.
    static String set(Issuer... issuers) {
        return Arrays.stream(issuers)
                .map(issuer -> issuer.key() instanceof OctetSequenceKey secret
                        ? secret.toJSONString()
                        : issuer.key().toPublicJWK().toJSONString())
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    String sign(JWTClaimsSet claims) {
        return sign(header().build(), claims);
    }

    /// Names no key.
    String signUnnamed(JWTClaimsSet claims) {
        return sign(new JWSHeader(algorithm), claims);
    }

    JWSHeader.Builder header() {
        return new JWSHeader.Builder(algorithm).keyID(key.getKeyID());
    }

    String sign(JWSHeader header, JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer());
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private JWSSigner signer() throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> new RSASSASigner(rsa);
            case ECKey ec -> new ECDSASigner(ec);
            case OctetSequenceKey secret -> new MACSigner(secret);
            default -> throw new IllegalStateException(String.valueOf(key.getKeyType()));
        };
    }
}
