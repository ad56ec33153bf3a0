package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.conformance.Peers.Seen;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plain y-websocket clients, unchanged, in rooms of any document, with access by JWT.
final class DocsRoomTest {
    @TempDir
    static Path directory;

    private static RunningServer server;
    private Peers peers;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(directory.resolve("docs"));
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
    void writersConvergeAndEverythingIsThereAfterARestart() throws Exception {
        Peer ada = writer("plans");
        Peer bob = writer("plans");
        ada.writes("Ada's line. ");
        bob.writes("Bob's line. ");
        ada.sees("Bob's line.");
        bob.sees("Ada's line.");
        ada.saves();
        bob.saves();
        assertThat(bob.content()).isEqualTo(ada.content());
        String text = ada.content();
        ada.closes();
        bob.closes();
        server.kill();
        server.startAgain();
        assertThat(writer("plans").content()).isEqualTo(text);
    }

    @Test
    void whoMayOnlyReadSeesEverythingAndChangesNothing() throws Exception {
        Peer ada = writer("minutes");
        Peer reader = peers.inStep(server, "docs/minutes", server.jwt("minutes", "read"));
        ada.writes("For everybody.");
        reader.sees("For everybody.");
        reader.writes(" And a lie.");
        reader.isPresentAs("a reader"); // comes after the lie
        ada.seesPerson("a reader");
        assertThat(ada.content()).isEqualTo("For everybody.");
        assertThat(server.journalled("And a lie.")).isZero();
    }

    @Test
    void roomsOfDifferentNamesAreDifferentDocuments() {
        Peer north = peers.inStep(server, "docs/maps-north", server.jwt("maps-*", "write"));
        Peer south = peers.inStep(server, "docs/maps-south", server.jwt("maps-*", "write"));
        north.writes("north");
        south.writes("south");
        north.saves();
        south.saves();
        assertThat(peers.inStep(server, "docs/maps-north", server.jwt("maps-*", "read"))
                        .content())
                .isEqualTo("north");
    }

    @Test
    void aTokenForOneDocumentOpensNoOther() {
        Seen seen = peers.raw(server, "docs/budget", List.of("auth." + server.jwt("minutes", "write")), true);
        assertThat(seen.code()).isEqualTo(4003);
        assertThat(seen.frames()).isZero();
        assertThat(seen.texts()).isEmpty();
    }

    @Test
    void aSessionOfTheInstallationIsNoTokenForDocuments() {
        Seen seen = peers.raw(server, "docs/budget", List.of("auth." + server.session("claire")), true);
        assertThat(seen.code()).isEqualTo(4001);
        assertThat(seen.frames()).isZero();
    }

    @Test
    void aTokenThatWasTamperedWithIsRefused() {
        String token = server.jwt("plans", "write");
        int signature = token.lastIndexOf('.') + 1;
        char changed = token.charAt(signature) == 'A' ? 'B' : 'A';
        Seen seen = peers.raw(
                server,
                "docs/plans",
                List.of("auth." + token.substring(0, signature) + changed + token.substring(signature + 1)),
                true);
        assertThat(seen.code()).isEqualTo(4001);
    }

    @Test
    void presenceIsTakenAwayWhenItsConnectionIs() {
        Peer ada = writer("tea");
        Peer bob = writer("tea");
        bob.isPresentAs("Bob");
        ada.seesPerson("Bob");
        bob.closes();
        ada.seesNoMore("Bob");
    }

    private Peer writer(String name) {
        return peers.inStep(server, "docs/" + name, server.jwt(name, "write"));
    }
}
