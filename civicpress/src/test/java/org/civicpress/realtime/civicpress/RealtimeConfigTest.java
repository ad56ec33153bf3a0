package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                rooms: { max_rooms: 7, cleanup_timeout: 8, grace_period_ms: -1 }
                snapshots: { enabled: false, interval: 0.25, max_updates: 9, storage: filesystem }
                rate_limiting: { messages_per_second: 1, connections_per_ip: 2, connections_per_user: 3 }
                connection_cleanup: { enabled: false, check_interval: 1, stale_threshold: 2.5 }
                journal: { database: "jdbc:postgresql://db/civic?user=civic" }
                """;
        var expected = new RealtimeConfig(
                false,
                65535,
                "127.0.0.1",
                "/live",
                new RealtimeConfig.Rooms(7, 8, -1),
                new RealtimeConfig.Snapshots(false, 0.25, 9, RealtimeConfig.Storage.FILESYSTEM),
                new RealtimeConfig.RateLimiting(1, 2, 3),
                new RealtimeConfig.ConnectionCleanup(false, 1, 2.5),
                new RealtimeConfig.Journal(Optional.of("jdbc:postgresql://db/civic?user=civic")));
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
            journal: { databse: x }                | line 2 | there is no key realtime.journal.databse: did you mean realtime.journal.database?
            """)
    void aMistakeIsOneLineThatNamesFileLineKeyAndRule(String yaml, String line, String problem) {
        assertThatThrownBy(() -> read("realtime:\n  " + yaml + "\n"))
                .isInstanceOf(InstallationException.class)
                .hasMessageContaining(dir.resolve("realtime.yml") + ", " + line + ": ")
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
