package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.conformance.Peers.Typed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server is killed while two people type, twenty times. Whatever it had said is saved must be there, and
/// nothing may be there twice: neither a word, nor the text that the record began with.
final class KillTest {
    private static final int KILLS = 20;
    private static final String ROOM = "records/bylaw-harrow-fen-noise-control";
    private static final Pattern WORD = Pattern.compile("[ab]\\d+-\\d+\\.");

    @TempDir
    Path directory;

    @Test
    void whatWasReportedSavedSurvivesEveryKill() throws Exception {
        Random random = new Random(1);
        Map<String, Integer> saved = new HashMap<>();
        try (Peers peers = new Peers();
                RunningServer server = RunningServer.start(directory.resolve("kill"))) {
            int headings = count(reader(peers, server), "<heading");
            for (int kill = 0; kill < KILLS; kill++) {
                Peer claire = peers.inStep(server, ROOM, server.session("claire"));
                Peer petra = peers.inStep(server, ROOM, server.session("petra"));
                claire.startsTyping("a" + kill + "-");
                petra.startsTyping("b" + kill + "-");
                claire.hasSaved(1 + random.nextInt(60));
                server.kill();
                Typed claires = claire.stopsTyping();
                Typed petras = petra.stopsTyping();
                boolean comesBack = random.nextBoolean();
                if (!comesBack) { // what was not saved goes down with the two windows
                    claire.closes();
                    petra.closes();
                }
                saved.put("a" + kill, comesBack ? claires.typed() : claires.saved());
                saved.put("b" + kill, comesBack ? petras.typed() : petras.saved());
                server.startAgain();
                if (comesBack) {
                    claire.saves();
                    petra.saves();
                    claire.closes();
                    petra.closes();
                }

                String content = reader(peers, server);
                Map<String, Long> words = WORD.matcher(content)
                        .results()
                        .collect(Collectors.groupingBy(match -> match.group(), Collectors.counting()));
                assertThat(words.values()).as("how often each word is there").containsOnly(1L);
                saved.forEach((typist, upTo) -> {
                    for (int word = 1; word <= upTo; word++) {
                        assertThat(words).containsKey(typist + "-" + word + ".");
                    }
                });
                assertThat(count(content, "<heading")).isEqualTo(headings);
            }
        }
        assertThat(saved.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(KILLS);
    }

    private static String reader(Peers peers, RunningServer server) {
        Peer reader = peers.inStep(server, ROOM, server.session("noah"));
        String content = reader.content();
        reader.closes();
        return content;
    }

    private static int count(String text, String what) {
        return text.split(Pattern.quote(what), -1).length - 1;
    }
}
