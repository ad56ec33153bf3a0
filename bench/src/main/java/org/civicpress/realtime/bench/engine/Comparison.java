package org.civicpress.realtime.bench.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import org.civicpress.realtime.bench.Readme;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// `bench/run engine`: all works, each by all engines, in turns, several rounds; medians in tables.
public final class Comparison {
    private static final String PICTURES = """
            ![How many times as fast as yjs, work by work](engine.svg)

            ![Time per n log n at three sizes](growth.svg)

            """;

    private final Options options;
    private final Path traces;
    private final Path peers;
    private final Path generated;
    private final List<Contestant> contestants = new ArrayList<>();
    private final Results results;
    /// What need not be tried in the next round.
    private final Set<String> failed = new HashSet<>();

    private final Set<String> wrong = new LinkedHashSet<>();

    private Comparison(Options options, Path traces, Path peers, Path generated) {
        this.options = options;
        this.traces = traces;
        this.peers = peers;
        this.generated = generated;
        contestants.add(Contestant.ours());
        options.peers().forEach(peer -> contestants.add(Contestant.peer(peer, peers)));
        results = new Results(contestants.stream().map(Contestant::name).toList());
    }

    /// @param args the folder of the traces, that of the peers, that for generated sessions, that for the results, and
    ///     options
    public static void main(String[] args) throws Exception {
        var options = Options.of(List.of(args).subList(4, args.length));
        var comparison = new Comparison(options, Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
        comparison.run();
        String part = comparison.results.tables() + comparison.circumstances();
        System.out.println(part);
        Path folder = Path.of(args[3]);
        if (options.isComplete()) {
            Readme.write(folder.resolve("README.md"), "./dev bench", PICTURES + part);
        }
        Path pictures = options.isComplete() ? folder : folder.resolve("target");
        Files.writeString(pictures.resolve("engine.svg"), Charts.ratios(comparison.results));
        Files.writeString(pictures.resolve("growth.svg"), Charts.growth(comparison.results));
        comparison.wrong.forEach(System.err::println);
        System.exit(comparison.wrong.isEmpty() ? 0 : 1);
    }

    private void run() throws Exception {
        List<Work> works = works();
        generate(works);
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
        if (Files.exists(traces.resolve(Works.RECORDED + ".updates.v1.bin"))) {
            works.addAll(Works.recorded(traces));
        } else {
            System.err.println("without recorded sessions: there are none in " + traces);
        }
        works.addAll(Works.generated(generated));
        works.addAll(Works.curves(generated));
        works.removeIf(work -> options.only().stream().noneMatch(work.id()::contains));
        if (works.isEmpty()) {
            throw new IllegalArgumentException("there is no such work: " + options.only());
        }
        return works;
    }

    /// Makes what the works need and what is not there.
    private void generate(List<Work> works) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of(
                "node",
                "--max-old-space-size=8192",
                peers.resolve("generate.mjs").toString(),
                generated.toString()));
        works.stream()
                .flatMap(work -> work.parameters().stream())
                .filter(word -> word.startsWith(generated.toString()))
                .map(file -> file.substring(generated.toString().length() + 1, file.indexOf('.')))
                .distinct()
                .forEach(line::add);
        if (new ProcessBuilder(line).inheritIO().start().waitFor() != 0) {
            throw new IOException("the sessions could not be generated");
        }
    }

    private void measure(Work work, Contestant contestant) throws Exception {
        String name = contestant.name();
        if (failed.contains(work.id() + name)) {
            return;
        }
        Contestant.Outcome outcome = contestant.run(work, options);
        results.add(work, name, outcome);
        System.err.printf("  %s %s", name, Results.number(results.median(work, name)));
        if (outcome.value().isEmpty()) {
            failed.add(work.id() + name);
        }
        if (outcome.value().isEmpty() && (name.equals(Results.OURS) || name.equals(Results.YJS))) {
            wrong.add(work.id() + ": " + name + " failed");
        }
        if (results.isOther(work, Results.OURS) && name.equals(Results.YJS)) {
            wrong.add(work.id() + ": this engine gives other bytes than yjs");
        }
        if (work.id().equals(Works.RECORDED + "/replay")
                && !outcome.result().orElse(recorded()).equals(recorded())) {
            wrong.add(work.id() + ": " + name + " gives other bytes than were recorded");
        }
    }

    /// What a document of 20 MB costs, beside what it should.
    private String large() throws IOException {
        OptionalDouble load = results.median(Works.generated(generated, "large-load-v1"), Results.OURS);
        OptionalDouble memory = results.median(Works.generated(generated, "large-memory"), Results.OURS);
        if (load.isEmpty() || memory.isEmpty()) {
            return "";
        }
        double size = Files.size(generated.resolve(Works.LARGE + ".final.v1.bin"));
        return String.format(
                Locale.ROOT,
                "The large document: %.1f MB encoded, loaded in %s ms (mark: 1,000), held in %s times its size (mark: 4).%n%n",
                size / 1e6,
                Results.number(load),
                Results.number(OptionalDouble.of(memory.getAsDouble() / size)));
    }

    /// The digest of what replaying must give: the updates that were recorded, the final state and the text.
    private String recorded() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Bytes update : Recording.updates(traces.resolve(Works.RECORDED + ".updates.v1.bin"))) {
            digest.update(update.asByteBuffer());
        }
        digest.update(Files.readAllBytes(traces.resolve(Works.RECORDED + ".final.v1.bin")));
        digest.update(Files.readAllBytes(traces.resolve(Works.RECORDED + ".final.txt")));
        return HexFormat.of().formatHex(digest.digest());
    }

    private String circumstances() throws IOException {
        return large()
                + String.format(
                        Locale.ROOT,
                        "Medians of %d rounds, %s time, Java %s, %d virtual CPUs, load %.1f at the end. ≠: gives other bytes than yjs. –: has no such operation, or was not done after three minutes.%n",
                        options.rounds(),
                        options.clock(),
                        Runtime.version().feature(),
                        Runtime.getRuntime().availableProcessors(),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
