package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {
    /// The contract's test vector: the bytes 0 to 31.
    private static final String SECRET = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    @TempDir
    Path dir;

    private final HandClock clock = new HandClock();
    private Installation installation;
    private User petra;

    @BeforeEach
    void open() {
        installation = Installation.create(dir, SampleData.noRecords(), Map.of("CIVICPRESS_SECRET", SECRET), clock);
        petra = installation.users().find("petra").orElseThrow();
    }

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void keySignatureAndHashAreThoseOfTheContract() {
        assertThat(HexFormat.of().formatHex(installation.derivedKey("session", "signing")))
                .isEqualTo("b162fbf83720a6bc1b90f1c43813fa9f5a9cd1d27215374e5c38c3442a96dd37");
        assertThat(Secrets.ofHex(SECRET).sign("a".repeat(64)))
                .isEqualTo("26c0bc622d4b7eb0740bc2505d4acd012eb7b3d4b25fc2b24316e3e7ed7b58b8");
        assertThat(Sessions.hash("a".repeat(64)))
                .isEqualTo("ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    }

    @Test
    void aSessionThatCivicPressMadeIsValid() {
        installation.database().write(connection -> {
            try (var insert = connection.prepareStatement(
                    "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES (?, ?, '2026-12-01T00:00:00.001Z')")) {
                insert.setString(1, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
                insert.setLong(2, petra.id());
                return insert.executeUpdate();
            }
        });
        String token = "a".repeat(64) + ".26c0bc622d4b7eb0740bc2505d4acd012eb7b3d4b25fc2b24316e3e7ed7b58b8";
        clock.now = Instant.parse("2026-12-01T00:00:00Z");
        assertThat(installation.sessions().validate(token)).contains(petra);
        clock.now = Instant.parse("2026-12-01T00:00:00.001Z");
        assertThat(installation.sessions().validate(token)).isEmpty();
    }

    @Test
    void aSessionLastsADay() {
        String token = installation.sessions().create(petra);
        assertThat(installation.sessions().validate(token)).contains(petra);
        clock.now = clock.now.plus(Duration.ofHours(24)).minusMillis(1);
        assertThat(installation.sessions().validate(token)).contains(petra);
        clock.now = clock.now.plusMillis(1);
        assertThat(installation.sessions().validate(token)).isEmpty();
    }

    @Test
    void aSixthSessionEndsTheOldestOfThatUserAndNobodyElses() {
        String claires = installation
                .sessions()
                .create(installation.users().find("claire").orElseThrow());
        var tokens = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            tokens.add(installation.sessions().create(petra));
        }
        assertThat(installation.sessions().validate(tokens.getFirst())).isEmpty();
        assertThat(tokens.subList(1, 6))
                .allSatisfy(token ->
                        assertThat(installation.sessions().validate(token)).contains(petra));
        assertThat(installation.sessions().validate(claires)).isPresent();
    }

    @Test
    void loggingOutEndsTheSession() {
        String token = installation.sessions().create(petra);
        installation.database().write(connection -> {
            try (var delete = connection.createStatement()) {
                return delete.executeUpdate("DELETE FROM sessions");
            }
        });
        assertThat(installation.sessions().validate(token)).isEmpty();
    }

    @Test
    void noChangedTokenIsValid() {
        String token = installation.sessions().create(petra);
        assertThat(installation.sessions().validate(token.substring(0, 64)))
                .as("unsigned")
                .isEmpty();
        assertThat(installation.sessions().validate(token + "."))
                .as("three parts")
                .isEmpty();
        assertThat(installation.sessions().validate("")).isEmpty();
        assertThat(installation.sessions().validate(".")).isEmpty();
        assertThat(installation.sessions().validate(token.toUpperCase(java.util.Locale.ROOT)))
                .isEmpty();
        Seeds.each(500, random -> {
            var changed = new StringBuilder(token);
            int at = random.nextInt(token.length());
            changed.setCharAt(at, (char) (token.charAt(at) ^ 1 + random.nextInt(200)));
            assertThat(installation.sessions().validate(changed.toString()))
                    .as(changed.toString())
                    .isEmpty();
        });
    }

    private static final class HandClock extends Clock {
        Instant now = Instant.parse("2026-11-24T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
