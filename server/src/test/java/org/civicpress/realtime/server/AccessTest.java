package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What CivicPress does to sessions, users and records reaches who is connected. It has the database open in a process
/// of its own: here, over a connection that the server knows nothing of.
class AccessTest {
    private static final String DEMO = "/realtime/records/wire-demo";
    private static final String READ_ONLY = "\"event\":\"read-only\"";
    private static final String EDITABLE = "{\"type\":\"control\",\"event\":\"editable\"}";
    private static final String DENIED = "4003 {\"code\":\"PERMISSION_DENIED\"}";

    @TempDir
    Path dir;

    private Town town;

    @BeforeEach
    void start() {
        town = Town.start(dir, "  rate_limiting: {messages_per_second: 1000, connections_per_user: 1}\n");
    }

    @AfterEach
    void stop() {
        town.close();
    }

    @Test
    void whoLogsOutIsShownOutAndOtherSessionsOfTheUserAreNot() throws Exception {
        String other = town.token("petra");
        try (Wire wire = enter("petra")) {
            civicPress("DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions)");
            assertShownOut(wire, "logged-out");
        }
        try (Wire wire = Wire.open(town.address(), DEMO, Town.bearer(other))) {
            assertThat(wire.read().text()).contains("connection.ack");
        }
    }

    @Test
    void whosePasswordIsChangedIsShownOutEverywhere() throws Exception {
        try (Wire wire = enter("petra")) {
            civicPress("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = 'petra')");
            assertShownOut(wire, "sessions-revoked");
        }
    }

    @Test
    void whoIsDeletedIsShownOut() throws Exception {
        try (Wire wire = enter("petra")) {
            civicPress(
                    "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE username = 'petra')",
                    "DELETE FROM users WHERE username = 'petra'");
            assertShownOut(wire, "user-deleted");
        }
    }

    @Test
    void whoseSessionExpiresIsShownOutWithoutAnyChangeOfTheDatabase() throws Exception {
        String token = town.token("petra");
        civicPress("UPDATE sessions SET expires_at = '"
                + Instant.now().plusSeconds(3).toString().substring(0, 19) + ".000Z'");
        try (Wire wire = Wire.open(town.address(), DEMO, Town.bearer(token))) {
            assertShownOut(wire, "session-expired");
        }
    }

    @Test
    void aRoleThatIsReducedMakesTheLiveSessionReadOnlyAndOneThatIsRaisedEditable() throws Exception {
        try (Wire petra = enter("petra");
                Wire noah = enter("noah")) {
            Doc doc = new Doc(71);
            petra.binary(edit(doc, "kept"));
            assertThat(edits(noah, 1)).isEqualTo("kept");

            civicPress("UPDATE users SET role = 'public' WHERE username = 'petra'");
            assertThat(text(petra, READ_ONLY)).contains("Your role may read this record only");
            petra.binary(edit(doc, " refused"));
            assertThat(text(petra, "PERMISSION_DENIED")).contains("You may not edit this record");
            petra.binary("660101");

            civicPress("UPDATE users SET role = 'clerk' WHERE username = 'petra'");
            text(petra, EDITABLE);
            petra.binary(Messages.write(new Message.SyncStep2(doc.state())).toHex()); // it was asked for the rest
            assertThat(edits(noah, 1)).isEqualTo(" refused");
            petra.binary("660102");
            assertThat(saved(petra)).isEqualTo("660102");
        }
    }

