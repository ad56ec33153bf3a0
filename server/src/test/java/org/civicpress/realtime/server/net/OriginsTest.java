package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OriginsTest {
    private static final String HOST = "realtime.example";

    private final Origins origins =
            new Origins(List.of("https://town.example", "https://*.region.example", "http://localhost:5173"));

    private boolean allows(String origin) {
        return origins.allows(origin, HOST);
    }

    @Test
    void whereNoneIsNamedAllMay() {
        assertThat(new Origins(List.of()).allows("https://evil.example", HOST)).isTrue();
    }

    @Test
    void whoSendsNoOriginIsNoBrowser() {
        assertThat(origins.allows(null, HOST)).isTrue();
    }

    @Test
    void anOriginIsSchemeHostAndPort() {
        assertThat(allows("https://town.example")).isTrue();
        assertThat(allows("HTTPS://Town.Example")).isTrue();
        assertThat(allows("https://town.example:443")).isTrue();
        assertThat(allows("http://localhost:5173")).isTrue();
        assertThat(allows("http://town.example")).isFalse();
        assertThat(allows("https://town.example:8443")).isFalse();
        assertThat(allows("http://localhost")).isFalse();
        assertThat(allows("https://town.example.evil.example")).isFalse();
        assertThat(allows("https://eviltown.example")).isFalse();
        assertThat(allows("https://www.town.example")).isFalse();
    }

    @Test
    void aStarStandsForSubdomainsOnly() {
        assertThat(allows("https://a.region.example")).isTrue();
        assertThat(allows("https://a.b.region.example")).isTrue();
        assertThat(allows("https://region.example")).isFalse();
        assertThat(allows("https://evilregion.example")).isFalse();
        assertThat(allows("http://a.region.example")).isFalse();
        assertThat(allows("https://*.region.example")).isFalse();
    }

    @Test
    void theServersOwnPagesMayAlways() {
        assertThat(allows("https://realtime.example")).isTrue();
        assertThat(origins.allows("http://127.0.0.1:3001", "127.0.0.1:3001")).isTrue();
        assertThat(origins.allows("http://[::1]:3001", "[::1]:3001")).isTrue();
        assertThat(origins.allows("http://127.0.0.1:3001", "127.0.0.1:3002")).isFalse();
        assertThat(origins.allows("https://realtime.example", null)).isFalse();
    }

    @Test
    void whatIsNoOriginMayNot() {
        for (String origin : List.of("null", "", "file://", "https://", "https://town.example/", "town.example")) {
            assertThat(allows(origin)).as(origin).isFalse();
        }
        assertThatThrownBy(() -> new Origins(List.of("town.example"))).hasMessageContaining("town.example");
    }
}
