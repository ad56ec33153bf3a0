package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.conformance.Peers.Seen;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Yjs clients in the rooms of records. Each test has a record to itself.
final class RecordRoomTest {
    @TempDir
    static Path directory;

    private static RunningServer server;
    private Peers peers;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(directory.resolve("records"));
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
    }

    @BeforeEach
    void startNode() {
        peers = new Peers();
    }

    @AfterEach
    void endNode() throws Exception {
        peers.close();
    }

    @Test
    void twoWritersConverge() {
        Peer claire = as("claire", "bylaw-eastmere-bom-nogap");
        Peer petra = as("petra", "bylaw-eastmere-bom-nogap");
        claire.writesAtStart("Claire was here. ");
        petra.writes(" Petra was here.");
        claire.sees("Petra was here.");
        petra.sees("Claire was here.");
        assertThat(petra.content()).isEqualTo(claire.content());
    }

    @Test
    void aLateJoinerGetsEverything() {
        Peer claire = as("claire", "bylaw-harrow-fen-noise-control");
        claire.writes(" Written before you came.");
        claire.saves();
        Peer petra = as("petra", "bylaw-harrow-fen-noise-control");
        assertThat(petra.content()).isEqualTo(claire.content()).contains("Written before you came.");
    }

    @Test
    void theDocumentIsTheRecord() {
        Peer claire = as("claire", "resolution-harrow-fen-budget-2026");
        assertThat(claire.content()).contains("<heading").contains("<paragraph>");
        assertThat(claire.texts().getFirst().path("event").asString()).isEqualTo("connection.ack");
        assertThat(claire.texts().getFirst().path("roomId").asString())
                .isEqualTo("records:resolution-harrow-fen-budget-2026");
    }

    @Test
    void whatWasWrittenOfflineIsMergedAfterARestart() throws Exception {
        String record = "proclamation-val-mirabeau-francophonie";
        Peer claire = as("claire", record);
        Peer petra = as("petra", record);
        claire.goesOffline();
        claire.writesAtStart("On the train. ");
        petra.writes(" In the office.");
        petra.saves();
        server.stop();
        server.startAgain();
        claire.comesBack();
        claire.sees("In the office.");
        petra.sees("On the train.");
        assertThat(petra.content()).isEqualTo(claire.content());
    }

    @Test
    void aViewersEditsGoNowhere() throws Exception {
        String record = "resolution-eastmere-consent-agenda";
        Peer claire = as("claire", record);
        Peer noah = as("noah", record);
        String before = claire.content();
        noah.writesAtStart("Noah was not here. ");
        noah.isPresentAs("Noah Tremblay"); // handled after the edit, and seen by the others: reading is allowed
        claire.seesPerson("Noah Tremblay");
        assertThat(claire.content()).isEqualTo(before);
        assertThat(as("petra", record).content()).isEqualTo(before);
        assertThat(server.journalled("Noah was not here.")).isZero();
    }

    @Test
    void theDraftReceivesTheTextAsMarkdown() throws Exception {
        Peer claire = as("claire", "ordinance-obertannbach-winterdienst");
        claire.writes(" Auch bei Eisregen.");
        claire.saves();
        claire.closes();
        draftOf("ordinance-obertannbach-winterdienst", " Auch bei Eisregen.");
        assertThat(server.draft("ordinance-obertannbach-winterdienst").orElseThrow())
                .contains("#")
                .doesNotContain("<paragraph");
    }

    @Test
    void aDraftStaysAsItIsWhileTheTextIsNothingThatARecordCanSay() throws Exception {
        String record = "proclamation-marlow-falls-firefighters-day";
        Peer claire = as("claire", record);
        claire.writesAtStart("Saved before. ");
        draftOf(record, "Saved before.");
        claire.writesWhatNoRecordCanSay();
        claire.writesAtStart("Not in the draft. ");
        claire.isTold(Map.of("event", "draft", "written", false));
        assertThat(server.draft(record).orElseThrow()).contains("Saved before.").doesNotContain("Not in the draft.");
        claire.deletesTheLastBlock();
        claire.isTold(Map.of("event", "draft", "written", true));
        draftOf(record, "Not in the draft.");
    }

    @Test
    void whatYjsMakesOfTheSnapshotOfAnEndIsTheDocument() throws Exception {
        String record = "policy-harrow-fen-plain-language";
        Peer claire = as("claire", record);
        claire.writesAtStart("Kept for the original. ");
        claire.saves();
        String content = claire.content();
        claire.closes();
        server.stop();
        server.startAgain();
        assertThat(peers.contentOf(server.snapshot(record).orElseThrow())).isEqualTo(content);
    }

    @Test
    void lookingAtARecordWritesNoDraft() throws Exception {
        Peer claire = as("claire", "policy-eastmere-open-data");
        claire.closes();
        server.stop(); // writes whatever it has to write
        server.startAgain();
        assertThat(server.draft("policy-eastmere-open-data")).isEmpty();
    }

    @Test
    void presenceComesAndGoesWithItsConnection() {
        Peer claire = as("claire", "policy-eastmere-social-media");
        Peer petra = as("petra", "policy-eastmere-social-media");
        petra.isPresentAs("Claire Beaulieu"); // nobody appears under the name of another
        claire.seesPerson("Petra Quill");
        Peer late = as("noah", "policy-eastmere-social-media");
        late.seesPerson("Petra Quill");
        petra.goesOffline();
        claire.seesNoMore("Petra Quill");
        late.seesNoMore("Petra Quill");
    }

    @Test
    void aTokenIsTakenFromTheHeaderToo() {
        Seen seen = peers.raw(
                server,
                "records/policy-harrow-fen-plain-language",
                List.of(),
                Map.of("Authorization", "Bearer " + server.session("petra")),
                false);
        assertThat(seen.code()).isZero();
        assertThat(seen.texts()).anyMatch(text -> text.contains("connection.ack"));
    }

    @Test
    void aBadTokenIsRefused() {
        Seen seen = peers.raw(
                server,
                "records/policy-harrow-fen-plain-language",
                List.of("auth." + "0".repeat(64) + "." + "0".repeat(64)),
                true);
        assertThat(seen.code()).isEqualTo(4001);
        assertThat(seen.reason()).isEqualTo("{\"code\":\"AUTH_FAILED\"}");
        assertThat(seen.texts())
                .containsExactly(
                        "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"AUTH_FAILED\",\"message\":\"Authentication failed\"}}");
        assertThat(seen.frames()).isZero();
    }

    @Test
    void noTokenIsRefused() {
        Seen seen = peers.raw(server, "records/policy-harrow-fen-plain-language", List.of(), true);
        assertThat(seen.code()).isIn(1005, 4001);
        assertThat(seen.frames()).isZero();
    }

    @Test
    void anUnknownRecordIsRefused() {
        Seen seen = peers.raw(server, "records/there-is-none", List.of("auth." + server.session("claire")), true);
        assertThat(seen.code()).isEqualTo(4003);
        assertThat(seen.reason()).isEqualTo("{\"code\":\"PERMISSION_DENIED\"}");
        assertThat(seen.frames()).isZero();
    }

    @Test
    void anUnknownRoomTypeIsRefused() {
        Seen seen = peers.raw(server, "widgets/one", List.of("auth." + server.session("claire")), true);
        assertThat(seen.code()).isEqualTo(4004);
        assertThat(seen.reason()).isEqualTo("{\"code\":\"ROOM_TYPE_NOT_REGISTERED\",\"roomType\":\"widgets\"}");
    }

    @Test
    void aJsonPingIsAnswered() {
        Seen seen = peers.raw(
                server,
                "records/policy-harrow-fen-plain-language",
                List.of("auth." + server.session("claire")),
                false,
                new Peers.Frame.Text("{\"type\":\"ping\"}"));
        assertThat(seen.texts()).anyMatch(text -> text.startsWith("{\"type\":\"pong\",\"timestamp\":"));
    }

    @Test
    void noTokenIsInTheLog() throws Exception {
        Peer petra = as("petra", "policy-puerto-almendro-transparencia");
        petra.writes(" A word.");
        petra.saves();
        assertThat(server.log()).doesNotContain(server.session("petra").substring(0, 32));
    }

    /// Waits until the record's draft holds the text.
    private static void draftOf(String record, String text) {
        Awaitility.await("the draft")
                .atMost(3, TimeUnit.MINUTES)
                .untilAsserted(() -> assertThat(server.draft(record))
                        .hasValueSatisfying(markdown -> assertThat(markdown).contains(text)));
    }

    private Peer as(String user, String record) {
        return peers.inStep(server, "records/" + record, server.session(user));
    }
}
