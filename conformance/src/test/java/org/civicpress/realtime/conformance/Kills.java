package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.conformance.Peers.Typed;
import org.civicpress.realtime.server.store.RealPostgres;
import org.jspecify.annotations.Nullable;

/// The server, its PostgreSQL or both are killed while two people type, again and again. Whatever the server had said
/// is saved must be there after each, as the next start reads it from the journal, and nothing may be there twice:
/// neither a word, nor the text that the record began with. Confined to the test.
final class Kills implements AutoCloseable {
    private static final String ROOM = "records/bylaw-harrow-fen-noise-control";
    private static final Pattern WORD = Pattern.compile("[ab]\\d+-\\d+\\.");

    private final RunningServer server;
    private final @Nullable RealPostgres postgres;
    private final Peers peers = new Peers();
    private final Random random;
    private final int headings;

    /// Of each who typed, the last word that has to be there.
    private final Map<String, Integer> saved = new HashMap<>();

    private long typed;

    private enum Victim {
        SERVER,
        POSTGRES,
        BOTH
    }

    Kills(RunningServer server) {
        this(server, null);
    }

    Kills(RunningServer server, @Nullable RealPostgres postgres) {
        this.server = server;
        this.postgres = postgres;
        random = Rounds.random(postgres == null ? "kills" : "kills with PostgreSQL");
        headings = count(read(), "<heading");
    }

    /// @param usual how often, when nothing else was asked for
    void happen(int usual) throws Exception {
        int kills = Rounds.count(usual);
        for (int kill = 0; kill < kills; kill++) {
            Victim[] victims = Victim.values();
            happens(kill, postgres == null ? Victim.SERVER : victims[kill % victims.length]);
        }
        int words = saved.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf("%d kills; %d words typed, %d of them had to be there%n", kills, typed, words);
        assertThat(words).isGreaterThan(kills);
    }

    private void happens(int kill, Victim victim) throws Exception {
        Peer claire = peers.inStep(server, ROOM, server.session("claire"));
        Peer petra = peers.inStep(server, ROOM, server.session("petra"));
        claire.startsTyping("a" + kill + "-");
        petra.startsTyping("b" + kill + "-");
        claire.hasSaved(1 + random.nextInt(60));
        boolean isServerDown = kill(victim);
        Typed claires = claire.stopsTyping();
        Typed petras = petra.stopsTyping();
        boolean comesBack = random.nextBoolean();
        if (!comesBack) { // what was not saved goes down with the two windows
            claire.closes();
            petra.closes();
        }
        saved.put("a" + kill, comesBack ? claires.typed() : claires.saved());
        saved.put("b" + kill, comesBack ? petras.typed() : petras.saved());
        typed += claires.typed() + petras.typed();
        if (isServerDown) {
            startAgain();
        }
        if (comesBack) {
            claire.saves();
            petra.saves();
            claire.closes();
            petra.closes();
        }
        check(kill, victim, "in the running server");
        if (!isServerDown) {
            server.kill();
            startAgain();
            check(kill, victim, "in the journal");
        }
    }

    /// @return whether the server has to be started again
    private boolean kill(Victim victim) throws Exception {
        switch (victim) {
            case SERVER -> server.kill();
            case POSTGRES -> {
                killPostgres();
                startPostgres();
            }
            case BOTH -> {
                if (random.nextBoolean()) {
                    server.kill();
                    killPostgres();
                } else {
                    killPostgres();
                    server.kill();
                }
                startPostgres();
            }
        }
        return victim != Victim.POSTGRES;
    }

    private void killPostgres() {
        if (postgres != null) {
            postgres.kill();
        }
    }

    private void startPostgres() {
        if (postgres != null) {
            postgres.startAgain();
        }
    }

    /// Now and then it is killed again at once, while it makes good what the first kill left.
    private void startAgain() throws Exception {
        server.startAgain();
        if (random.nextInt(6) == 0) {
            server.kill();
            server.startAgain();
        }
    }

    private void check(int kill, Victim victim, String where) {
        String content = read();
        Map<String, Long> words = WORD.matcher(content)
                .results()
                .collect(Collectors.groupingBy(match -> match.group(), Collectors.counting()));
        String when = "after kill " + kill + " of " + victim + ", " + where;
        assertThat(words.entrySet().stream().filter(word -> word.getValue() != 1))
                .as("words that are there more than once %s", when)
                .isEmpty();
        saved.forEach((typist, upTo) -> {
            for (int word = 1; word <= upTo; word++) {
                assertThat(words.containsKey(typist + "-" + word + "."))
                        .as("%s-%d, saved up to %d, is there %s", typist, word, upTo, when)
                        .isTrue();
            }
        });
        assertThat(count(content, "<heading")).as("headings %s", when).isEqualTo(headings);
    }

    private String read() {
        Peer reader = peers.inStep(server, ROOM, server.session("noah"));
        String content = reader.content();
        reader.closes();
        return content;
    }

    private static int count(String text, String what) {
        return text.split(Pattern.quote(what), -1).length - 1;
    }

    @Override
    public void close() throws Exception {
        peers.close();
    }
}
