package org.civicpress.realtime.bench.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/// An engine, and how a process of it is started. Immutable.
record Contestant(String name, List<String> command) {
    private static final long PATIENCE_MINUTES = 3;

    /// @param result digest of what the work gave
    /// @param value milliseconds, or bytes of a document; empty when it failed or cannot be asked of it
    record Outcome(Optional<String> result, OptionalDouble value) {}

    /// With the options of the server's launcher.
    static Contestant ours() {
        return new Contestant(
                "this engine",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseG1GC",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:MaxRAMPercentage=50",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineWorker.class.getName()));
    }

    /// @param name of an npm package for which the folder has an adapter
    static Contestant peer(String name, Path folder) {
        return new Contestant(
                name,
                List.of(
                        "node",
                        "--expose-gc",
                        "--max-old-space-size=8192",
                        folder.resolve("worker.mjs").toString(),
                        name));
    }

    /// Does the work in a fresh process.
    Outcome run(Work work, Options options) throws IOException, InterruptedException {
        var line = new ArrayList<>(command);
        line.add(options.clock());
        line.add(Long.toString(options.warmUpMillis()));
        line.add(Long.toString(options.measureMillis()));
        line.addAll(work.parameters());
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.onExit().orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES).exceptionally(late -> {
            process.destroyForcibly();
            return process;
        });
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                System.err.printf(Locale.ROOT, "  %s: %s ended with %d%n", name, work.id(), status);
            }
            return new Outcome(
                    word(output, "result "),
                    word(output, "millis ")
                            .or(() -> word(output, "bytes "))
                            .map(number -> OptionalDouble.of(Double.parseDouble(number)))
                            .orElse(OptionalDouble.empty()));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<String> word(String output, String name) {
        return output.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst();
    }
}
