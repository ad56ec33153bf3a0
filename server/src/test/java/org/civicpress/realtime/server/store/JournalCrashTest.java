package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes to the journal is killed, as often as a dozen times, in the middle of its work. Whatever
/// it had been told is durable must be there, in order and without gaps.
final class JournalCrashTest {
    private static final int KILLS = 12;
    private static final int ROOMS = 5;

    @TempDir
    Path directory;

    @Test
    void whatWasDurableSurvivesTheKill() throws Exception {
        Map<Integer, Integer> durable = new HashMap<>();
        Random random = new Random(1);
        for (int kill = 0; kill < KILLS; kill++) {
            runUntilKilled(durable, 1 + random.nextInt(3_000));
            verify(durable);
        }
        assertThat(durable).hasSize(ROOMS);
    }

    /// Runs a writer until it has acknowledged so many entries, then kills it; what it still managed to say counts
    /// too.
    private void runUntilKilled(Map<Integer, Integer> durable, int acknowledgements) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Writer.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int seen = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            String line;
            while ((line = lines.readLine()) != null) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 3 && parts[2].equals(".")) { // else the kill cut the line
                    durable.merge(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Math::max);
                }
                if (++seen == acknowledgements) {
                    writer.toHandle().destroyForcibly(); // the process alone: what it said stays readable
                }
            }
        } finally {
            writer.destroyForcibly();
        }
        assertThat(seen).as("acknowledged before the writer ended").isGreaterThanOrEqualTo(acknowledgements);
        writer.waitFor();
    }

    private void verify(Map<Integer, Integer> durable) {
        try (JournalDriver driver = new JournalDriver(directory)) {
            durable.forEach((room, last) -> {
                Loaded.Contents contents = driver.contents(Writer.room(room));
                List<Integer> numbers = Writer.numbers(contents);
                for (int i = 0; i < numbers.size(); i++) {
                    assertThat(numbers.get(i)).isEqualTo(i + 1);
                }
                assertThat(numbers).hasSizeGreaterThanOrEqualTo(last);
                assertThat(contents.sequence()).isEqualTo(numbers.size());
                assertThat(contents.damaged()).isZero();
            });
        }
    }

    /// What is killed: numbers on the rooms, each acknowledged on the standard output once it is durable.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws InterruptedException {
            Path directory = Path.of(args[0]);
            Random random = new Random();
            PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false);
            try (SqlJournal journal = SqlJournal.open(
                    directory.resolve("realtime.db"),
                    directory.resolve("civic.db"),
                    SqlJournal.Limits.DEFAULT,
                    Clock.systemUTC())) {
                int[] next = new int[ROOMS];
                for (int room = 0; room < ROOMS; room++) {
                    CompletableFuture<Loaded> loaded = new CompletableFuture<>();
                    journal.load(room(room), loaded::complete);
                    next[room] = numbers((Loaded.Contents) loaded.join()).size() + 1;
                }
                Semaphore inFlight = new Semaphore(64);
                while (true) {
                    inFlight.acquire();
                    int room = random.nextInt(ROOMS);
                    int number = next[room]++;
                    String padded = number + " ".repeat(random.nextInt(2_000));
                    journal.append(room(room), JournalDriver.entry(JournalDriver.bytes(padded)), saved -> {
                        if (saved instanceof Saved.Durable(long sequence)) {
                            out.print(room + " " + number + " .\n");
                            out.flush();
                            inFlight.release();
                            if (sequence % 50 == 0) {
                                String all = java.util.stream.IntStream.rangeClosed(1, number)
                                        .mapToObj(Integer::toString)
                                        .collect(Collectors.joining(","));
                                journal.compact(room(room), JournalDriver.bytes(all), sequence, done -> {});
                            }
                        }
                    });
                }
            }
        }

        static RoomId room(int number) {
            return new RoomId("docs", "crash-" + number);
        }

        static List<Integer> numbers(Loaded.Contents contents) {
            List<Integer> numbers = new ArrayList<>();
            contents.base()
                    .ifPresent(base -> Arrays.stream(JournalDriver.text(base).split(","))
                            .map(Integer::parseInt)
                            .forEach(numbers::add));
            contents.updates()
                    .forEach(update -> numbers.add(
                            Integer.parseInt(JournalDriver.text(update).strip())));
            return numbers;
        }
    }
}
