package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HookSettingsTest {
    @Test
    void anEventIsDeliveredUnlessItIsTurnedOff() throws Yaml.Malformed {
        var settings = HookSettings.parse("""
                hooks:
                  a: {enabled: false, audit: true}
                  b: {enabled: {value: false}}
                  c: {value: {enabled: false}}
                  d: {audit: {value: true}, workflows: [unknown]}
                  e: nonsense
                """);
        assertThat(settings.isDelivered("a")).isFalse();
        assertThat(settings.isAudited("a")).isFalse();
        assertThat(settings.isDelivered("b")).isFalse();
        assertThat(settings.isDelivered("c")).isFalse();
        assertThat(settings.isDelivered("d")).isTrue();
        assertThat(settings.isAudited("d")).isTrue();
        assertThat(settings.isDelivered("e")).isTrue();
        assertThat(settings.isDelivered("not listed")).isTrue();
        assertThat(settings.isAudited("not listed")).isFalse();
    }

    @Test
    void aDamagedFileTurnsNothingOff(@TempDir Path data) throws IOException {
        Files.createDirectories(data.resolve(".civic"));
        Files.writeString(data.resolve(".civic/hooks.yml"), "hooks: [");
        assertThat(HookSettings.read(data).isDelivered("a")).isTrue();
    }

    @Test
    void whatIsAuditedIsOneLineBehindThoseOfOthers(@TempDir Path data) throws IOException {
        Path file = Files.writeString(data.resolve("activity.log"), "{\"id\":\"act_1\"}\n");
        new ActivityLog(data).note("realtime:room:created", 0, false, Map.of("roomId", "records:a"));
        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(Files.readString(file))
                .contains("\"action\":\"realtime:room:created\"", "\"timestamp\":\"1970-01-01T00:00:00.000Z\"")
                .endsWith("}\n");
    }
}
