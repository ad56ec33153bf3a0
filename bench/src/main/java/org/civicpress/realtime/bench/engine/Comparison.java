package org.civicpress.realtime.bench.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.civicpress.realtime.bench.Readme;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// `bench/run engine`: all works, each by all engines, in turns, several rounds; medians in tables.
public final class Comparison {
    private final Options options;
    private final Path traces;
    private final List<Contestant> contestants = new ArrayList<>();
    private final Results results;
    private final List<String> wrong = new ArrayList<>();

    private Comparison(Options options, Path traces, Path peers) {
        this.options = options;
        this.traces = traces;
        contestants.add(Contestant.ours());
        options.peers().forEach(peer -> contestants.add(Contestant.peer(peer, peers)));
        results = new Results(contestants.stream().map(Contestant::name).toList());
    }

    /// @param args the folder of the traces, that of the peers, that for the results, and options
    public static void main(String[] args) throws Exception {
        var options = Options.of(List.of(args).subList(3, args.length));
        var comparison = new Comparison(options, Path.of(args[0]), Path.of(args[1]));
        comparison.run();
        String part = comparison.results.tables() + comparison.circumstances();
        System.out.println(part);
        if (options.isComplete()) {
            Readme.write(Path.of(args[2]).resolve("README.md"), "./dev bench", part);
        }
        comparison.wrong.forEach(System.err::println);
        System.exit(comparison.wrong.isEmpty() ? 0 : 1);
    }

    private void run() throws Exception {
        List<Work> works = works();
        for (int round = 1; round <= options.rounds(); round++) {
            for (int i = 0; i < works.size(); i++) {
                Work work = works.get(i);
                System.err.printf(
                        Locale.ROOT, "%d/%d %3d/%d %-34s", round, options.rounds(), i + 1, works.size(), work.id());
                for (Contestant contestant : contestants) {
                    measure(work, contestant);
                }
                System.err.printf("%10s%n", Results.number(results.ratio(work, Results.OURS)));
            }
        }
    }

    private List<Work> works() {
        var works = new ArrayList<Work>();
        if (Files.exists(traces.resolve("automerge-paper.updates.v1.bin"))) {
            works.addAll(Work.recorded(traces));
        } else {
            System.err.println("without recorded sessions: there are none in " + traces);
        }
        works.removeIf(work -> options.only().stream().noneMatch(work.id()::contains));
        if (works.isEmpty()) {
            throw new IllegalArgumentException("there is no such work: " + options.only());
        }
        return works;
    }

    private void measure(Work work, Contestant contestant) throws Exception {
        Optional<Contestant.Outcome> outcome = contestant.run(work, options);
        outcome.ifPresent(came -> results.add(work, contestant.name(), came));
        System.err.printf("  %s %s", contestant.name(), Results.number(results.median(work, contestant.name())));
        if (outcome.isEmpty()) {
            return;
        }
        String result = outcome.get().result();
        if (contestant.name().equals(Results.YJS) && results.isOther(work, Results.OURS)) {
            wrong.add(work.id() + ": this engine gives other bytes than yjs");
        }
        if (outcome.get().value().isEmpty() && !contestant.name().equals("ywasm")) {
            wrong.add(work.id() + ": " + contestant.name() + " failed");
        }
        if (work.id().equals("automerge-paper/replay") && !result.equals(recorded())) {
            wrong.add(work.id() + ": " + contestant.name() + " gives other bytes than were recorded");
        }
    }

    /// The digest of what replaying must give: the updates that were recorded, the final state and the text.
    private String recorded() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Bytes update : Recording.updates(traces.resolve("automerge-paper.updates.v1.bin"))) {
            digest.update(update.asByteBuffer());
        }
        digest.update(Files.readAllBytes(traces.resolve("automerge-paper.final.v1.bin")));
        digest.update(Files.readAllBytes(traces.resolve("automerge-paper.final.txt")));
        return HexFormat.of().formatHex(digest.digest());
    }

    private String circumstances() {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds, %s time, Java %s, %d virtual CPUs, load %.1f at the end. ≠: gives other bytes than yjs.%n",
                options.rounds(),
                options.clock(),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
