package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process that writes to the journal is killed, as often as a dozen times, in the middle of its work, and so is
/// PostgreSQL under it. Whatever it had been told is durable must be there, in order and without gaps.
final class JournalCrashTest {
    private static final int KILLS = 12;
    private static final int DEATHS = 6;
    private static final int ROOMS = 5;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(JournalPlace.Kind.class)
    void whatWasDurableSurvivesTheKill(JournalPlace.Kind kind) throws Exception {
        JournalPlace place = kind.in(directory);
        Map<Integer, Integer> durable = new HashMap<>();
        Random random = new Random(1);
        for (int kill = 0; kill < KILLS; kill++) {
            int acknowledgements = 1 + random.nextInt(3_000);
            run(place, durable, acknowledgements, writer -> {
                writer.toHandle().destroyForcibly(); // the process alone: what it said stays readable
                return false;
            });
            verify(place, durable);
        }
        assertThat(durable).hasSize(ROOMS);
    }

    /// The writer lives through all of it: what waits while the database is dead becomes durable with the next one.
    @Test
    void whatWasDurableSurvivesTheDeathOfTheDatabase() throws Exception {
        try (RealPostgres postgres = RealPostgres.start()) {
            JournalPlace place = new JournalPlace(directory, postgres.newSchema());
            Map<Integer, Integer> durable = new HashMap<>();
            int[] kills = {0};
            run(place, durable, 1_000, writer -> {
                postgres.kill();
                postgres.startAgain();
                if (++kills[0] < DEATHS) {
                    return true;
                }
                writer.toHandle().destroyForcibly();
                return false;
            });
            verify(place, durable);
            assertThat(durable).hasSize(ROOMS);
        }
    }

    /// What to do each time that so many entries were acknowledged.
    private interface Blow {
        /// @return whether there is another one
        boolean strike(Process writer) throws Exception;
    }

    /// Runs a writer until the last blow; what it still manages to say then counts too.
    private static void run(JournalPlace place, Map<Integer, Integer> durable, int acknowledgements, Blow blow)
            throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Writer.class.getName(),
                        place.url(),
                        place.directory().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int seen = 0;
        int next = acknowledgements;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
            String line;
            while ((line = lines.readLine()) != null) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 3 && parts[2].equals(".")) { // else the kill cut the line
                    durable.merge(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Math::max);
                }
                if (++seen == next) {
                    next = blow.strike(writer) ? seen + acknowledgements : 0;
                }
            }
        } finally {
            writer.destroyForcibly();
        }
        writer.waitFor();
        assertThat(next)
                .as("the blow that was still to come when the writer ended")
                .isZero();
    }

    private static void verify(JournalPlace place, Map<Integer, Integer> durable) {
        try (JournalDriver driver = new JournalDriver(place)) {
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
            Random random = new Random();
            PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false);
            JournalPlace place = new JournalPlace(Path.of(args[1]), args[0]);
            try (SqlJournal journal = place.open()) {
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
