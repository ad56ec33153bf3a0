package org.civicpress.realtime.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.CivicSeed;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.Server;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.Wire.Frame;
import org.civicpress.realtime.server.proposals.ProposalDesk;
import org.civicpress.realtime.server.room.Proposals;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.Predecessor;
import org.civicpress.realtime.server.store.SqlJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What waits for a person, from the tab that comes back with it to the text in which it was applied.
final class ProposalsApiTest {
    private static final String RECORD = "wire-demo";
    private static final String SOCKET = "/realtime/records/" + RECORD;
    private static final String PROPOSALS = "records/" + RECORD + "/proposals";
    private static final String STALE = "4409 {\"code\":\"GENERATION_STALE\",\"kept\":true}";

    @TempDir
    Path dir;

    private Town town;
    private Server server;
    private String petra;

    @BeforeEach
    void start() {
        town = Town.start(dir);
        server = town.server();
        petra = town.token("petra");
    }

    @AfterEach
    void stop() {
        server.close();
        town.close();
    }

    // ---- people

    private HttpCaller caller() {
        return new HttpCaller(server.address());
    }

    private void startAgain() {
        server = Server.start(new Server.Options(town.installation(), "127.0.0.1", 0, false));
    }

    private static String hex(Message message) {
        return Messages.write(message).toHex();
    }

    /// Joins with a document, as y-websocket does, and follows until a frame is the one that is waited for.
    private static Frame follows(Wire wire, Doc doc, Predicate<Frame> isIt) throws IOException {
        while (true) {
            Frame frame = wire.read();
            if (frame.opcode() == 2) {
                switch (Messages.read(Bytes.wrap(frame.payload()))) {
                    case Message.SyncStep1(var has) -> wire.binary(hex(new Message.SyncStep2(doc.stateSince(has))));
                    case Message.SyncStep2(var update) -> doc.apply(update, wire);
                    case Message.Update(var update) -> doc.apply(update, wire);
                    default -> {}
                }
            }
            if (isIt.test(frame)) {
                return frame;
            }
        }
    }

    private Wire joins(String token, Doc doc) throws IOException {
        Wire wire = Wire.open(server.address(), SOCKET, Town.subprotocol(token));
        wire.binary(hex(new Message.SyncStep1(doc.stateVector())));
        return wire;
    }

    private static boolean isAnswer(Frame frame) {
        return frame.opcode() == 2 && frame.hex().startsWith("0001");
    }

    private static boolean saysProposals(Frame frame, int count) {
        return frame.opcode() == 1 && frame.text().endsWith("\"event\":\"proposals\",\"count\":" + count + "}");
    }

    private static void adds(Doc doc, int block, String words) {
        YXmlElement paragraph =
                (YXmlElement) doc.xmlFragment("default").children().get(block);
        YXmlText text = (YXmlText) paragraph.children().getFirst();
        text.insert(text.length(), words);
    }

    private static String markdown(Doc doc) {
        return ((Written.Faithful) CivicMarkdown.write(CivicDocument.read(doc))).markdown();
    }

    private String textOfNow() throws IOException {
        Doc doc = new Doc();
        try (Wire wire = joins(town.token("noah"), doc)) {
            follows(wire, doc, ProposalsApiTest::isAnswer);
        }
        return markdown(doc);
    }

    /// Petra has the record open, which says "# Hi" and "Hello", loses her connection, and writes on.
    private Doc petraWritesWhileAway() throws IOException {
        Doc tab = new Doc();
        try (Wire wire = joins(petra, tab)) {
            follows(wire, tab, ProposalsApiTest::isAnswer);
        }
        adds(tab, 1, " from the train");
        return tab;
    }

    private void somebodyReplacesTheText(String body) {
        server.close();
        town.installation().drafts().writeBody(RECORD, body);
        startAgain();
    }

    private void comesBack(Doc tab) throws IOException {
        try (Wire wire = joins(petra, tab)) {
            assertThat(follows(wire, tab, frame -> frame.opcode() == 8).close()).isEqualTo(STALE);
        }
    }

    /// The id of the one proposal there is.
    private String theProposal() throws Exception {
        JsonNode proposals = caller().get(PROPOSALS, petra).data();
        assertThat(proposals.size()).isEqualTo(1);
        return proposals.get(0).path("id").stringValue();
    }

    private void aProposalWaits() throws Exception {
        Doc tab = petraWritesWhileAway();
        somebodyReplacesTheText("# Hi\n\nHello\n\nDecided elsewhere.");
        comesBack(tab);
    }

    private static List<String> lines(JsonNode details) {
        List<String> lines = new ArrayList<>();
        for (JsonNode line : details.path("lines")) {
            String sign = switch (line.path("kind").stringValue()) {
                case "same" -> " ";
                case "removed" -> "-";
                case "added" -> "+";
                case String other -> throw new AssertionError(other);
            };
            lines.add(sign + line.path("text").stringValue());
        }
        return lines;
    }

