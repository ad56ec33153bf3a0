package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.store.RealPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What whoever watches a server sees while its journal cannot be written.
class HealthTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path dir;

    @Test
    void aFileThatWasMovedAwayIsTroubleUntilItIsBack() throws Exception {
        Path file = dir.resolve(".system-data/realtime.db");
        Path elsewhere = dir.resolve("elsewhere.db");
        try (Town town = Town.start(dir);
                Wire wire = open(town)) {
            JsonNode well = health(town, 200);
            assertThat(well.path("status").stringValue()).isEqualTo("healthy");
            assertThat(well.path("journal").path("lagMillis").isIntegralNumber())
                    .isTrue();
            assertThat(well.path("journal").has("trouble")).isFalse();

            Files.move(file, elsewhere);
            writes(wire);
            JsonNode journal = health(town, 503).path("journal");
            assertThat(journal.path("trouble").stringValue()).contains("realtime.db is gone");
            assertThat(journal.path("waitingBytes").longValue()).isPositive();

            Files.move(elsewhere, file);
            isSafe(wire);
            isWell(town);
        }
    }

    @Test
    void aPostgresThatStandsStillMakesEditsLateUntilItGoesOn() throws Exception {
        try (RealPostgres postgres = RealPostgres.start();
                Town town = Town.start(dir, settings(postgres));
                Wire wire = open(town)) {
            health(town, 200);

            postgres.freeze();
            writes(wire);
            JsonNode late = health(town, 503);
            assertThat(late.path("status").stringValue()).isEqualTo("unhealthy");
            assertThat(late.path("journal").path("lagMillis").longValue()).isGreaterThanOrEqualTo(2_000);
            assertThat(late.path("journal").path("waiting").longValue()).isPositive();

            postgres.thaw();
            isSafe(wire);
            isWell(town);
        }
    }

    @Test
    void aPostgresThatWasKilledIsTroubleUntilItRunsAgain() throws Exception {
        try (RealPostgres postgres = RealPostgres.start();
                Town town = Town.start(dir, settings(postgres));
                Wire wire = open(town)) {
            health(town, 200);

            postgres.kill();
            writes(wire);
            assertThat(health(town, 503).path("journal").path("trouble").stringValue())
                    .contains("PostgreSQL")
                    .doesNotContain(RealPostgres.PASSWORD);

            postgres.startAgain();
            isSafe(wire);
            isWell(town);
        }
    }

    private static String settings(RealPostgres postgres) {
        return "  journal: { database: '" + postgres.newSchema() + "' }\n";
    }

    private static void isWell(Town town) throws Exception {
        JsonNode journal = health(town, 200).path("journal");
        assertThat(journal.has("trouble")).isFalse();
        assertThat(journal.path("lagMillis").longValue()).isLessThan(2_000);
    }

    /// Waits until this is the answer, and returns it.
    private static JsonNode health(Town town, int status) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(town.uri("/health"))).build();
        return JsonMapper.shared()
                .readTree(Awaitility.await("health " + status)
                        .atMost(3, TimeUnit.MINUTES)
                        .until(
                                () -> CLIENT.send(request, HttpResponse.BodyHandlers.ofString()),
                                answer -> answer.statusCode() == status)
                        .body());
    }

    /// In a room that is open.
    private static Wire open(Town town) throws IOException {
        String token =
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1));
        Wire wire = Wire.open(town.address(), "/realtime/docs/a", Town.subprotocol(token));
        writes(wire);
        isSafe(wire);
        return wire;
    }

    /// Another edit, and the question whether it is safe.
    private static void writes(Wire wire) throws IOException {
        Doc doc = new Doc();
        doc.text("t").insert(0, "kept");
        wire.binary(Messages.write(new Message.Update(doc.state())).toHex());
        wire.binary("660101");
    }

    private static void isSafe(Wire wire) throws IOException {
        while (!wire.read().hex().equals("660101")) {
            // presence, the document
        }
    }
}
