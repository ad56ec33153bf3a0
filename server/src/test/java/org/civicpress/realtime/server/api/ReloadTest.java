package org.civicpress.realtime.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.hooks.Hooks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
    @TempDir
    Path dir;

    @Test
    void whichEventsAreToldIsReadAgain() throws Exception {
        try (Town town = Town.start(dir)) {
            Path file = town.installation().dataDir().resolve(".civic/hooks.yml");
            List<String> heard = new CopyOnWriteArrayList<>();
            Hooks hooks = town.server().hooks();
            hooks.on("*", event -> heard.add(event.name()));
            hooks.emit("before", Map.of());
            Files.writeString(file, "hooks: {before: {enabled: false}}");
            town.server().reload();
            hooks.emit("before", Map.of());
            hooks.emit("after", Map.of());
            await().until(() -> heard.contains("after"));
            assertThat(heard).containsExactly("before", "after");
        }
    }

    @Test
    void theConfigurationAndTheRolesAreReadAgainByWhoLooksAfterTheServer() throws Exception {
        try (Town town = Town.start(dir)) {
            var api = new HttpCaller(town.address());
            String petra = town.token("petra");
            Path file = town.installation().systemData().resolve("realtime.yml");
            assertThat(api.post("reload", null).status()).isEqualTo(401);
            assertThat(api.post("reload", petra).status()).isEqualTo(403);

            Path roles = town.installation().dataDir().resolve(".civic/roles.yml");
            Files.writeString(roles, "roles: {clerk: {permissions: ['*']}}");
            town.server().reload();

            Files.writeString(file, "realtime:\n  port: 9\n  rooms: { max_rooms: 3 }\n");
            var answer = api.post("reload", petra);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.data().toString())
                    .isEqualTo("{\"changed\":[\"rooms.max_rooms\"],\"needRestart\":[\"port\"]}");
            assertThat(api.get("reload", petra).status()).isEqualTo(405);

            Files.writeString(file, "realtime:\n  rooms: { max_rooms: few }\n");
            var refused = api.post("reload", petra);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.error()).contains("line 2", "rooms.max_rooms", "few");
        }
    }
}
