package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.civicpress.realtime.conformance.Peers.Peer;
import org.civicpress.realtime.server.store.RealPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Windows stay open while the server is stopped or killed and started again; some sleep for several starts. Now and
/// then somebody replaces the record's file while the server is away. Who comes back is merged, or is told that its
/// document is of an older generation, and then a proposal holds what it had not sent. Nothing doubles, nothing that
/// was replaced comes back, and of what was said to be saved everything is in the room, in the file that was replaced,
/// or in a proposal. `./dev crash` does it for longer.
final class StaleClientsTest {
    /// A record is used for some rounds, because only so many proposals may wait for one.
    private static final int ROUNDS_OF_A_RECORD = 5;

    private static final List<String> RECORDS = List.of(
            "bylaw-harrow-fen-noise-control",
            "resolution-harrow-fen-budget-2026",
            "proclamation-val-mirabeau-francophonie",
            "resolution-eastmere-consent-agenda",
            "ordinance-obertannbach-winterdienst",
            "proclamation-marlow-falls-firefighters-day",
            "policy-eastmere-open-data",
            "policy-eastmere-social-media",
            "policy-harrow-fen-plain-language",
            "policy-puerto-almendro-transparencia");
    private static final Pattern WORD = Pattern.compile("(?:w|file)\\d+\\.");

    @TempDir
    Path directory;

    private RunningServer server;
    private Peers peers;
    private Random random;
    private int words;

    private String record = "";
    private final List<Tab> tabs = new ArrayList<>();
    private int generation;
    private int headings;

    /// What has to be in the room.
    private final Set<String> kept = new HashSet<>();

    /// What was in the files that were replaced.
    private final Set<String> replaced = new HashSet<>();

    private int merged;
    private int sentAway;

    /// A window that is open for longer than the server runs.
    private final class Tab {
        final Peer peer;
        final int since = generation;

        /// Perhaps the server has it.
        final List<String> unsure = new ArrayList<>();

        /// The server cannot have it.
        final List<String> unsent = new ArrayList<>();

        boolean isAsleep;
        boolean hasSlept;

        Tab(String user) {
            peer = peers.inStep(server, "records/" + record, server.session(user));
        }

        String writes() {
            String word = "w" + ++words + ".";
            peer.writes(" " + word);
            return word;
        }
    }

    @Test
    void whoComesBackAfterARestartIsMergedOrToldSoAndNothingDoubles() throws Exception {
        try (RunningServer running = RunningServer.start(directory.resolve("stale"));
                Peers clients = new Peers()) {
            happens("restarts", running, clients, 10);
        }
    }

    @Test
    void itIsTheSameWithPostgres() throws Exception {
        try (RealPostgres postgres = RealPostgres.start();
                RunningServer running =
                        RunningServer.startOnPostgres(directory.resolve("stale-postgres"), postgres.newSchema());
                Peers clients = new Peers()) {
            happens("restarts with PostgreSQL", running, clients, 5);
        }
    }

    private void happens(String what, RunningServer running, Peers clients, int usual) throws Exception {
        server = running;
        peers = clients;
        random = Rounds.random(what);
        int rounds = Rounds.count(usual);
        for (int round = 0; round < rounds; round++) {
            if (round % ROUNDS_OF_A_RECORD == 0) {
                begin(RECORDS.get(round / ROUNDS_OF_A_RECORD % RECORDS.size()));
            }
            restart(round);
        }
        System.out.printf("%d %s; %d came back and were merged, %d were stale%n", rounds, what, merged, sentAway);
        assertThat(merged).isPositive();
        assertThat(sentAway).isPositive();
    }

    /// Opens windows on a record that has a draft.
    private void begin(String next) throws Exception {
        tabs.forEach(tab -> tab.peer.closes());
        tabs.clear();
        record = next;
        Tab first = new Tab("claire");
        headings = count(first.peer.content(), "<heading");
        kept.clear();
        replaced.clear();
        kept.addAll(wordsOf(first.peer.content()));
        kept.add(first.writes());
        first.peer.saves();
        awaitDraft();
        tabs.add(first);
        tabs.add(new Tab("petra"));
        tabs.add(new Tab("claire"));
    }

