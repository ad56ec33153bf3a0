package org.civicpress.realtime.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.webhooks.Receiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WebhooksApiTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    private static void makeAdmins(Town town) throws Exception {
        Files.writeString(
                town.installation().dataDir().resolve(".civic/roles.yml"), "roles: {clerk: {permissions: ['*']}}");
        town.server().reload();
    }

    @Test
    void whatCouldNotBeToldIsShownToWhoLooksAfterTheServerAndSentAgain() throws Exception {
        try (Receiver receiver = Receiver.start(0);
                Town town = Town.start(dir, """
                          webhooks:
                            secret: a secret of the town
                            targets: [{url: "http://clerk:hidden@127.0.0.1:%d/town?key=hidden"}]
                        """.formatted(receiver.port()))) {
            var api = new HttpCaller(town.address());
            String petra = town.token("petra");
            assertThat(api.get("webhooks", null).status()).isEqualTo(401);
            assertThat(api.get("webhooks", petra).status()).isEqualTo(403);
            assertThat(api.get("webhooks/dead", petra).status()).isEqualTo(403);
            assertThat(api.post("webhooks/dead/1/retry", petra).status()).isEqualTo(403);
            makeAdmins(town);

            receiver.answers(410);
            town.server().hooks().on(new RoomEvent.RoomCreated(new RoomId("docs", "a"), 1_700_000_000_000L));
            await().atMost(LONG)
                    .until(() -> api.get("webhooks", petra).data().path("dead").intValue(0) == 1);
            var target = api.get("webhooks", petra).data().path("targets").path(0);
            assertThat(target.path("target").stringValue(""))
                    .isEqualTo("http://127.0.0.1:" + receiver.port() + "/town");
            assertThat(target.path("waiting").intValue(-1)).isZero();
            assertThat(target.path("lastError").path("error").stringValue("")).isEqualTo("answered 410");
            assertThat(target.path("lastSuccess").isNull()).isTrue();

            var dead = api.get("webhooks/dead", petra);
            assertThat(dead.data().path("total").intValue(0)).isEqualTo(1);
            var letter = dead.data().path("dead").path(0);
            assertThat(letter.path("message").path("data").path("roomId").stringValue(""))
                    .isEqualTo("docs:a");
            assertThat(dead.body().toString()).doesNotContain("hidden", "secret");

            receiver.answers(200);
            int id = letter.path("id").intValue(0);
            assertThat(api.get("webhooks/dead/" + id + "/retry", petra).status())
                    .isEqualTo(405);
            assertThat(api.post("webhooks/dead/" + (id + 1) + "/retry", petra).status())
                    .isEqualTo(404);
            assertThat(api.post("webhooks/dead/" + id + "/retry", petra).status())
                    .isEqualTo(200);
            await().atMost(LONG)
                    .until(() -> api.get("webhooks", petra)
                            .data()
                            .path("targets")
                            .path(0)
                            .path("lastSuccess")
                            .isString());
            assertThat(receiver.taken()).containsExactly("realtime:room:created docs:a");
        }
    }

    @Test
    void withoutTargetsAllIsEmpty() throws Exception {
        try (Town town = Town.start(dir)) {
            makeAdmins(town);
            var api = new HttpCaller(town.address());
            String petra = town.token("petra");
            assertThat(api.get("webhooks", petra).data().toString()).isEqualTo("{\"targets\":[],\"dead\":0}");
            assertThat(api.get("webhooks/dead", petra).data().toString()).isEqualTo("{\"total\":0,\"dead\":[]}");
            assertThat(api.post("webhooks/dead/1/retry", petra).status()).isEqualTo(404);
        }
    }
}