    /// Keeps a proposal while no server runs, as a room does that has to begin anew.
    private void keeps(Bytes state) throws Exception {
        server.close();
        var installation = town.installation();
        try (SqlJournal journal = SqlJournal.open(
                installation.systemData().resolve("realtime.db"),
                Predecessor.NONE,
                SqlJournal.Limits.DEFAULT,
                Clock.systemUTC())) {
            CompletableFuture<Proposals.Outcome> kept = new CompletableFuture<>();
            new ProposalDesk(journal, journal.proposals())
                    .offer(
                            new Proposals.Offer(
                                    new RoomId("records", RECORD), 1, Proposals.Reason.REPLACED, null, state, 0),
                            kept::complete);
            assertThat(kept.get(1, TimeUnit.MINUTES)).isEqualTo(new Proposals.Outcome.Kept(1));
        }
        startAgain();
    }

    // ---- tests

    @Test
    void whatAStaleTabHadIsListedWithWhoAndWhenAndWhy() throws Exception {
        assertThat(caller().get(PROPOSALS, petra).data().size()).isZero();
        Instant before = Instant.now().minusMillis(1);
        aProposalWaits();
        JsonNode proposals = caller().get(PROPOSALS, petra).data();
        assertThat(proposals.size()).isEqualTo(1);
        JsonNode proposal = proposals.get(0);
        assertThat(proposal.path("id").stringValue()).matches("[0-9a-f]{20}");
        assertThat(proposal.path("user").stringValue()).isEqualTo("petra");
        assertThat(proposal.path("name").stringValue()).isEqualTo("Petra Quill");
        assertThat(proposal.path("reason").stringValue()).isEqualTo("stale");
        assertThat(Instant.parse(proposal.path("time").stringValue())).isBetween(before, Instant.now());
    }

    @Test
    void whatApplyingWouldChangeIsShownLineByLineAndChangesNothing() throws Exception {
        aProposalWaits();
        JsonNode details = caller().get(PROPOSALS + "/" + theProposal(), petra).data();
        assertThat(details.path("user").stringValue()).isEqualTo("petra");
        assertThat(details.path("applicable").booleanValue()).isTrue();
        assertThat(details.path("obstacle").isNull()).isTrue();
        assertThat(details.path("conflicts").size()).isZero();
        assertThat(lines(details))
                .containsExactly(" # Hi", " ", "-Hello", "+Hello from the train", " ", " Decided elsewhere.");
        assertThat(textOfNow()).isEqualTo("# Hi\n\nHello\n\nDecided elsewhere.");
    }

    @Test
    void whatIsAppliedIsInTheTextOfEverybodyAndWaitsNoMore() throws Exception {
        aProposalWaits();
        String id = theProposal();
        Doc seen = new Doc();
        try (Wire wire = joins(petra, seen)) {
            follows(wire, seen, frame -> saysProposals(frame, 1));
            assertThat(caller().post(PROPOSALS + "/" + id + "/apply", petra).status())
                    .isEqualTo(200);
            follows(wire, seen, frame -> saysProposals(frame, 0));
            assertThat(markdown(seen)).isEqualTo("# Hi\n\nHello from the train\n\nDecided elsewhere.");
        }
        assertThat(textOfNow()).isEqualTo("# Hi\n\nHello from the train\n\nDecided elsewhere.");
        assertThat(caller().get(PROPOSALS, petra).data().size()).isZero();
        for (String what : List.of("/apply", "/drop")) {
            assertThat(caller().post(PROPOSALS + "/" + id + what, petra).status())
                    .isEqualTo(404);
        }
        assertThat(caller().get(PROPOSALS + "/" + id, petra).status()).isEqualTo(404);

        server.close();
        assertThat(town.installation().drafts().find(RECORD).orElseThrow().body())
                .isEqualTo("# Hi\n\nHello from the train\n\nDecided elsewhere.");
    }

    @Test
    void whatIsDroppedIsGoneAndTheTextIsAsItWas() throws Exception {
        aProposalWaits();
        String id = theProposal();
        assertThat(caller().post(PROPOSALS + "/" + id + "/drop", petra).status())
                .isEqualTo(200);
        assertThat(caller().post(PROPOSALS + "/" + id + "/drop", petra).status())
                .isEqualTo(404);
        assertThat(caller().get(PROPOSALS, petra).data().size()).isZero();
        assertThat(textOfNow()).isEqualTo("# Hi\n\nHello\n\nDecided elsewhere.");
    }

    @Test
    void whatOthersWroteWhileTheTabWasAwayIsNotTakenBack() throws Exception {
        Doc tab = petraWritesWhileAway();
        Doc other = new Doc();
        try (Wire wire = joins(town.token("petra"), other)) {
            follows(wire, other, ProposalsApiTest::isAnswer);
            var since = other.stateVector();
            adds(other, 0, " there");
            wire.binary(hex(new Message.Update(other.stateSince(since))));
            wire.binary("660101");
            follows(wire, other, frame -> frame.hex().equals("660101"));
        }
        somebodyReplacesTheText("# Hi there\n\nHello\n\nDecided elsewhere.");
        comesBack(tab);
        JsonNode details = caller().get(PROPOSALS + "/" + theProposal(), petra).data();
        assertThat(lines(details))
                .containsExactly(" # Hi there", " ", "-Hello", "+Hello from the train", " ", " Decided elsewhere.");
    }