    @Test
    void aRoleThatIsReducedInTheMiddleOfAStreamOfEditsEndsItAtOneOfThem() throws Exception {
        try (Wire petra = enter("petra");
                Wire noah = enter("noah")) {
            Doc doc = new Doc(72);
            List<String> frames = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                frames.add(edit(doc, "x"));
            }
            Thread typing = Thread.ofPlatform().start(() -> {
                try {
                    for (String frame : frames) {
                        petra.binary(frame);
                        Thread.onSpinWait();
                        if (frame.equals(frames.get(200))) {
                            civicPress("UPDATE users SET role = 'public' WHERE username = 'petra'");
                        }
                    }
                } catch (IOException | SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            text(petra, READ_ONLY);
            typing.join();
            petra.binary(edit(doc, "after"));
            text(petra, "PERMISSION_DENIED");
            petra.text("{\"type\":\"ping\"}");
            text(petra, "pong");
            String taken = document("ada");
            assertThat(taken).matches("x*").hasSizeGreaterThanOrEqualTo(1);
            assertThat(edits(noah, taken.length())).isEqualTo(taken);
        }
    }

    @Test
    void whoMayNoLongerViewIsSentAway() throws Exception {
        try (Wire wire = enter("petra")) {
            civicPress("UPDATE users SET role = 'stranger' WHERE username = 'petra'");
            assertThat(close(wire)).isEqualTo(DENIED);
        }
    }

    @Test
    void aRecordThatIsArchivedCanOnlyBeReadByWhoIsInItAndWhoComesLater() throws Exception {
        try (Wire petra = enter("petra")) {
            civicPress("UPDATE records SET status = 'archived' WHERE id = 'wire-demo'");
            assertThat(text(petra, READ_ONLY)).contains("[\"This record is archived\"]");
            petra.binary(edit(new Doc(73), "refused"));
            text(petra, "PERMISSION_DENIED");
        }
        try (Town same = town;
                Wire noah = Wire.open(same.address(), DEMO, Town.bearer(same.token("noah")))) {
            text(noah, READ_ONLY);
        }
    }

    @Test
    void aRecordThatIsNeitherRecordNorDraftAnyMoreIsLeftByEverybody() throws Exception {
        try (Wire petra = enter("petra");
                Wire noah = enter("noah")) {
            civicPress(
                    "INSERT INTO record_drafts (id, title, type) VALUES ('wire-demo', 'A draft', 'bylaw')",
                    "DELETE FROM records WHERE id = 'wire-demo'");
            petra.text("{\"type\":\"ping\"}");
            text(petra, "pong");
            civicPress("DELETE FROM record_drafts WHERE id = 'wire-demo'");
            assertThat(close(petra)).isEqualTo(DENIED);
            assertThat(close(noah)).isEqualTo(DENIED);
        }
    }

    @Test
    void whoseSessionsAreRevokedInProcessIsNeitherCountedNorHeardFromThenOn() throws Exception {
        String user = Long.toString(
                town.installation().users().find("petra").orElseThrow().id());
        try (Wire petra = enter("petra");
                Wire noah = enter("noah")) {
            town.server().sessionsRevoked(user, Optional.of("sessions-revoked"));
            petra.binary(edit(new Doc(74), "too late"));
            try (Wire again = enter("petra")) { // of one allowed, before the first has closed
                again.binary(edit(new Doc(75), "in time"));
                assertThat(edits(noah, 1)).isEqualTo("in time");
            }
            assertShownOut(petra, "sessions-revoked");
        }
    }

    @Test
    void thePayloadOfTheHookNamesTheUserAsNumberOrTextAndAnythingElseIsIgnored() throws Exception {
        long user = town.installation().users().find("petra").orElseThrow().id();
        try (Wire petra = enter("petra")) {
            for (Map<?, ?> odd : List.of(
                    Map.of(),
                    Map.of("userId", List.of(user)),
                    Map.of("userId", user + 0.5),
                    Map.of("user", user),
                    Map.of("userId", "petra"))) {
                town.server().sessionsRevoked(odd);
            }
            petra.text("{\"type\":\"ping\"}");
            text(petra, "pong");
            town.server().sessionsRevoked(Map.of("userId", (double) user, "reason", 7));
            assertThat(text(petra, "session.revoked"))
                    .isEqualTo("{\"type\":\"control\",\"event\":\"session.revoked\",\"reason\":\"session_revoked\"}");
            assertThat(close(petra)).isEqualTo("4001 {\"code\":\"SESSION_REVOKED\"}");
        }
        try (Wire petra = enter("petra")) {
            town.server().sessionsRevoked(Map.of("userId", user + ""));
            assertThat(close(petra)).isEqualTo("4001 {\"code\":\"SESSION_REVOKED\"}");
        }
    }

    @Test
    void nobodyAppearsUnderAnothersNameAndWhoLeavesIsGoneAtOnce() throws Exception {
        try (Wire petra = enter("petra")) {
            try (Wire noah = enter("noah")) { // who may only read, and is seen
                noah.binary(
                        presence(9, 1, "{\"user\":{\"name\":\"Petra Quill\",\"color\":\"#1a5fb4\"},\"cursor\":null}"));
                assertThat(petra.read().hex())
                        .isEqualTo(presence(
                                9, 1, "{\"user\":{\"name\":\"Noah Tremblay\",\"color\":\"#1a5fb4\"},\"cursor\":null}"));
            }
            assertThat(petra.read().hex()).isEqualTo(presence(9, 1, "null"));
        }
    }

    private static String presence(long client, long clock, String state) {
        return Messages.write(new Message.AwarenessUpdate(List.of(new AwarenessEntry(client, clock, state))))
                .toHex();
    }

    @Test
    void aDocumentsTokenEndsWhenItSaysSo() throws Exception {
        String token =
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofSeconds(3));
        try (Wire wire = Wire.open(town.address(), "/realtime/docs/a", Town.bearer(token))) {
            List<Integer> opcodes = new ArrayList<>();
            Wire.Frame frame = wire.read();
            while (frame.opcode() != 8) {
                opcodes.add(frame.opcode());
                frame = wire.read();
            }
            assertThat(frame.close()).isEqualTo("4001 {\"code\":\"AUTH_FAILED\"}");
            assertThat(opcodes).containsOnly(2);
        }
    }

    /// Somebody in the room, who has heard the document.
    private Wire enter(String user) throws IOException {
        Wire wire = Wire.open(town.address(), DEMO, Town.bearer(town.token(user)));
        text(wire, "connection.ack");
        while (!wire.read().hex().startsWith("0001")) {
            // step 1 comes before step 2
        }
        wire.binary("0001020000"); // the answer to step 1: nothing
        return wire;
    }

    private void civicPress(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + town.installation().databaseFile());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute("BEGIN IMMEDIATE");
            for (String sql : statements) {
                assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
            }
            statement.execute("COMMIT");
        }
    }

    private static void assertShownOut(Wire wire, String reason) throws IOException {
        assertThat(text(wire, "session.revoked"))
                .isEqualTo("{\"type\":\"control\",\"event\":\"session.revoked\",\"reason\":\"" + reason + "\"}");
        assertThat(close(wire)).isEqualTo("4001 {\"code\":\"SESSION_REVOKED\",\"reason\":\"" + reason + "\"}");
    }

    /// The next text that holds these words.
    private static String text(Wire wire, String words) throws IOException {
        for (Wire.Frame frame = wire.read(); ; frame = wire.read()) {
            assertThat(frame.opcode()).as("%s instead of %s", frame, words).isNotEqualTo(8);
            if (frame.opcode() == 1 && frame.text().contains(words)) {
                return frame.text();
            }
        }
    }

    private static String close(Wire wire) throws IOException {
        Wire.Frame frame = wire.read();
        while (frame.opcode() != 8) {
            frame = wire.read();
        }
        return frame.close();
    }

    private static String saved(Wire wire) throws IOException {
        Wire.Frame frame = wire.read();
        while (!frame.hex().startsWith("66")) {
            frame = wire.read();
        }
        return frame.hex();
    }

    private final Doc heard = new Doc();

    /// What the edits that come next put into the text.
    ///
    /// @param atLeast so many characters
    private String edits(Wire wire, int atLeast) throws IOException {
        int before = heard.text("t").length();
        while (heard.text("t").length() < before + atLeast) {
            Wire.Frame frame = wire.read();
            assertThat(frame.opcode()).as(frame.toString()).isNotEqualTo(8);
            if (frame.opcode() == 2
                    && Messages.read(Bytes.wrap(frame.payload())) instanceof Message.Update(var update)) {
                heard.apply(update, this);
            }
        }
        return heard.text("t").toString().substring(before);
    }

    /// The text as who comes now finds it.
    private String document(String user) throws IOException {
        try (Wire wire = Wire.open(town.address(), DEMO, Town.bearer(town.token(user)))) {
            for (Wire.Frame frame = wire.read(); ; frame = wire.read()) {
                if (frame.opcode() == 2
                        && Messages.read(Bytes.wrap(frame.payload())) instanceof Message.SyncStep2(var update)) {
                    Doc doc = new Doc();
                    doc.apply(update, this);
                    return doc.text("t").toString();
                }
            }
        }
    }

    private static String edit(Doc doc, String words) {
        List<Bytes> updates = new ArrayList<>();
        try (var listening = doc.onUpdate((update, origin) -> updates.add(update))) {
            doc.transact(() -> doc.text("t").insert(doc.text("t").length(), words), null);
        }
        return Messages.write(new Message.Update(updates.getFirst())).toHex();
    }
}
