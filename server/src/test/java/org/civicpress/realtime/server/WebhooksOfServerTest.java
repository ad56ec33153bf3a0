package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.webhooks.Receiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that tells a program what happens in its rooms.
final class WebhooksOfServerTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String SECRET = "a secret of the town";

    @TempDir
    private Path dir;

    private static String settings(int port) {
        return """
                  rooms: {grace_period_ms: 0}
                  webhooks:
                    secret: %s
                    targets: [{url: "http://127.0.0.1:%d/town"}]
                """.formatted(SECRET, port).indent(0);
    }

    private static void come(Town town) throws Exception {
        String token =
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1));
        try (Wire wire = Wire.open(town.address(), "/realtime/docs/a", Town.subprotocol(token))) {
            wire.read();
        }
    }

    @Test
    void aProgramIsToldWhatHappensInTheRoomsAlsoOfTheLastMomentsBeforeAnEnd() throws Exception {
        int port;
        try (Receiver receiver = Receiver.start(0)) {
            port = receiver.port(); // and nobody listens there yet
        }
        try (Town town = Town.start(dir, settings(port))) {
            come(town);
        }
        try (Receiver receiver = Receiver.start(port);
                Installation installation = Installation.open(dir);
                Server ignored = Server.start(new Server.Options(installation, "127.0.0.1", 0, false))) {
            await().atMost(LONG).until(() -> receiver.taken().size() >= 4);
            assertThat(receiver.taken())
                    .containsExactlyInAnyOrder(
                            "realtime:room:created docs:a",
                            "realtime:client:connected docs:a",
                            "realtime:client:disconnected docs:a",
                            "realtime:room:destroyed docs:a");
            assertThat(receiver.got).allMatch(one -> one.isSignedWith(SECRET));
        }
    }

    @Test
    void withoutTargetsThereIsNoFile() throws Exception {
        try (Town town = Town.start(dir)) {
            come(town);
            assertThat(Files.exists(town.installation().systemData().resolve("realtime-webhooks.db")))
                    .isFalse();
        }
    }
}
