package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups that are made by the installed command while the server is busy, and that come back.
final class RestoreTest {
    private static final String RECORD = "bylaw-harrow-fen-noise-control";
    private static final String STALE = "{\"code\":\"GENERATION_STALE\",\"kept\":%s}";
    private static final Pattern WORD = Pattern.compile("[ab]\\d+\\.");

    @TempDir
    Path directory;

    @Test
    void aBackupOfABusyServerComesBackAndWhoWroteSinceIsToldSo() throws Exception {
        Path hall = directory.resolve("restore");
        Path backup = directory.resolve("backup.db");
        try (Peers peers = new Peers();
                RunningServer server = RunningServer.start(hall)) {
            Peer claire = peers.inStep(server, "records/" + RECORD, server.session("claire"));
            Peer petra = peers.inStep(server, "records/" + RECORD, server.session("petra"));
            claire.startsTyping("a");
            petra.startsTyping("b");
            claire.hasSaved(20);
            RunningServer.civicRealtime("backup", hall.toString(), backup.toString());
            RunningServer.civicRealtime("verify", hall.toString());
            claire.stopsTyping();
            petra.stopsTyping();
            claire.writes(" Written since.");
            claire.saves();
            petra.sees("Written since.");
            petra.saves();
            petra.goesOffline();
            petra.writes(" Never sent.");
            draftHas(server, "Written since.");

            server.stop();
            claire.isCutOff();
            RunningServer.civicRealtime("restore", hall.toString(), backup.toString());
            server.startAgain();

            assertThat(claire.returns()).hasValue(STALE.formatted(false));
            petra.comesBack();
            assertThat(petra.returns()).hasValue(STALE.formatted(true));
            assertThat(server.proposals()).contains("Never sent.");
            Peer reader = peers.inStep(server, "records/" + RECORD, server.session("noah"));
            String content = reader.content();
            assertThat(content).doesNotContain("Written since.").doesNotContain("Never sent.");
            Map<String, Long> words =
                    wordsOf(content).stream().collect(Collectors.groupingBy(word -> word, Collectors.counting()));
            assertThat(words.values()).containsOnly(1L);
            for (int word = 1; word <= 20; word++) {
                assertThat(words).containsKey("a" + word + ".");
            }

            Awaitility.await("the draft of the text that came back")
                    .atMost(3, TimeUnit.MINUTES)
                    .untilAsserted(() -> assertThat(wordsOf(server.draft(RECORD).orElseThrow()))
                            .containsExactlyInAnyOrderElementsOf(words.keySet()));
            assertThat(server.draft(RECORD).orElseThrow()).doesNotContain("Written since.");
            assertThat(RunningServer.civicRealtime("export", hall.toString(), "records/" + RECORD, "--generation", "1"))
                    .contains("Written since.");
            RunningServer.civicRealtime("verify", hall.toString());
        }
    }

    @Test
    void aDraftThatSomebodyElseHasChangedIsNotOverwritten() throws Exception {
        Path hall = directory.resolve("changed");
        Path backup = directory.resolve("backup.db");
        try (Peers peers = new Peers();
                RunningServer server = RunningServer.start(hall)) {
            Peer claire = peers.inStep(server, "records/" + RECORD, server.session("claire"));
            claire.writes(" Backed up.");
            claire.saves();
            draftHas(server, "Backed up.");
            RunningServer.civicRealtime("backup", hall.toString(), backup.toString());
            claire.writes(" Written since.");
            claire.saves();
            draftHas(server, "Written since.");
            claire.closes();
            server.stop();
            String elsewhere = "# Noise\n\nSomebody else has written this.\n";
            server.saveElsewhere(RECORD, elsewhere);
            RunningServer.civicRealtime("restore", hall.toString(), backup.toString());
            server.startAgain();

            Peer reader = peers.inStep(server, "records/" + RECORD, server.session("noah"));
            reader.sees("Somebody else has written this.");
            assertThat(reader.content()).doesNotContain("Backed up.");
            assertThat(server.draft(RECORD)).hasValue(elsewhere);
            assertThat(server.proposals()).contains("Backed up.");
        }
    }

    private static void draftHas(RunningServer server, String text) {
        Awaitility.await("the draft with " + text)
                .atMost(3, TimeUnit.MINUTES)
                .untilAsserted(() -> assertThat(server.draft(RECORD).orElse("")).contains(text));
    }

    private static List<String> wordsOf(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }
}