    private void restart(int round) throws Exception {
        for (Tab tab : tabs) {
            if (!tab.isAsleep && random.nextBoolean()) {
                kept.add(tab.writes());
                tab.peer.saves();
            }
        }
        if (random.nextInt(4) == 0) {
            awaitDraft();
        }
        for (Tab tab : tabs) {
            if (!tab.isAsleep && random.nextBoolean()) {
                tab.unsure.add(tab.writes());
            }
        }
        Tab sleeper = tabs.get(random.nextInt(tabs.size()));
        if (!sleeper.isAsleep && random.nextBoolean()) {
            sleeper.isAsleep = true;
            sleeper.hasSlept = true;
            sleeper.peer.goesOffline();
        }

        boolean isKilled = random.nextBoolean();
        if (isKilled) {
            server.kill();
        } else {
            server.stop();
        }
        for (Tab tab : tabs) {
            tab.peer.isCutOff();
            if (random.nextBoolean()) {
                tab.unsent.add(tab.writes());
            }
        }
        boolean isReplaced = random.nextBoolean();
        String when = "in round " + round + " with " + record + ", " + (isKilled ? "killed" : "stopped")
                + (isReplaced ? ", its file replaced" : "");
        Set<String> saved = Set.copyOf(kept);
        if (isReplaced) {
            replaceFile();
        }
        server.startAgain();

        for (Tab tab : List.copyOf(tabs)) {
            if (tab.isAsleep && random.nextBoolean()) {
                tab.isAsleep = false;
                tab.peer.comesBack();
            }
            if (!tab.isAsleep) {
                returns(tab, isKilled, when);
            }
        }
        check(when);
        if (isReplaced) {
            assertThat(withoutThoseKept(saved)).as("saved, and lost %s", when).isEmpty();
        }
        while (tabs.size() < 3) {
            tabs.add(new Tab(random.nextBoolean() ? "claire" : "petra"));
        }
    }

    private void replaceFile() throws Exception {
        String draft = server.draft(record).orElseThrow();
        replaced.addAll(wordsOf(draft));
        String mark = "file" + ++words + ".";
        String body;
        if (random.nextBoolean()) {
            body = draft + "\n\nSomebody else has added " + mark + "\n";
        } else {
            body = "# Another text\n\nSomebody else has written " + mark + "\n";
            headings = 1;
        }
        server.saveElsewhere(record, body);
        generation++;
        kept.clear();
        kept.addAll(wordsOf(body));
    }

    private void returns(Tab tab, boolean isKilled, String when) throws Exception {
        Optional<String> stale = tab.peer.returns();
        if (tab.since == generation) {
            assertThat(stale).as("sent away %s", when).isEmpty();
            tab.peer.saves();
            kept.addAll(tab.unsure);
            kept.addAll(tab.unsent);
            tab.unsure.clear();
            tab.unsent.clear();
            merged++;
            return;
        }
        assertThat(stale).as("merged with another generation %s", when).isPresent();
        if (!tab.unsent.isEmpty()) {
            assertThat(stale).as("%s, with %s unsent", when, tab.unsent).hasValue(reason(true));
            assertThat(wordsOf(server.proposals()))
                    .as("what was unsent is proposed %s", when)
                    .containsAll(tab.unsent);
        } else if (tab.unsure.isEmpty() && !tab.hasSlept && !isKilled) {
            assertThat(stale).as("%s, with nothing unsent", when).hasValue(reason(false));
        }
        assertThat(withoutThoseKept(tab.unsure)).as("sent, and lost %s", when).isEmpty();
        tab.peer.closes();
        tabs.remove(tab);
        sentAway++;
    }

    private static String reason(boolean isKept) {
        return "{\"code\":\"GENERATION_STALE\",\"kept\":" + isKept + "}";
    }

    /// What is neither in the room, nor in a file that was replaced, nor in a proposal.
    private Set<String> withoutThoseKept(Iterable<String> all) throws Exception {
        List<String> proposed = wordsOf(server.proposals());
        Set<String> lost = new HashSet<>();
        for (String word : all) {
            if (!kept.contains(word) && !replaced.contains(word) && !proposed.contains(word)) {
                lost.add(word);
            }
        }
        return lost;
    }

    /// Somebody who comes for the first time sees everything that has to be there, once, and nothing else.
    private void check(String when) {
        Peer reader = peers.inStep(server, "records/" + record, server.session("noah"));
        String content = reader.content();
        reader.closes();
        Map<String, Long> there =
                wordsOf(content).stream().collect(Collectors.groupingBy(word -> word, Collectors.counting()));
        assertThat(there.values()).as("how often each word is there %s", when).containsOnly(1L);
        assertThat(there.keySet()).as("what is there %s", when).containsAll(kept);
        Set<String> others = new HashSet<>(there.keySet());
        others.removeAll(kept);
        for (Tab tab : tabs) {
            if (tab.since == generation) {
                others.removeAll(tab.unsure); // of one that sleeps
            }
        }
        assertThat(others).as("what may not be there %s", when).isEmpty();
        assertThat(count(content, "<heading")).as("headings %s", when).isEqualTo(headings);
    }

    private void awaitDraft() {
        Awaitility.await("the draft")
                .atMost(3, TimeUnit.MINUTES)
                .untilAsserted(() ->
                        assertThat(wordsOf(server.draft(record).orElse(""))).containsAll(kept));
    }

    private static List<String> wordsOf(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }

    private static int count(String text, String what) {
        return text.split(Pattern.quote(what), -1).length - 1;
    }
}
