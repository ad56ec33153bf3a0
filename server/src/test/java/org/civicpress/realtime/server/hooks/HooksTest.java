package org.civicpress.realtime.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.civicpress.realtime.civicpress.ActivityLog;
import org.civicpress.realtime.civicpress.HookSettings;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HooksTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-12");

    @TempDir
    private Path data;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<String> revoked = new CopyOnWriteArrayList<>();
    private Hooks hooks;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(data.resolve(".civic"));
        Files.writeString(
                data.resolve(".civic/hooks.yml"),
                "hooks: {'realtime:room:destroyed': {enabled: false}, 'realtime:room:created': {audit: true}}");
        HookSettings settings = HookSettings.read(data);
        hooks = new Hooks(
                () -> settings,
                new ActivityLog(data),
                Optional.empty(),
                (user, reason) -> revoked.add(user + " " + reason.orElse("-")),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void listenersHearInOrderWhatTheyAskedForAndOneThatFailsStopsNobody() {
        hooks.on("realtime:*", event -> {
            throw new IllegalStateException("the listener is broken");
        });
        hooks.on("realtime:room:*", event -> heard.add(event.name()));
        var registration = hooks.on("realtime:client:connected", event -> heard.add(event.name()));
        hooks.on(new RoomEvent.RoomCreated(BYLAW, 1));
        hooks.on(new RoomEvent.ClientConnected("client_1", BYLAW, 2));
        hooks.on(new RoomEvent.RoomDestroyed(BYLAW, 3)); // turned off
        await().until(() -> heard.size() == 2);
        registration.close();
        hooks.on(new RoomEvent.ClientConnected("client_2", BYLAW, 4));
        hooks.close();
        assertThat(heard).containsExactly("realtime:room:created", "realtime:client:connected");
    }

    @Test
    void whatIsAuditedIsInTheActivityLog() throws IOException {
        hooks.on(new RoomEvent.RoomCreated(BYLAW, 1));
        hooks.on(new RoomEvent.ClientConnected("client_1", BYLAW, 2));
        hooks.close();
        assertThat(Files.readAllLines(data.resolve("activity.log"))).hasSize(1);
    }

    @Test
    void aListenerThatDoesNotReturnSlowsNobodyAndWhatIsTooMuchIsCounted() {
        var gate = new CountDownLatch(1);
        hooks.on("*", event -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < 10_100; i++) {
            hooks.on(new RoomEvent.RoomCreated(BYLAW, i));
        }
        assertThat(hooks.dropped()).isGreaterThan(0);
        gate.countDown();
    }

    @Test
    void endedSessionsAreToldUnlessThePayloadIsMalformed() {
        hooks.emit("auth:sessions:revoked", Map.of("userId", 5, "reason", "sessions-revoked"));
        hooks.emit("auth:sessions:revoked", Map.of("userId", "7"));
        hooks.emit("auth:sessions:revoked", Map.of("userId", List.of(5)));
        hooks.emit("auth:sessions:revoked", Map.of());
        hooks.emit("something:else", Map.of("userId", 5));
        assertThat(revoked).containsExactly("5 sessions-revoked", "7 -");
    }

    @Test
    void aStarInAPatternStandsForAnyCharacters() {
        assertThat(new EventPattern("realtime:*").matches("realtime:room:created"))
                .isTrue();
        assertThat(new EventPattern("*:created").matches("realtime:room:created"))
                .isTrue();
        assertThat(new EventPattern("r*:c*d").matches("realtime:room:created")).isTrue();
        assertThat(new EventPattern("realtime").matches("realtime:room:created"))
                .isFalse();
        assertThat(new EventPattern("realtime:*:x").matches("realtime:room:created"))
                .isFalse();
    }
}
