package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.civicpress.realtime.conformance.Peers.Frame;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.conformance.Peers.Seen;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Somebody in the room sends what no client would, while two others go on writing.
final class MalformedFramesTest {
    private static final String ROOM = "records/resolution-val-mirabeau-emprunt";

    @TempDir
    static Path directory;

    private static RunningServer server;
    private static int edits;
    private Peers peers;
    private Peer claire;
    private Peer petra;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(directory.resolve("malformed"));
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
    }

    @BeforeEach
    void twoPeopleWrite() {
        peers = new Peers();
        claire = peers.inStep(server, ROOM, server.session("claire"));
        petra = peers.inStep(server, ROOM, server.session("petra"));
    }

    @AfterEach
    void theyNeverNoticed() throws Exception {
        String claires = "[c" + ++edits + "]";
        String petras = "[p" + edits + "]";
        claire.writes(claires);
        petra.writes(petras);
        claire.sees(petras);
        petra.sees(claires);
        claire.saves();
        petra.saves();
        assertThat(petra.content()).isEqualTo(claire.content());
        peers.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a sync message without its step,                 00",
        "a step that does not exist,                      00 07 00",
        "a state vector that ends early,                  00 00 04 03 01",
        "a length beyond the frame,                       00 02 ff ff ff ff 0f 01 02",
        "a length beyond any memory,                      00 02 ff ff ff ff ff ff ff 7f",
        "an update that ends early,                       00 02 08 01 01 e9 07 00 84 b6 f7",
        "an update of more structs than it has,           00 02 08 01 ff ff ff ff 0f e9 07",
        "an update of more clients than it has,           00 02 05 ff ff ff ff 0f",
        "text with a length beyond the update,            00 02 0f 01 01 e9 07 00 04 01 01 74 ff ff ff ff 07 61",
        "a content type that does not exist,              00 02 08 01 01 e9 07 00 1f 00 00",
        "a delete set of more ranges than it has,         00 02 09 00 01 e9 07 ff ff ff ff 0f",
        "presence of more clients than there are,         01 05 ff ff ff ff 0f",
        "presence that is not JSON,                       01 06 01 e9 07 01 01 7b",
    })
    void aMalformedFrameEndsItsConnectionAlone(String what, String hex) {
        Seen seen = sends(true, new Frame.Binary(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
        assertThat(seen.code()).as(what).isEqualTo(1007);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a type that does not exist, 4f 01 02",
        "an authentication message,  02 00 01 61",
    })
    void aFrameOfAnUnknownTypeIsIgnored(String what, String hex) {
        Seen seen = sends(false, new Frame.Binary(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
        assertThat(seen.code()).as(what).isZero();
    }

    @Test
    void textThatIsNotJsonIsIgnored() {
        Seen seen = sends(
                false,
                new Frame.Text("{"),
                new Frame.Text("%s %n \u0000 ' OR 1=1 --"),
                new Frame.Text("[".repeat(100_000)),
                new Frame.Text("{\"type\":{\"type\":\"ping\"}}"),
                new Frame.Text("{\"type\":\"ping\"}"));
        assertThat(seen.code()).isZero();
        assertThat(seen.texts()).anyMatch(text -> text.contains("\"pong\""));
    }

    @Test
    void randomBytesNeverReachAnybody() {
        Random random = new Random(7);
        String before = claire.content();
        for (int round = 0; round < 60; round++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (round % 4 == 3 ? bytes[0] : round % 2); // most of them look like sync or presence
            if (bytes.length > 1 && round % 2 == 0) {
                bytes[1] = (byte) random.nextInt(3);
            }
            Seen seen = sends(false, new Frame.Binary(bytes));
            assertThat(seen.code()).isIn(0, 1006, 1007);
        }
        assertThat(claire.content()).isEqualTo(before);
    }

    @Test
    void aMessageOverTenMebibytesIsTooMuch() {
        Seen seen = sends(true, new Frame.Binary(new byte[10 * 1024 * 1024 + 1]));
        assertThat(seen.code()).isIn(1009, 1006); // the reset may overtake the close
    }

    private Seen sends(boolean untilClosed, Frame... frames) {
        return peers.raw(server, ROOM, List.of("auth." + server.session("claire")), untilClosed, frames);
    }
}
