package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.store.RealPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server whose journal is in PostgreSQL, because `realtime.yml` says so.
class PostgresJournalTest {
    @TempDir
    Path dir;

    @Test
    void whatTwoClientsWroteIsThereAfterTheNextStart() throws Exception {
        String settings = settings(RealPostgres.shared().newSchema());
        try (Town town = Town.start(dir, settings)) {
            try (Wire ada = open(town);
                    Wire ben = open(town)) {
                writes(ada, 1, "from ada");
                assertThat(update(next(ben, "00")).text("ada").toString()).isEqualTo("from ada");
                writes(ben, 2, "from ben");
            }
        }
        try (Installation installation = Installation.open(dir);
                Server again = Server.start(new Server.Options(installation, "127.0.0.1", 0, false));
                Wire wire = Wire.open(again.address(), "/realtime/docs/a", token(installation))) {
            wire.read(); // step 1
            Doc doc = update(wire.read());
            assertThat(doc.text("ada").toString()).isEqualTo("from ada");
            assertThat(doc.text("ben").toString()).isEqualTo("from ben");
        }
        assertThat(dir.resolve(".system-data/realtime.db")).doesNotExist();
    }

    @Test
    void aJournalThatCannotBeReachedIsSaidInOneLineWithoutItsPassword() throws Exception {
        String url = RealPostgres.shared().url("there_is_none");
        try (Installation installation = Town.make(dir, settings(url))) {
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "127.0.0.1", 0, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("journal.database in realtime.yml (or CIVIC_REALTIME_JOURNAL)")
                    .hasMessageContaining("CREATE DATABASE")
                    .message()
                    .doesNotContain(RealPostgres.PASSWORD)
                    .doesNotContain("\n");
        }
    }

    @Test
    void aPasswordMayStandInAFileOfItsOwn() throws Exception {
        String url = RealPostgres.shared().newSchema();
        Path passwords = Files.writeString(dir.resolve("pgpass"), "127.0.0.1:*:*:*:" + RealPostgres.PASSWORD + "\n");
        System.setProperty("org.postgresql.pgpassfile", passwords.toString());
        try (Town town = Town.start(
                        dir.resolve("town"), settings(url.replace("&password=" + RealPostgres.PASSWORD, "")));
                Wire wire = open(town)) {
            writes(wire, 1, "kept");
        } finally {
            System.clearProperty("org.postgresql.pgpassfile");
        }
    }

    private static String settings(String url) {
        return "  journal: { database: '" + url + "' }\n";
    }

    private static Wire open(Town town) throws IOException {
        Wire wire = Wire.open(town.address(), "/realtime/docs/a", token(town.installation()));
        wire.read(); // step 1
        wire.read(); // step 2
        return wire;
    }

    /// Returns when it is safe.
    private static void writes(Wire wire, int client, String text) throws IOException {
        Doc doc = new Doc(client);
        doc.text(client == 1 ? "ada" : "ben").insert(0, text);
        wire.binary(Messages.write(new Message.Update(doc.state())).toHex());
        wire.binary("660101"); // tell me when it is safe
        next(wire, "660101");
    }

    private static Wire.Frame next(Wire wire, String start) throws IOException {
        Wire.Frame frame = wire.read();
        while (!frame.hex().startsWith(start)) {
            frame = wire.read();
        }
        return frame;
    }

    private static Doc update(Wire.Frame frame) {
        Doc doc = new Doc();
        switch (Messages.read(Bytes.wrap(frame.payload()))) {
            case Message.Update(var update) -> doc.apply(update, null);
            case Message.SyncStep2(var update) -> doc.apply(update, null);
            case Message other -> throw new AssertionError(other);
        }
        return doc;
    }

    private static String token(Installation installation) {
        return Town.subprotocol(
                DocsTokens.of(installation, Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1)));
    }
}
