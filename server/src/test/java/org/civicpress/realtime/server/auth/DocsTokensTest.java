package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.server.auth.DocsTokens.Others;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.Test;

class DocsTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final DocsTokens tokens = at(NOW);

    private static DocsTokens at(Instant time) {
        return new DocsTokens(KEY, Others.NOBODY, Clock.fixed(time, ZoneOffset.UTC));
    }

    @Test
    void whatWasSignedIsGranted() {
        String token = tokens.sign("minutes-*", Access.WRITE, Duration.ofHours(1));
        assertThat(tokens.verify(token))
                .contains(new DocsGrant(
                        List.of(), List.of("minutes-*"), NOW.plusSeconds(3600), Optional.empty(), Optional.empty()));
    }

    @Test
    void aTokenEndsWhenItSays() {
        String token = tokens.sign("a", Access.READ, Duration.ofSeconds(60));
        assertThat(at(NOW.plusSeconds(59)).verify(token)).isPresent();
        assertThat(at(NOW.plusSeconds(60)).verify(token)).isEmpty();
    }

    @Test
    void aTokenOfAnotherKeyOrWithAChangedLetterIsRefused() {
        String token = tokens.sign("a", Access.READ, Duration.ofHours(1));
        var other = new DocsTokens(
                "another key of thirty-two bytes!".getBytes(StandardCharsets.US_ASCII),
                Others.NOBODY,
                Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(other.verify(token)).isEmpty();
        String[] parts = token.split("\\.");
        String more =
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8).replace("read", "write");
        parts[1] = Base64.getUrlEncoder().withoutPadding().encodeToString(more.getBytes(StandardCharsets.UTF_8));
        assertThat(tokens.verify(String.join(".", parts))).isEmpty();
    }

    @Test
    void onlyTheOneAlgorithmCounts() throws Exception {
        JWTClaimsSet claims = claims().build();
        assertThat(tokens.verify(new PlainJWT(claims).serialize())).isEmpty();
        byte[] longKey = new byte[64];
        System.arraycopy(KEY, 0, longKey, 0, KEY.length);
        SignedJWT hs512 = new SignedJWT(new JWSHeader(JWSAlgorithm.HS512), claims);
        hs512.sign(new MACSigner(longKey));
        assertThat(tokens.verify(hs512.serialize())).isEmpty();
    }

    @Test
    void aTokenWithoutAnEndAScopeOrAKnownAccessIsRefused() throws Exception {
        assertThat(tokens.verify(signed(claims().build()))).isPresent();
        assertThat(tokens.verify(signed(claims().expirationTime(null).build()))).isEmpty();
        assertThat(tokens.verify(signed(claims().claim("docs", null).build()))).isEmpty();
        assertThat(tokens.verify(signed(claims().claim("docs", 7).build()))).isEmpty();
        assertThat(tokens.verify(signed(claims().claim("access", "admin").build())))
                .isEmpty();
        assertThat(tokens.verify(signed(
                        claims().notBeforeTime(Date.from(NOW.plusSeconds(5))).build())))
                .isEmpty();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("ada")
                .claim("docs", "a")
                .claim("access", "read")
                .expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    private static String signed(JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(KEY));
        return token.serialize();
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String text : new String[] {"", ".", "..", "a.b.c", "e30.e30.e30", "x".repeat(100_000), "é.ü.ö"}) {
            assertThat(tokens.verify(text)).as(text).isEmpty();
        }
    }

    @Test
    void aStarStandsForAnyCharacters() {
        assertThat(DocsGrant.matches("minutes-*", "minutes-2026")).isTrue();
        assertThat(DocsGrant.matches("*", "anything")).isTrue();
        assertThat(DocsGrant.matches("*-draft", "a-draft-draft")).isTrue();
        assertThat(DocsGrant.matches("a*b*c", "axxbyyc")).isTrue();
        assertThat(DocsGrant.matches("minutes-*", "minutes-")).isTrue();
        assertThat(DocsGrant.matches("minutes-*", "minutes")).isFalse();
        assertThat(DocsGrant.matches("a", "ab")).isFalse();
        assertThat(DocsGrant.matches("", "a")).isFalse();
        assertThat(DocsGrant.matches("a.c", "abc")).isFalse();
    }

    @Test
    void namesAreThoseOfAnAddress() {
        assertThat(DocsDoor.isName("minutes-2026.a_b~c%20d")).isTrue();
        assertThat(DocsDoor.isName("")).isFalse();
        assertThat(DocsDoor.isName("a*")).isFalse();
        assertThat(DocsDoor.isName("a b")).isFalse();
        assertThat(DocsDoor.isName("ä")).isFalse();
        assertThat(DocsDoor.isName("x".repeat(201))).isFalse();
    }
}
