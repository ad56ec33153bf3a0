package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwkFileTest {
    private static final Issuer OLD = Issuer.ec("a");
    private static final Issuer NEW = Issuer.ec("b");

    @TempDir
    Path dir;

    private JwkSource keys;

    @BeforeEach
    void open() {
        keys = JwkSource.of("jwks.json", dir, Clock.systemUTC());
    }

    private void write(String content) throws IOException {
        Files.writeString(dir.resolve("jwks.json"), content);
    }

    private boolean has(Issuer issuer) {
        return !keys.find(issuer.algorithm(), Optional.of(issuer.key().getKeyID()))
                .isEmpty();
    }

    @Test
    void aFileIsReadAgainWhenItHasChanged() throws Exception {
        write(Issuer.set(OLD));
        assertThat(has(OLD)).isTrue();
        write(Issuer.set(NEW)); // as long as the other, and perhaps in the same moment
        assertThat(has(OLD)).isFalse();
        assertThat(has(NEW)).isTrue();
        Files.writeString(dir.resolve("next.json"), Issuer.set(OLD, NEW));
        Files.move(dir.resolve("next.json"), dir.resolve("jwks.json"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(has(OLD)).isTrue();
        assertThat(has(NEW)).isTrue();
    }

    @Test
    void whileItCannotBeReadThoseKnownBeforeGoOn() throws Exception {
        write(Issuer.set(OLD));
        assertThat(has(OLD)).isTrue();
        write(Issuer.set(NEW).substring(0, 40));
        assertThat(has(OLD)).isTrue();
        assertThat(keys.trouble()).isEmpty();
        write(Issuer.set(NEW));
        assertThat(has(OLD)).isFalse();
        assertThat(has(NEW)).isTrue();
    }

    @Test
    void withoutTheFileThereAreNoKeys() throws Exception {
        write(Issuer.set(OLD));
        assertThat(has(OLD)).isTrue();
        Files.delete(dir.resolve("jwks.json"));
        assertThat(has(OLD)).isFalse();
        assertThat(keys.trouble())
                .hasValueSatisfying(
                        trouble -> assertThat(trouble).startsWith("docs.jwks: ").contains("jwks.json"));
        write(Issuer.set(OLD));
        assertThat(has(OLD)).isTrue();
    }

    @Test
    void whatIsWrongFromTheStartIsSaid() throws Exception {
        write("keys: []");
        assertThat(keys.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).endsWith("it is no JWK set"));
        write(Issuer.set(OLD));
        assertThat(keys.trouble()).isEmpty();
    }

    @Test
    void itMayHoldSecrets() throws Exception {
        Issuer secret = Issuer.secret("s");
        write(Issuer.set(secret, OLD));
        assertThat(has(secret)).isTrue();
        assertThat(keys.find(JWSAlgorithm.HS256, Optional.empty())).hasSize(1);
    }

    @Test
    void anAbsolutePathIsTakenAsItIs() throws Exception {
        write(Issuer.set(OLD));
        keys = JwkSource.of(dir.resolve("jwks.json").toString(), Path.of("/nowhere"), Clock.systemUTC());
        assertThat(has(OLD)).isTrue();
    }
}
