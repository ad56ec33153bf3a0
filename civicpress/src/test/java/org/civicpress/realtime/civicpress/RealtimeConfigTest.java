package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealtimeConfigTest {
    @TempDir
    Path dir;

    @Test
    void aMissingOrEmptyFileIsTheDefaults() {
        assertThat(RealtimeConfig.read(dir.resolve("none.yml"), Map.of())).isEqualTo(RealtimeConfig.DEFAULT);
        assertThat(read("")).isEqualTo(RealtimeConfig.DEFAULT);
        assertThat(read("# nothing yet\n")).isEqualTo(RealtimeConfig.DEFAULT);
        assertThat(read("realtime:\n")).isEqualTo(RealtimeConfig.DEFAULT);
        assertThat(read("realtime:\n  rooms:\n")).isEqualTo(RealtimeConfig.DEFAULT);
    }

    @Test
    void theTemplateIsTheDefaults() {
        assertThat(read(SampleData.resource("template/realtime.yml"))).isEqualTo(RealtimeConfig.DEFAULT);
    }

    @Test
    void everyKeyIsRead() {
        String below = """
                enabled: 'False'
                port: 65535
                host: 127.0.0.1
                path: /live
                rooms: { max_rooms: 7, cleanup_timeout: 8, grace_period_ms: -1, max_document_bytes: 4096 }
                snapshots: { enabled: false, interval: 0.25, max_updates: 9, storage: filesystem, compression: zstd }
                rate_limiting:
                  messages_per_second: 1
                  awareness_per_second: 4
                  connections_per_ip: 2
                  connections_per_user: 3
                  connections_per_room: 5
                connections:
                  allowed_origins: [https://town.example, "https://*.town.example:8443"]
                  trusted_proxies: 10.0.0.0/8, ::1
                  max_message_bytes: 2048
                connection_cleanup: { enabled: false, check_interval: 1, stale_threshold: 2.5 }
                journal: { database: "jdbc:postgresql://db/civic?user=civic" }
                docs: { issuer: https://id.example, audience: civic, jwks: keys.json }
                webhooks:
                  secret: sixteen letters or more
                  targets:
                    - url: https://example.org/hook
                    - { url: "http://127.0.0.1:9/x", events: ["realtime:room:*"] }
                """;
        var expected = new RealtimeConfig(
                false,
                65535,
                "127.0.0.1",
                "/live",
                new RealtimeConfig.Rooms(7, 8, -1, 4096),
                new RealtimeConfig.Snapshots(
                        false, 0.25, 9, RealtimeConfig.Storage.FILESYSTEM, RealtimeConfig.Compression.ZSTD),
                new RealtimeConfig.RateLimiting(1, 4, 2, 3, 5),
                new RealtimeConfig.Connections(
                        List.of("https://town.example", "https://*.town.example:8443"),
                        List.of("10.0.0.0/8", "::1"),
                        2048),
                new RealtimeConfig.ConnectionCleanup(false, 1, 2.5),
                new RealtimeConfig.Journal(Optional.of("jdbc:postgresql://db/civic?user=civic")),
                new RealtimeConfig.Docs(
                        Optional.of("https://id.example"), Optional.of("civic"), Optional.of("keys.json")),
                new RealtimeConfig.Webhooks(
                        Optional.of("sixteen letters or more"),
                        List.of(
                                new RealtimeConfig.Webhooks.Target("https://example.org/hook", List.of("realtime:*")),
                                new RealtimeConfig.Webhooks.Target(
                                        "http://127.0.0.1:9/x", List.of("realtime:room:*")))));
        assertThat(read(below)).isEqualTo(expected);
        assertThat(read("realtime:\n" + below.indent(2))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            port: 0                                | line 2 | port must be a whole number from 1 to 65535, not "0"
            port: 3001.5                           | line 2 | port must be a whole number from 1 to 65535
            port: "3001"                           | line 2 | port must be a whole number from 1 to 65535
            port: [3001]                           | line 2 | port must be a whole number from 1 to 65535
            enabled: yes                           | line 2 | enabled must be true or false, not "yes"
            path: realtime                         | line 2 | path must be a path that starts with /
            host: ' '                              | line 2 | host must be a host name or an address
            prot: 3001                             | line 2 | there is no key realtime.prot: did you mean realtime.port?
            colour: blue                           | line 2 | there is no key realtime.colour: remove it, or take one of enabled, port
            rooms: { max_rooms: 0 }                | line 2 | rooms.max_rooms must be a whole number of at least 1, not "0"
            rooms: { max-rooms: 5 }                | line 2 | there is no key realtime.rooms.max-rooms: did you mean realtime.rooms.max_rooms?
            rooms: 5                               | line 2 | rooms must hold `key: value` lines, not "5"
            snapshots: { interval: -1 }            | line 2 | snapshots.interval must be a number of seconds of at least 0
            snapshots: { interval: .inf }          | line 2 | snapshots.interval must be a number of seconds of at least 0
            snapshots: { storage: disk }           | line 2 | snapshots.storage must be database or filesystem, not "disk"
            rate_limiting: { messages_per_second: 99999999999 } | line 2 | rate_limiting.messages_per_second must be
            connection_cleanup: { check_interval: 0 } | line 2 | connection_cleanup.check_interval must be a number of seconds of at least 1
            journal: { database: realtime.db }     | line 2 | journal.database must be a URL such as jdbc:postgresql://HOST/DATABASE?user=USER
            journal: { database: [1] }             | line 2 | journal.database must be a URL such as
            snapshots: { compression: gzip }       | line 2 | snapshots.compression must be none or zstd, not "gzip"
            rooms: { max_document_bytes: 10 }      | line 2 | rooms.max_document_bytes must be a whole number of bytes from 1024
            connections: { allowed_origins: town.example } | line 2 | connections.allowed_origins must be origins such as https://town.example or https://*.town.example, not "town.example"
            connections: { allowed_origins: [https://a, "https://b/c"] } | line 2 | not "https://b/c"
            connections: { allowed_origins: [{}] } | line 2 | connections.allowed_origins must be origins
            connections: { trusted_proxies: proxy.local } | line 2 | connections.trusted_proxies must be addresses or ranges such as 127.0.0.1 or 10.0.0.0/8, not "proxy.local"
            connections: { trusted_proxies: 10.0.0.0/33 } | line 2 | connections.trusted_proxies must be
            docs: { issuer: '' }                   | line 2 | docs.issuer must be a text
            webhooks: { targets: https://a }       | line 2 | webhooks.targets must be a list of
            webhooks: { targets: [{ url: ftp://a }] } | line 2 | webhooks.targets.url must be an http or https URL
            webhooks: { targets: [{ uri: http://a }] } | realtime.yml | webhooks.targets.url must be there
            webhooks: { targets: [{ url: http://a, event: x }], secret: 0123456789abcdef } | line 2 | did you mean realtime.webhooks.targets.events?
            webhooks: { targets: [{ url: http://a }] } | realtime.yml | webhooks.secret must be there
            webhooks: { secret: short }            | line 2 | webhooks.secret must be a text of at least 16 characters
            journal: { databse: x }                | line 2 | there is no key realtime.journal.databse: did you mean realtime.journal.database?
            """)
    void aMistakeIsOneLineThatNamesFileLineKeyAndRule(String yaml, String line, String problem) {
        assertThatThrownBy(() -> read("realtime:\n  " + yaml + "\n"))
                .isInstanceOf(InstallationException.class)
                .hasMessageContaining(dir.resolve("realtime.yml").toString())
                .hasMessageContaining(line + ": ")
                .hasMessageContaining(problem)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aKeyGivenTwiceOrOnTheWrongLevelIsNamed() {
        assertThatThrownBy(() -> read("port: 3001\nport: 3002\n"))
                .hasMessageContaining("line 2: the key port is there twice");
        assertThatThrownBy(() -> read("realtime:\n  port: 3001\nhost: 127.0.0.1\n"))
                .hasMessageContaining("line 3: there is no key host");
        assertThatThrownBy(() -> read("- port\n")).hasMessageContaining("the file must hold `key: value` lines");
        assertThatThrownBy(() -> read("realtime:\n\tport: 3001\n"))
                .hasMessageContaining("line 2: this is not valid YAML");
    }

    /// Whatever a file holds, reading it gives a configuration or one line; it never fails in another way.
    @Test
    void anyTextGivesAConfigurationOrOneLine() {
        String template = SampleData.resource("template/realtime.yml");
        String odd = "\t:-[]{}'\"#&*!|>%@`,?\n 0xe.é\u0000\uFEFF";
        Seeds.each(2000, random -> {
            var text = new StringBuilder(template);
            for (int i = random.nextInt(6); i >= 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, odd.charAt(random.nextInt(odd.length())));
                    case 1 -> text.insert(at, odd.charAt(random.nextInt(odd.length())));
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(8)));
                }
            }
            try {
                assertThat(read(text.toString())).isNotNull();
            } catch (InstallationException e) {
                assertThat(e.getMessage()).contains("realtime.yml, line ").doesNotContain("\n");
            }
        });
    }

    @Test
    void theEnvironmentStandsAboveTheFile() throws Exception {
        Path file =
                Files.writeString(dir.resolve("realtime.yml"), "port: 7\njournal: { database: jdbc:postgresql:a }\n");
        var config = RealtimeConfig.read(file, Map.of("CIVIC_REALTIME_JOURNAL", " jdbc:postgresql:b\n"));
        assertThat(config.journal().database()).contains("jdbc:postgresql:b");
        assertThat(config.port()).isEqualTo(7);
        assertThat(RealtimeConfig.read(file, Map.of("CIVIC_REALTIME_JOURNAL", ""))
                        .journal()
                        .database())
                .contains("jdbc:postgresql:a");
    }

    @Test
    void everyKeyHasAVariableAndAFlagThatStandsAboveIt() throws Exception {
        Path file = Files.writeString(
                dir.resolve("realtime.yml"), "realtime:\n  port: 7\n  rooms: { max_rooms: 5, grace_period_ms: 1 }\n");
        var overrides = new Overrides(
                Map.of(
                        "CIVIC_REALTIME_ROOMS_MAX_ROOMS", "6",
                        "CIVIC_REALTIME_HOST", "127.0.0.1",
                        "CIVIC_REALTIME_CONNECTIONS_ALLOWED_ORIGINS", "https://a.example, https://b.example",
                        "CIVIC_REALTIME_WEBHOOKS_TARGETS", "[{url: 'https://c.example'}]",
                        "CIVIC_REALTIME_WEBHOOKS_SECRET", "sixteen letters and more"),
                Map.of("host", "127.0.0.2", "snapshots.storage", "filesystem"),
                false);
        Configuration read = new RealtimeConfigReader(file, overrides).read();

        var values = read.values();
        assertThat(values.port()).isEqualTo(7);
        assertThat(values.rooms().maxRooms()).isEqualTo(6);
        assertThat(values.rooms().gracePeriodMillis()).isEqualTo(1);
        assertThat(values.host()).isEqualTo("127.0.0.2");
        assertThat(values.connections().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
        assertThat(values.webhooks().targets())
                .containsExactly(new RealtimeConfig.Webhooks.Target("https://c.example", List.of("realtime:*")));
        assertThat(read.settings())
                .contains(
                        new Configuration.Setting("port", "7", "line 2"),
                        new Configuration.Setting("host", "127.0.0.2", "--set"),
                        new Configuration.Setting("rooms.max_rooms", "6", "CIVIC_REALTIME_ROOMS_MAX_ROOMS"),
                        new Configuration.Setting("rooms.grace_period_ms", "1", "line 3"),
                        new Configuration.Setting("webhooks.secret", "(set)", "CIVIC_REALTIME_WEBHOOKS_SECRET"),
                        new Configuration.Setting("path", "/realtime", "default"));
        assertThat(read.settings().toString() + values + overrides).doesNotContain("sixteen", "c.example");
    }

    @Test
    void whatIsWrongAboveTheFileIsNamedByItsPlace() throws Exception {
        Path file = Files.writeString(dir.resolve("realtime.yml"), "port: 7\n");
        assertThatThrownBy(() -> RealtimeConfig.read(file, Map.of("CIVIC_REALTIME_PORT", "many")))
                .isInstanceOf(InstallationException.class)
                .hasMessage("CIVIC_REALTIME_PORT: port must be a whole number from 1 to 65535, not \"many\"");
        assertThatThrownBy(() -> RealtimeConfig.read(file, Map.of("CIVIC_REALTIME_HOST", "[")))
                .isInstanceOf(InstallationException.class)
                .hasMessageStartingWith("CIVIC_REALTIME_HOST is not a value");
        for (String key : List.of("prot", "rooms", "rooms.max", "realtime.port")) {
            var overrides = new Overrides(Map.of(), Map.of(key, "1"), false);
            assertThatThrownBy(() -> new RealtimeConfigReader(file, overrides).read())
                    .isInstanceOf(InstallationException.class)
                    .hasMessageContaining("--set " + key);
        }
    }

    @Test
    void aFileWithAMistakeIsTheDefaultsOnlyWhereThatIsWanted() throws Exception {
        Path file = Files.writeString(dir.resolve("realtime.yml"), "port: 7\nhost: 5\n");
        var flags = Map.of("rooms.max_rooms", "3");
        var read = new RealtimeConfigReader(file, new Overrides(Map.of(), flags, true)).read();
        assertThat(read.values().port()).isEqualTo(3001);
        assertThat(read.values().rooms().maxRooms()).isEqualTo(3);
        assertThat(read.mistake().orElseThrow()).contains("line 2: host must be");

        assertThatThrownBy(() ->
                        new RealtimeConfigReader(file, new Overrides(Map.of(), Map.of("port", "x"), true)).read())
                .isInstanceOf(InstallationException.class)
                .hasMessageStartingWith("--set: port must be");
    }

    @Test
    void whatHasChangedIsNamedByKey() throws Exception {
        Path file = dir.resolve("realtime.yml");
        var reader = new RealtimeConfigReader(file, Overrides.of(Map.of()));
        Configuration before = reader.read();
        Files.writeString(file, """
                port: 3001
                rooms: { max_rooms: 9 }
                journal: { database: "jdbc:postgresql:a" }
                webhooks: { secret: sixteen letters or more, targets: [{ url: "http://a" }] }
                """);
        Configuration after = reader.read();
        assertThat(before.differences(after))
                .containsExactly("rooms.max_rooms", "journal.database", "webhooks.secret", "webhooks.targets");
        Files.writeString(
                file, Files.readString(file).replace("sixteen", "seventeen").replace("//a", "//b"));
        assertThat(after.differences(reader.read())).containsExactly("webhooks.secret", "webhooks.targets");
    }

    @Test
    void aPasswordIsInNoErrorAndInNoDescription() {
        assertThat(read("journal: { database: 'jdbc:postgresql://db/civic?password=sesame' }\n")
                        .toString())
                .doesNotContain("sesame");
        assertThatThrownBy(() -> read("journal: { database: 'postgresql://civic:sesame@db/civic' }\n"))
                .isInstanceOf(InstallationException.class)
                .message()
                .contains("line 1: journal.database must be")
                .doesNotContain("sesame");
    }

    private RealtimeConfig read(String text) {
        try {
            return RealtimeConfig.read(Files.writeString(dir.resolve("realtime.yml"), text), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
