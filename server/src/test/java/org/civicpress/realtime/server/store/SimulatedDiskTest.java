package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal's real code and its real files on a [SimulatedDisk]: the power fails at every kind of moment, again and
/// again, and the disk fails. What was acknowledged is there afterwards, once and in order; what was not may be, but
/// whole.
final class SimulatedDiskTest {
    private static final int ROOMS = 3;
    private static final RoomId GATE = new RoomId("docs", "gate");

    @TempDir
    Path directory;

    private DiskImage empty = new DiskImage(new byte[0], new byte[0]);

    @BeforeEach
    void makeAnEmptyJournal() {
        JournalPlace.file(directory).open().close();
        empty = DiskImage.of(directory.resolve("realtime.db"));
    }

    @Test
    void whatWasAcknowledgedSurvivesThePowerCut() {
        Seeds.each(60, random -> {
            List<Room> rooms = rooms();
            DiskImage image = empty;
            for (int life = 0; life < 3; life++) {
                Life now = new Life(image, rooms, random);
                now.work(0);
                List<SimulatedDisk.Step> steps = now.disk.steps();
                for (int crash = 0; crash < 3 && !steps.isEmpty(); crash++) {
                    int at = random.nextInt(steps.size());
                    SimulatedDisk.Step step = steps.get(at);
                    image = step.crashed(random);
                    int[] found = check(image, rooms);
                    int[] after = at + 1 < steps.size() ? steps.get(at + 1).acknowledged() : acknowledged(rooms);
                    assertThat(found)
                            .as("a transaction is there or not, in a %s", step.kind())
                            .isIn(step.acknowledged(), after);
                    if (crash == 2) {
                        for (int room = 0; room < ROOMS; room++) {
                            rooms.get(room).forgetAfter(found[room]);
                        }
                    }
                }
            }
            assertThat(check(image, rooms)).isEqualTo(acknowledged(rooms));
        });
    }

    @Test
    void aDiskThatFailsInTheMiddleOfCommitsLosesNothingAndDoublesNothing() {
        Seeds.each(15, random -> {
            List<Room> rooms = rooms();
            Life life = new Life(empty, rooms, random);
            life.work(15);
            for (int crash = 0; crash < 5; crash++) {
                List<SimulatedDisk.Step> steps = life.disk.steps();
                SimulatedDisk.Step step = steps.get(random.nextInt(steps.size()));
                int[] found = check(step.crashed(random), rooms);
                for (int room = 0; room < ROOMS; room++) {
                    assertThat(found[room]).isGreaterThanOrEqualTo(step.acknowledged()[room]);
                }
            }
            assertThat(acknowledged(rooms))
                    .isEqualTo(
                            rooms.stream().mapToInt(room -> room.updates.size()).toArray());
            assertThat(check(DiskImage.of(life.file), rooms)).isEqualTo(acknowledged(rooms));
        });
    }

    /// A bit that has changed is noticed when the journal is opened, when its room is loaded, or when all of the file
    /// is
    /// looked at. The other rooms load.
    @Test
    void noRotIsTakenForAnEdit() {
        Seeds.each(100, random -> {
            List<Room> rooms = rooms();
            Life life = new Life(empty, rooms, random);
            life.work(0);
            DiskImage image = DiskImage.of(life.file);
            image.file()[random.nextInt(image.file().length)] ^= (byte) (1 << random.nextInt(8));
            Path place = directory.resolve("rotten");
            image.putInto(place);
            try (SqliteFile file = SqliteFile.open(place.resolve("realtime.db"))) {
                boolean isNoticed = file.damage().isPresent();
                JournalPlace journal = JournalPlace.file(place);
                try (JournalDriver driver = new JournalDriver(journal, journal.open(file))) {
                    int whole = 0;
                    for (Room room : rooms) {
                        switch (driver.loads(room.id)) {
                            case Loaded.Contents contents -> {
                                isNoticed |= contents.damaged() > 0;
                                assertThat(room.updates).containsAll(contents.updates());
                                if (room.isIn(contents)) {
                                    whole++;
                                }
                            }
                            case Loaded.Failed(var reason) -> isNoticed |= !reason.isBlank();
                        }
                    }
                    assertThat(whole == ROOMS || isNoticed)
                            .as("%s rooms are whole, damage is noticed: %s", whole, isNoticed)
                            .isTrue();
                }
            } catch (JournalException refused) {
                assertThat(refused).hasMessageContaining("realtime.db");
            }
        });
    }

    private static List<Room> rooms() {
        List<Room> rooms = new ArrayList<>();
        for (int i = 0; i < ROOMS; i++) {
            rooms.add(new Room(new RoomId("docs", "room-" + i)));
        }
        return rooms;
    }

    private static int[] acknowledged(List<Room> rooms) {
        return rooms.stream().mapToInt(room -> room.acknowledged).toArray();
    }

    /// Opens an image with the real code.
    ///
    /// @return how many entries each room has
    private int[] check(DiskImage image, List<Room> rooms) {
        Path place = directory.resolve("crashed");
        image.putInto(place);
        try (JournalDriver driver = new JournalDriver(JournalPlace.file(place))) {
            return rooms.stream()
                    .mapToInt(room -> room.check(driver.contents(room.id)))
                    .toArray();
        }
    }

