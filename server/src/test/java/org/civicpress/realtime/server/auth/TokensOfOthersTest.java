package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.civicpress.realtime.server.auth.DocsTokens.Others;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.Test;

/// Good and forged tokens of others, with real keys.
class TokensOfOthersTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final byte[] OWN_KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Issuer RSA = Issuer.rsa("rsa-1");
    private static final Issuer EC = Issuer.ec("ec-1");
    private static final Issuer SECRET = Issuer.secret("secret-1");
    private static final List<Issuer> ALL = List.of(RSA, EC, SECRET);

    private final DocsTokens tokens = knowing(Issuer.set(RSA, EC, SECRET));

    private static DocsTokens knowing(String set) {
        return knowing(set, Optional.empty(), Optional.empty());
    }

    private static DocsTokens knowing(String set, Optional<String> issuer, Optional<String> audience) {
        return new DocsTokens(
                OWN_KEY, new Others(Optional.of(known(set)), issuer, audience), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /// As from a file.
    private static JwkSource known(String set) {
        JwkSet keys = parse(set, true);
        return new JwkSource() {
            @Override
            public List<JwkSet.Key> find(JWSAlgorithm algorithm, Optional<String> id) {
                return keys.fitting(algorithm, id);
            }

            @Override
            public Optional<String> trouble() {
                return Optional.empty();
            }
        };
    }

    private static JwkSet parse(String set, boolean mayHoldSecrets) {
        try {
            return JwkSet.parse(set.getBytes(StandardCharsets.UTF_8), mayHoldSecrets);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("ada")
                .claim("name", "Ada Marsh")
                .claim("docs", "minutes-*")
                .claim("access", "write")
                .expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    private static JWTClaimsSet with(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(claims()).build();
    }

    @Test
    void eachAlgorithmIsTakenUnderAKeyOfItsKind() {
        for (Issuer issuer : ALL) {
            for (String token : List.of(issuer.sign(claims().build()), issuer.signUnnamed(claims().build()))) {
                assertThat(tokens.verify(token)).as("%s", issuer.algorithm()).hasValueSatisfying(grant -> {
                    assertThat(grant.to("minutes-2026")).isEqualTo(Access.WRITE);
                    assertThat(grant.to("budget")).isEqualTo(Access.NONE);
                    assertThat(grant.subject()).contains("ada");
                    assertThat(grant.name()).contains("Ada Marsh");
                });
            }
        }
    }

    @Test
    void aKeyThatIsNotInTheSetCountsForNothing() {
        for (Issuer stranger : List.of(Issuer.rsa("rsa-1"), Issuer.ec("ec-1"), Issuer.secret("secret-1"))) {
            assertThat(tokens.verify(stranger.sign(claims().build()))).isEmpty();
            assertThat(tokens.verify(stranger.signUnnamed(claims().build()))).isEmpty();
        }
        assertThat(tokens.verify(RSA.sign(RSA.header().keyID("unknown").build(), claims().build())))
                .isEmpty();
        assertThat(tokens.verify(RSA.sign(RSA.header().keyID("ec-1").build(), claims().build())))
                .as("the name of a key of another kind")
                .isEmpty();
    }

    @Test
    void aChangedLetterAnywhereMakesItWorthless() {
        for (Issuer issuer : ALL) {
            String token = issuer.sign(claims().build());
            String[] parts = token.split("\\.");
            String more = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                    .replace("minutes-*", "*");
            String forged = parts[0] + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(more.getBytes(StandardCharsets.UTF_8))
                    + "." + parts[2];
            assertThat(tokens.verify(forged)).isEmpty();
            byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
            signature[signature.length / 2] ^= 1;
            assertThat(tokens.verify(parts[0] + "." + parts[1] + "."
                            + Base64.getUrlEncoder().withoutPadding().encodeToString(signature)))
                    .isEmpty();
            assertThat(tokens.verify(parts[0] + "." + parts[1] + ".")).isEmpty();
            byte[] zeros = new byte[signature.length];
            assertThat(tokens.verify(parts[0] + "." + parts[1] + "."
                            + Base64.getUrlEncoder().withoutPadding().encodeToString(zeros)))
                    .as("a signature of nothing")
                    .isEmpty();
        }
    }

    @Test
    void aTokenWithoutASignatureIsRefused() {
        assertThat(tokens.verify(new PlainJWT(claims().build()).serialize())).isEmpty();
        for (String none : List.of("none", "None", "NONE", "nOnE")) {
            String head = "{\"alg\":\"" + none + "\",\"kid\":\"rsa-1\"}";
            assertThat(tokens.verify(Base64.getUrlEncoder()
                                    .withoutPadding()
                                    .encodeToString(head.getBytes(StandardCharsets.UTF_8))
                            + "." + claims().build().toPayload().toBase64URL() + "."))
                    .as(none)
                    .isEmpty();
        }
    }

    /// The oldest trick: a public key, which everybody knows, as the secret of an HMAC.
    @Test
    void aPublicKeyIsNoSecret() throws Exception {
        List<byte[]> publicKeys = List.of(
                RSA.key().toRSAKey().toRSAPublicKey().getEncoded(),
                pem(RSA.key().toRSAKey().toRSAPublicKey().getEncoded()),
                RSA.key().toRSAKey().getModulus().decode(),
                RSA.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
                EC.key().toECKey().toECPublicKey().getEncoded(),
                pem(EC.key().toECKey().toECPublicKey().getEncoded()),
                EC.key().toECKey().getX().decode());
        for (byte[] key : publicKeys) {
            for (String id : new String[] {"rsa-1", "ec-1", null}) {
                SignedJWT token = new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(id).build(), claims().build());
                token.sign(new MACSigner(key));
                assertThat(tokens.verify(token.serialize())).isEmpty();
            }
        }
    }

    private static byte[] pem(byte[] key) {
        return ("-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                        + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aKeyServesOneAlgorithmOnly() throws Exception {
        RSAKey rsa = RSA.key().toRSAKey();
        for (JWSAlgorithm other :
                List.of(JWSAlgorithm.RS384, JWSAlgorithm.RS512, JWSAlgorithm.PS256, JWSAlgorithm.PS512)) {
            SignedJWT token =
                    new SignedJWT(new JWSHeader.Builder(other).keyID("rsa-1").build(), claims().build());
            token.sign(new RSASSASigner(rsa));
            assertThat(tokens.verify(token.serialize())).as("%s", other).isEmpty();
        }
        byte[] secret = new byte[64];
        System.arraycopy(SECRET.key().toOctetSequenceKey().toByteArray(), 0, secret, 0, 32);
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS512).keyID("secret-1").build(), claims().build());
        token.sign(new MACSigner(secret));
        assertThat(tokens.verify(token.serialize())).isEmpty();
    }

    @Test
    void ourOwnKeyIsNotUsedUnderAName() throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(), claims().build());
        token.sign(new MACSigner(OWN_KEY));
        assertThat(tokens.verify(token.serialize())).isEmpty();
    }

    @Test
    void aKeyThatATokenBringsAlongIsNotLookedAt() throws Exception {
        Issuer stranger = Issuer.rsa("rsa-1");
        List<JWSHeader> headers = List.of(
                stranger.header().jwk(stranger.key().toPublicJWK()).build(),
                stranger.header()
                        .jwkURL(new URI("https://stranger.example/jwks.json"))
                        .build(),
                stranger.header()
                        .x509CertURL(new URI("https://stranger.example/cert.pem"))
                        .build());
        for (JWSHeader header : headers) {
            assertThat(tokens.verify(stranger.sign(header, claims().build()))).isEmpty();
        }
    }

    @Test
    void whatATokenCallsCriticalIsNotPassedOver() {
        for (String critical : List.of("exp", "b64", "x-town")) {
            JWSHeader header = RSA.header()
                    .criticalParams(Collections.singleton(critical))
                    .customParam("x-town", "a")
                    .build();
            assertThat(tokens.verify(RSA.sign(header, claims().build())))
                    .as(critical)
                    .isEmpty();
        }
    }

    @Test
    void clocksMayDifferByHalfAMinute() {
        assertThat(tokens.verify(RSA.sign(with(c -> c.expirationTime(Date.from(NOW.minusSeconds(29)))))))
                .hasValueSatisfying(grant -> assertThat(grant.expires()).isEqualTo(NOW.plusSeconds(1)));
        assertThat(tokens.verify(RSA.sign(with(c -> c.expirationTime(Date.from(NOW.minusSeconds(30)))))))
                .isEmpty();
        assertThat(tokens.verify(RSA.sign(with(c -> c.notBeforeTime(Date.from(NOW.plusSeconds(30)))))))
                .isPresent();
        assertThat(tokens.verify(RSA.sign(with(c -> c.notBeforeTime(Date.from(NOW.plusSeconds(31)))))))
                .isEmpty();
    }

    @Test
    void aTokenNeedsAnEnd() {
        assertThat(tokens.verify(RSA.sign(with(c -> c.expirationTime(null))))).isEmpty();
        assertThat(tokens.verify(signedJson("{\"docs\":\"a\",\"access\":\"read\",\"exp\":\"tomorrow\"}")))
                .isEmpty();
        assertThat(tokens.verify(signedJson("{\"docs\":\"a\",\"access\":\"read\",\"exp\":null}")))
                .isEmpty();
        assertThat(tokens.verify(signedJson("{\"docs\":\"a\",\"access\":\"read\",\"exp\":-1}")))
                .isEmpty();
    }

    @Test
    void anEndVeryFarAwayIsOne() {
        assertThat(tokens.verify(signedJson("{\"docs\":\"a\",\"access\":\"read\",\"exp\":253402300799}")))
                .hasValueSatisfying(grant -> assertThat(grant.expires()).isAfter(NOW));
        for (String end : List.of("9223372036854775807", "1e30", "1e308", "-1e308")) {
            tokens.verify(signedJson("{\"docs\":\"a\",\"access\":\"read\",\"exp\":" + end + "}"))
                    .ifPresent(grant -> assertThat(grant.expires()).as(end).isAfter(NOW));
        }
    }

    private static String signedJson(String payload) {
        try {
            var token = new com.nimbusds.jose.JWSObject(RSA.header().build(), new com.nimbusds.jose.Payload(payload));
            token.sign(new RSASSASigner(RSA.key().toRSAKey()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void issuerAndAudienceCountWhenTheyAreConfigured() {
        DocsTokens strict = knowing(Issuer.set(RSA), Optional.of("https://id.example"), Optional.of("town-docs"));
        Map<String, JWTClaimsSet> wrong = Map.of(
                "neither", claims().build(),
                "another issuer", with(c -> c.issuer("https://id.example/").audience("town-docs")),
                "no issuer", with(c -> c.audience("town-docs")),
                "another audience", with(c -> c.issuer("https://id.example").audience("town-docs-2")),
                "no audience", with(c -> c.issuer("https://id.example")));
        wrong.forEach((what, claims) ->
                assertThat(strict.verify(RSA.sign(claims))).as(what).isEmpty());
        assertThat(strict.verify(
                        RSA.sign(with(c -> c.issuer("https://id.example").audience("town-docs")))))
                .isPresent();
        assertThat(strict.verify(
                        RSA.sign(with(c -> c.issuer("https://id.example").audience(List.of("other", "town-docs"))))))
                .isPresent();
    }

    @Test
    void ourOwnTokensCarryIssuerAndAudience() throws Exception {
        DocsTokens strict = knowing(Issuer.set(RSA), Optional.of("https://id.example"), Optional.of("town-docs"));
        JWTClaimsSet claims = SignedJWT.parse(strict.sign("a", Access.READ, Duration.ofHours(1)))
                .getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("https://id.example");
        assertThat(claims.getAudience()).containsExactly("town-docs");
        assertThat(strict.verify(tokens.sign("a", Access.READ, Duration.ofHours(1))))
                .as("made before they were configured")
                .isPresent();
    }

    @Test
    void rightsArePerDocument() {
        DocsGrant grant = tokens.verify(RSA.sign(with(c -> c.claim("docs", null)
                        .claim("access", null)
                        .claim("read", List.of("minutes-*", "plan"))
                        .claim("write", List.of("minutes-2026")))))
                .orElseThrow();
        assertThat(grant.to("minutes-2025")).isEqualTo(Access.READ);
        assertThat(grant.to("minutes-2026")).isEqualTo(Access.WRITE);
        assertThat(grant.to("plan")).isEqualTo(Access.READ);
        assertThat(grant.to("plans")).isEqualTo(Access.NONE);
        DocsGrant writer = tokens.verify(RSA.sign(
                        with(c -> c.claim("docs", null).claim("access", null).claim("write", "a"))))
                .orElseThrow();
        assertThat(writer.to("a")).as("writing implies reading").isEqualTo(Access.WRITE);
        DocsGrant both = tokens.verify(RSA.sign(with(c -> c.claim("docs", List.of("a", "b"))
                        .claim("access", "read")
                        .claim("write", List.of("b")))))
                .orElseThrow();
        assertThat(List.of(both.to("a"), both.to("b"), both.to("c")))
                .containsExactly(Access.READ, Access.WRITE, Access.NONE);
    }

    @Test
    void claimsThatAreNotAsTheyHaveToBeAllowNothing() {
        List<UnaryOperator<JWTClaimsSet.Builder>> wrong = List.of(
                c -> c.claim("docs", 7),
                c -> c.claim("docs", List.of("a", 7)),
                c -> c.claim("docs", Map.of("a", "write")),
                c -> c.claim("docs", List.of()),
                c -> c.claim("docs", Collections.nCopies(101, "a")),
                c -> c.claim("docs", "a".repeat(201)),
                c -> c.claim("access", null),
                c -> c.claim("access", "admin"),
                c -> c.claim("access", List.of("write")),
                c -> c.claim("read", true),
                c -> c.claim("write", Map.of()),
                c -> c.claim("docs", null),
                c -> c.claim("sub", List.of("ada")),
                c -> c.subject(""),
                c -> c.subject("a\nb"),
                c -> c.subject("x".repeat(201)),
                c -> c.claim("name", List.of("Ada")));
        for (int i = 0; i < wrong.size(); i++) {
            assertThat(tokens.verify(RSA.sign(with(wrong.get(i))))).as("%d", i).isEmpty();
        }
    }

    @Test
    void aNameIsCutToOneLineThatCanBeShown() {
        assertThat(tokens.verify(RSA.sign(with(c -> c.claim("name", " Ada\r\nINFO forged\u202e line "))))
                        .orElseThrow()
                        .name())
                .contains("Ada  INFO forged  line");
        assertThat(tokens.verify(RSA.sign(with(c -> c.claim("name", "é".repeat(150)))))
                        .orElseThrow()
                        .name())
                .contains("é".repeat(100));
        assertThat(tokens.verify(RSA.sign(with(c -> c.claim("name", " \t "))))
                        .orElseThrow()
                        .name())
                .isEmpty();
    }

    @Test
    void aTokenOfMoreThan8KbIsRefused() {
        assertThat(tokens.verify(RSA.sign(with(c -> c.claim("more", "x".repeat(4000))))))
                .isPresent();
        assertThat(tokens.verify(RSA.sign(with(c -> c.claim("more", "x".repeat(7000))))))
                .isEmpty();
    }

    @Test
    void weakKeysAndKeysForSomethingElseAreLeftOut() throws Exception {
        JWK small = new RSAKeyGenerator(1024, true).keyID("small").generate();
        JWK otherCurve = new ECKeyGenerator(Curve.P_384).keyID("curve").generate();
        JWK secretTooShort =
                new OctetSequenceKey.Builder(new byte[31]).keyID("short").build();
        RSAKey rsa = RSA.key().toRSAKey();
        JWK forEncryption = new RSAKey.Builder(rsa).keyUse(KeyUse.ENCRYPTION).build();
        JWK forRs512 = new RSAKey.Builder(rsa).algorithm(JWSAlgorithm.RS512).build();
        for (JWK key : List.of(small, otherCurve, secretTooShort, forEncryption, forRs512)) {
            JwkSet set = parse("{\"keys\":[" + key.toJSONString() + "]}", true);
            assertThat(set.size()).as("%s", key.getKeyID()).isZero();
            assertThat(set.leftOut()).hasSize(1);
        }
        JWK fitting = new RSAKey.Builder(rsa)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.RS256)
                .build();
        assertThat(parse("{\"keys\":[" + fitting.toPublicJWK().toJSONString() + "]}", false)
                        .size())
                .isOne();
    }

    @Test
    void aTokenUnderAKeyOf1024BitsIsRefused() throws Exception {
        RSAKey small = new RSAKeyGenerator(1024, true).keyID("small").generate();
        DocsTokens knowing = knowing(Issuer.set(new Issuer(JWSAlgorithm.RS256, small), RSA));
        java.security.Signature signature = java.security.Signature.getInstance("SHA256withRSA");
        signature.initSign(small.toRSAPrivateKey());
        SignedJWT unsigned = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("small").build(), claims().build());
        signature.update(unsigned.getSigningInput());
        String token = new String(unsigned.getSigningInput(), StandardCharsets.US_ASCII) + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        assertThat(knowing.verify(token)).isEmpty();
        assertThat(knowing.verify(RSA.sign(claims().build())))
                .as("a weak key beside it changes nothing")
                .isPresent();
    }

    @Test
    void whatTheWorldCanReadHoldsNoSecret() {
        JwkSet set = parse(Issuer.set(SECRET, RSA), false);
        assertThat(set.size()).isOne();
        assertThat(set.fitting(JWSAlgorithm.HS256, Optional.empty())).isEmpty();
        assertThat(set.leftOut()).containsExactly("key 1 is a secret, which counts in a file only");
    }

    @Test
    void oneKeyThatCannotBeReadDoesNotSpoilTheOthers() {
        String set = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"},"
                + "{\"kty\":\"new\"},{}," + EC.key().toPublicJWK().toJSONString() + "]}";
        assertThat(parse(set, false).size()).isOne();
        assertThat(parse(set, false).leftOut()).hasSize(4);
    }

    @Test
    void aSetThatIsNoneOrTooLargeIsRefused() {
        String one = EC.key().toPublicJWK().toJSONString();
        List<String> wrong = List.of(
                "",
                "[]",
                "{}",
                "{\"keys\":7}",
                "<html>",
                "{\"keys\":[" + String.join(",", Collections.nCopies(65, one)) + "]}",
                "{\"keys\":[],\"more\":\"" + "x".repeat(JwkSet.MAX_BYTES) + "\"}",
                "{\"keys\":" + "[".repeat(100_000));
        for (String set : wrong) {
            assertThat(isRefused(set))
                    .as(set.substring(0, Math.min(20, set.length())))
                    .isTrue();
        }
        assertThat(parse("{\"keys\":[" + String.join(",", Collections.nCopies(64, one)) + "]}", false)
                        .size())
                .isEqualTo(64);
    }

    private static boolean isRefused(String set) {
        try {
            JwkSet.parse(set.getBytes(StandardCharsets.UTF_8), true);
            return false;
        } catch (ParseException e) {
            return true;
        }
    }

    @Test
    void withoutKeysOfOthersOnlyOurOwnTokensCount() {
        DocsTokens alone = new DocsTokens(OWN_KEY, Others.NOBODY, Clock.fixed(NOW, ZoneOffset.UTC));
        for (Issuer issuer : ALL) {
            assertThat(alone.verify(issuer.sign(claims().build()))).isEmpty();
        }
        assertThat(alone.verify(tokens.sign("a", Access.READ, Duration.ofHours(1))))
                .isPresent();
        assertThat(Arrays.asList(tokens.verify(alone.sign("a", Access.READ, Duration.ofHours(1)))))
                .allMatch(Optional::isPresent);
    }
}
