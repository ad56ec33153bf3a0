package org.civicpress.realtime.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.Server;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How far the journal is with a room, as anybody who may read there can ask.
final class DurabilityApiTest {
    @TempDir
    Path dir;

    private Town town;
    private HttpCaller caller;

    @BeforeEach
    void start() {
        town = Town.start(dir);
        caller = new HttpCaller(town.address());
    }

    @AfterEach
    void stop() {
        town.close();
    }

    private String docsToken(String pattern, Access access) {
        return DocsTokens.of(town.installation(), Clock.systemUTC()).sign(pattern, access, Duration.ofHours(1));
    }

    /// Writes, and waits until that is said to be safe.
    private static void writes(Wire wire, Doc doc, String words) throws IOException {
        var since = doc.stateVector();
        doc.text("t").insert(0, words);
        wire.binary(Messages.write(new Message.Update(doc.stateSince(since))).toHex());
        wire.binary("660101");
        Wire.Frame frame = wire.read();
        while (!frame.hex().equals("660101")) {
            frame = wire.read();
        }
    }

    private static void says(HttpCaller.Answer answer, String data) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.data()).hasToString(data);
    }

    @Test
    void whatWasSavedIsCountedInAnOpenRoomAndAfterItHasClosed() throws Exception {
        String writer = docsToken("plan", Access.WRITE);
        String reader = docsToken("plan", Access.READ);
        says(
                caller.get("docs/plan/durability", reader),
                "{\"generation\":1,\"accepted\":0,\"durable\":0,\"saved\":true}");
        try (Wire wire = Wire.open(town.address(), "/realtime/docs/plan", Town.subprotocol(writer))) {
            Doc doc = new Doc(7);
            writes(wire, doc, "one ");
            writes(wire, doc, "two ");
            says(
                    caller.get("docs/plan/durability", reader),
                    "{\"generation\":1,\"accepted\":2,\"durable\":2,\"saved\":true}");
        }
        town.server().close();
        try (Server again = Server.start(new Server.Options(town.installation(), "127.0.0.1", 0, false))) {
            says(
                    new HttpCaller(again.address()).get("docs/plan/durability", reader),
                    "{\"generation\":1,\"accepted\":2,\"durable\":2,\"saved\":true}");
        }
    }

    @Test
    void itIsForThoseWhoMayRead() throws Exception {
        says(
                caller.get("records/wire-demo/durability", town.token("noah")),
                "{\"generation\":1,\"accepted\":0,\"durable\":0,\"saved\":true}");
        assertThat(caller.get("records/wire-demo/durability", town.token("sam")).status())
                .isEqualTo(404);
        assertThat(caller.get("records/nothing/durability", town.token("noah")).status())
                .isEqualTo(404);
        assertThat(caller.get("docs/plan/durability", docsToken("other-*", Access.WRITE))
                        .status())
                .isEqualTo(404);
        assertThat(caller.get("docs/plan/durability", town.token("noah")).status())
                .isEqualTo(401);
        assertThat(caller.get("records/wire-demo/durability", null).status()).isEqualTo(401);
        assertThat(caller.get("device/x/durability", town.token("noah")).status())
                .isEqualTo(404);
        assertThat(caller.post("records/wire-demo/durability", town.token("petra"))
                        .status())
                .isEqualTo(405);
    }
}