    /// A document in which every edit appends its number, and what was handed in of it.
    private static final class Room {
        final RoomId id;
        final List<Bytes> updates = new ArrayList<>();
        private Doc doc = new Doc();
        int acknowledged;

        Room(RoomId id) {
            this.id = id;
        }

        Bytes edit(Random random) {
            var subscription = doc.onUpdate((update, origin) -> updates.add(update));
            String padding = random.nextInt(10) == 0 ? "-".repeat(random.nextInt(6_000)) : "";
            doc.text("t").insert(doc.text("t").length(), (updates.size() + 1) + padding + " ");
            subscription.close();
            return updates.getLast();
        }

        Bytes state() {
            return doc.state();
        }

        /// @return how many edits are in the contents, after all of them were looked at
        int check(Loaded.Contents contents) {
            assertThat(contents.damaged()).isZero();
            int count = (int) contents.sequence();
            int base = count - contents.updates().size();
            assertThat(contents.updates()).isEqualTo(updates.subList(base, count));
            assertThat(new HashSet<>(contents.updates())).hasSize(count - base);
            Doc loaded = new Doc();
            contents.base().ifPresent(loaded::apply);
            assertThat(numbers(loaded)).hasSizeBetween(base, count).isEqualTo(upTo(base));
            contents.updates().forEach(loaded::apply);
            assertThat(numbers(loaded)).isEqualTo(upTo(count));
            return count;
        }

        /// Does the content hold all that was acknowledged?
        boolean isIn(Loaded.Contents contents) {
            Doc loaded = new Doc();
            contents.base().ifPresent(loaded::apply);
            contents.updates().forEach(loaded::apply);
            return numbers(loaded).equals(upTo(acknowledged));
        }

        private static List<Integer> numbers(Doc doc) {
            return Arrays.stream(doc.text("t").toString().split(" "))
                    .filter(word -> !word.isEmpty())
                    .map(word -> Integer.parseInt(word.replace("-", "")))
                    .toList();
        }

        private static List<Integer> upTo(int count) {
            List<Integer> numbers = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                numbers.add(number);
            }
            return numbers;
        }

        /// The rest was lost, which it may be as long as nobody was told that it is safe.
        void forgetAfter(int count) {
            updates.subList(count, updates.size()).clear();
            acknowledged = count;
            doc = new Doc();
            updates.forEach(doc::apply);
        }
    }

    /// From one start of the server to its end.
    private final class Life {
        final Path file = directory.resolve("alive").resolve("realtime.db");
        final SimulatedDisk disk;
        private final List<Room> rooms;
        private final Random random;

        Life(DiskImage image, List<Room> rooms, Random random) {
            this.rooms = rooms;
            this.random = random;
            image.putInto(file.getParent());
            disk = new SimulatedDisk(file, new Random(random.nextLong()), () -> acknowledged(rooms));
        }

        /// @param failingCommits in percent
        void work(int failingCommits) {
            disk.failingCommits = failingCommits;
            JournalPlace place = JournalPlace.file(file.getParent());
            try (JournalDriver driver = new JournalDriver(place, place.open(disk))) {
                for (int step = 3 + random.nextInt(10); step > 0; step--) {
                    Room room = rooms.get(random.nextInt(ROOMS));
                    switch (random.nextInt(8)) {
                        case 0 -> room.check(driver.contents(room.id));
                        case 1 -> {
                            if (room.acknowledged > 0) {
                                LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
                                driver.journal.compact(room.id, room.state(), room.acknowledged, answers::add);
                                awaitDurable(answers);
                            }
                        }
                        default -> handIn(driver);
                    }
                }
            }
        }

        /// Some edits of some rooms, of which it is certain that they are one batch: they come while the writer waits.
        private void handIn(JournalDriver driver) {
            CountDownLatch handedIn = new CountDownLatch(1);
            LinkedBlockingQueue<Saved> gate = new LinkedBlockingQueue<>();
            driver.journal.append(GATE, JournalDriver.entry(JournalDriver.bytes("gate")), saved -> {
                gate.add(saved);
                if (saved instanceof Saved.Durable) {
                    await(handedIn);
                }
            });
            awaitDurable(gate);
            List<LinkedBlockingQueue<Saved>> all = new ArrayList<>();
            for (int edit = 1 + random.nextInt(6); edit > 0; edit--) {
                Room room = rooms.get(random.nextInt(ROOMS));
                LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
                all.add(answers);
                Bytes update = room.edit(random);
                int number = room.updates.size();
                driver.journal.append(room.id, JournalDriver.entry(update), saved -> {
                    if (saved instanceof Saved.Durable(long sequence)) {
                        if (sequence == number && room.acknowledged == number - 1) {
                            room.acknowledged = number;
                        } else {
                            answers.add(new Saved.Failed("edit " + number + " became entry " + sequence, false));
                        }
                    }
                    answers.add(saved);
                });
            }
            handedIn.countDown();
            all.forEach(this::awaitDurable);
        }

        private void awaitDurable(LinkedBlockingQueue<Saved> answers) {
            for (Saved answer = JournalDriver.next(answers); ; answer = JournalDriver.next(answers)) {
                switch (answer) {
                    case Saved.Durable durable -> {
                        return;
                    }
                    case Saved.Failed(var reason, var kept) ->
                        assertThat(kept).as(reason).isTrue();
                }
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