    @Test
    void whatWasChangedOnBothSidesIsKeptTwiceAndSaid() throws Exception {
        Doc tab = petraWritesWhileAway();
        somebodyReplacesTheText("# Hi\n\nHello, decided elsewhere");
        comesBack(tab);
        String id = theProposal();
        JsonNode details = caller().get(PROPOSALS + "/" + id, petra).data();
        assertThat(details.path("conflicts").get(0).stringValue())
                .isEqualTo("“Hello from the train” was changed on both sides; both are kept.");
        assertThat(lines(details)).contains(" Hello, decided elsewhere", "+Hello from the train");
        assertThat(caller().post(PROPOSALS + "/" + id + "/apply", petra).status())
                .isEqualTo(200);
        assertThat(textOfNow()).isEqualTo("# Hi\n\nHello, decided elsewhere\n\nHello from the train");
    }

    @Test
    void whatWasReplacedAsAWholeTakesThePlaceOfTheTextOfNow() throws Exception {
        keeps(CivicSeed.of("# Hi\n\nNot in the file yet").update());
        JsonNode proposal = caller().get(PROPOSALS, petra).data().get(0);
        assertThat(proposal.path("reason").stringValue()).isEqualTo("replaced");
        assertThat(proposal.path("user").isNull()).isTrue();
        assertThat(proposal.path("name").isNull()).isTrue();
        String id = theProposal();
        assertThat(lines(caller().get(PROPOSALS + "/" + id, petra).data()))
                .containsExactly(" # Hi", " ", "-Hello", "+Not in the file yet");
        assertThat(caller().post(PROPOSALS + "/" + id + "/apply", petra).status())
                .isEqualTo(200);
        assertThat(textOfNow()).isEqualTo("# Hi\n\nNot in the file yet");
    }

    @Test
    void whatCannotBeAppliedSaysWhyAndGoesOnWaiting() throws Exception {
        aProposalWaits();
        somebodyReplacesTheText("Before <video src=\"x\"></video> after");
        String id = theProposal();
        JsonNode details = caller().get(PROPOSALS + "/" + id, petra).data();
        assertThat(details.path("applicable").booleanValue()).isFalse();
        String obstacle = details.path("obstacle").stringValue();
        assertThat(obstacle).startsWith("The record cannot be edited here: ");
        HttpCaller.Answer answer = caller().post(PROPOSALS + "/" + id + "/apply", petra);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error()).isEqualTo(obstacle);
        assertThat(theProposal()).isEqualTo(id);
    }

    @Test
    void whatCannotBeReadCanBeDropped() throws Exception {
        keeps(Bytes.ofHex("010101"));
        String id = theProposal();
        JsonNode details = caller().get(PROPOSALS + "/" + id, petra).data();
        assertThat(details.path("applicable").booleanValue()).isFalse();
        assertThat(details.path("obstacle").stringValue()).isEqualTo("It cannot be read.");
        assertThat(details.path("lines").size()).isZero();
        assertThat(caller().post(PROPOSALS + "/" + id + "/apply", petra).status())
                .isEqualTo(409);
        assertThat(caller().post(PROPOSALS + "/" + id + "/drop", petra).status())
                .isEqualTo(200);
    }

    @Test
    void theyAreForThoseWhoMayEdit() throws Exception {
        aProposalWaits();
        String one = PROPOSALS + "/" + theProposal();
        for (String path : List.of(PROPOSALS, one)) {
            assertThat(caller().get(path, null).status()).isEqualTo(401);
            assertThat(caller().get(path, town.token("noah")).status()).isEqualTo(403);
            assertThat(caller().get(path, town.token("sam")).status()).isEqualTo(404);
            assertThat(caller().post(path, petra).status()).isEqualTo(405);
        }
        for (String path : List.of(one + "/apply", one + "/drop")) {
            assertThat(caller().post(path, null).status()).isEqualTo(401);
            assertThat(caller().post(path, town.token("noah")).status()).isEqualTo(403);
            assertThat(caller().post(path, town.token("sam")).status()).isEqualTo(404);
            assertThat(caller().get(path, petra).status()).isEqualTo(405);
        }
        assertThat(caller().get("records/with-html/proposals/" + theProposal(), petra)
                        .status())
                .as("it is another record's")
                .isEqualTo(404);
        assertThat(caller().get("records/nothing/proposals", petra).status()).isEqualTo(404);
        assertThat(caller().post(one + "/keep", petra).status()).isEqualTo(404);
        assertThat(caller().get(one + "/apply/now", petra).status()).isEqualTo(404);
        assertThat(theProposal()).isNotEmpty();
    }
}
