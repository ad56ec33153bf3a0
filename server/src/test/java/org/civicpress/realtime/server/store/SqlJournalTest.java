package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;
import static org.civicpress.realtime.server.store.JournalDriver.bytes;
import static org.civicpress.realtime.server.store.JournalDriver.next;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds of a journal whatever database it is in.
@ParameterizedClass
@EnumSource(JournalPlace.Kind.class)
final class SqlJournalTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-1");

    @TempDir
    Path directory;

    @Parameter
    JournalPlace.Kind kind;

    private JournalPlace place;
    private JournalDriver driver;

    @BeforeEach
    void open() {
        place = kind.in(directory);
        driver = new JournalDriver(place);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aRoomNobodyWroteToIsNew() {
        assertThat(driver.contents(HALL).isNew()).isTrue();
        assertThat(place.count("rooms")).isZero();
    }

    @Test
    void whatWasAppendedIsLoadedInOrder() {
        assertThat(driver.appends(HALL, "one")).isEqualTo(new Saved.Durable(1));
        assertThat(driver.appends(HALL, "two")).isEqualTo(new Saved.Durable(2));
        assertThat(driver.appends(BYLAW, "other")).isEqualTo(new Saved.Durable(1));
        assertThat(driver.texts(HALL)).containsExactly("one", "two");
        assertThat(driver.contents(HALL).isNew()).isFalse();
    }

    @Test
    void aRoomWithEntriesIsUnfinishedUntilTheyAreCompacted() {
        driver.appends(HALL, "one");
        driver.appends(BYLAW, "two");
        driver.reopen();
        assertThat(driver.unfinished("records")).containsExactly(BYLAW);
        driver.compacts(BYLAW, "two", 1);
        assertThat(driver.unfinished("records")).isEmpty();
    }

    @Test
    void sequencesGoOnAfterARestart() {
        driver.appends(HALL, "one");
        driver.reopen();
        assertThat(driver.appends(HALL, "two")).isEqualTo(new Saved.Durable(2));
        assertThat(driver.texts(HALL)).containsExactly("one", "two");
    }

    @Test
    void sequencesGoOnAfterEverythingWasCompacted() {
        driver.appends(HALL, "one");
        driver.appends(HALL, "two");
        assertThat(driver.compacts(HALL, "onetwo", 2)).isEqualTo(new Saved.Durable(2));
        driver.reopen();
        assertThat(driver.appends(HALL, "three")).isEqualTo(new Saved.Durable(3));
        assertThat(driver.texts(HALL)).containsExactly("onetwo", "three");
        assertThat(place.count("entries")).isEqualTo(1);
    }

    @Test
    void compactingKeepsWhatCameAfter() {
        driver.appends(HALL, "one");
        driver.appends(HALL, "two");
        driver.compacts(HALL, "one", 1);
        assertThat(driver.texts(HALL)).containsExactly("one", "two");
        assertThat(driver.contents(HALL).sequence()).isEqualTo(2);
    }

    @Test
    void aSeedIsTheBaseOfItsRoomAndIsKeptOnce() {
        assertThat(driver.seeds(BYLAW, "# Noise")).isEqualTo(new Saved.Durable(0));
        assertThat(driver.seeds(BYLAW, "# Noise")).isEqualTo(new Saved.Durable(0));
        driver.appends(BYLAW, "edit");
        assertThat(driver.texts(BYLAW)).containsExactly("# Noise", "edit");
        assertThat(driver.contents(BYLAW).isNew()).isFalse();
    }

    @Test
    void aRoomThatHasContentCannotBeSeededWithSomethingElse() {
        driver.seeds(BYLAW, "# Noise");
        assertThat(driver.seeds(BYLAW, "# Silence"))
                .isInstanceOfSatisfying(
                        Saved.Failed.class, failed -> assertThat(failed.kept()).isFalse());
        assertThat(driver.texts(BYLAW)).containsExactly("# Noise");
    }

    @Test
    void aChangeThatCannotBeDoesNotKeepOthersFromBeingSaved() {
        CountDownLatch release = writerHeldAt(HALL);
        LinkedBlockingQueue<Saved> impossible = new LinkedBlockingQueue<>();
        driver.journal.seed(HALL, bytes("too late"), bytes("hash"), impossible::add);
        LinkedBlockingQueue<Saved> fine = driver.handsIn(BYLAW, bytes("fine"));
        release.countDown();
        assertThat(next(fine)).isEqualTo(new Saved.Durable(1));
        assertThat(next(impossible)).isInstanceOf(Saved.Failed.class);
        assertThat(driver.journal.health().isWell()).isTrue();
        assertThat(driver.journal.health().waiting()).isZero();
    }

    @Test
    void whatManyRoomsWroteDuringOneCommitTakesOneMore() {
        CountDownLatch release = writerHeldAt(HALL);
        List<LinkedBlockingQueue<Saved>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(driver.handsIn(new RoomId("docs", "room-" + i % 100), bytes("edit " + i)));
        }
        long before = driver.journal.commits();
        release.countDown();
        for (int i = 0; i < 500; i++) {
            assertThat(next(answers.get(i))).isEqualTo(new Saved.Durable(i / 100 + 1));
        }
        assertThat(driver.journal.commits() - before).isEqualTo(1);
    }

    @Test
    void aLoadSeesWhatWasHandedInBefore() {
        CountDownLatch release = writerHeldAt(BYLAW);
        driver.handsIn(HALL, bytes("queued"));
        CompletableFuture<Loaded> loaded = new CompletableFuture<>();
        driver.journal.load(HALL, loaded::complete);
        release.countDown();
        assertThat(JournalDriver.get(loaded))
                .isInstanceOfSatisfying(
                        Loaded.Contents.class,
                        contents -> assertThat(contents.updates()).containsExactly(bytes("queued")));
    }

    @Test
    void anAlteredEntryIsSetAsideAndTheRestLoads() throws SQLException {
        driver.appends(HALL, "one");
        driver.appends(HALL, "two");
        driver.appends(HALL, "three");
        place.sql("UPDATE entries SET data = " + place.blob("twO") + " WHERE sequence = 2");
        assertThat(driver.contents(HALL).damaged()).isEqualTo(1);
        assertThat(driver.appends(HALL, "four")).isEqualTo(new Saved.Durable(4));
        assertThat(driver.texts(HALL)).containsExactly("one", "three", "four");
        assertThat(driver.contents(HALL).damaged()).isZero();
        assertThat(place.count("damaged_entries")).isEqualTo(1);
    }

    @Test
    void theNumberOfAnEntryThatWasSetAsideIsNotGivenAgain() throws SQLException {
        driver.appends(HALL, "one");
        driver.appends(HALL, "two");
        place.sql("UPDATE entries SET \"user\" = 'mallory' WHERE sequence = 2");
        driver.contents(HALL);
        driver.reopen();
        assertThat(driver.appends(HALL, "three")).isEqualTo(new Saved.Durable(3));
        assertThat(driver.texts(HALL)).containsExactly("one", "three");
    }

    @Test
    void aRoomWithADamagedBaseIsRefusedAndNotEmpty() throws SQLException {
        driver.appends(HALL, "one");
        driver.compacts(HALL, "one", 1);
        place.sql("UPDATE base_states SET state = " + place.blob("onE"));
        assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
    }

    @Test
    void aSecondServerOnTheSameJournalIsRefused() {
        assertThatThrownBy(place::openInVain)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("in use by another server (process "
                        + ProcessHandle.current().pid())
                .message()
                .doesNotContain("\n")
                .doesNotContain(RealPostgres.PASSWORD);
    }

    @Test
    void aJournalOfANewerVersionIsNotTouched() throws SQLException {
        place.sql("INSERT INTO schema_version VALUES (99, 'later', 0)");
        driver.close();
        assertThatThrownBy(place::open).hasMessageContaining("newer version");
    }

    @Test
    void whatNoDatabaseCanKeepOfAUserIsReplaced() {
        for (String user : List.of("a\0da", "ada \ud83d", "\ude00 ada", "ada \ud83d\ude00", "")) {
            LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
            driver.journal.append(HALL, new Journal.Entry(bytes("x"), List.of(1L), user, user, 1), answers::add);
            assertThat(next(answers)).isInstanceOf(Saved.Durable.class);
        }
        assertThat(driver.texts(HALL)).hasSize(5);
        assertThat(driver.contents(HALL).damaged()).isZero();
        assertThat(place.one("SELECT \"user\" FROM entries WHERE sequence = 1")).isEqualTo("a\ufffdda");
        assertThat(place.one("SELECT session FROM entries WHERE sequence = 4")).isEqualTo("ada \ud83d\ude00");
    }

    @Test
    void aRoomWhoseNameNoDatabaseCanKeepIsRefusedAndTheOthersGoOn() {
        for (String name : List.of("a\0b", "a\ud83d", "\ude00b")) {
            RoomId room = new RoomId("docs", name);
            assertThat(driver.loads(room)).isInstanceOf(Loaded.Failed.class);
            assertThat(driver.appends(room, "x"))
                    .isInstanceOfSatisfying(
                            Saved.Failed.class,
                            failed -> assertThat(failed.kept()).isFalse());
        }
        RoomId fine = new RoomId("docs", "a\ud83d\ude00b' \\ \t");
        assertThat(driver.appends(fine, "y")).isEqualTo(new Saved.Durable(1));
        driver.reopen();
        assertThat(driver.unfinished("docs")).containsExactly(fine);
        assertThat(driver.journal.health().isWell()).isTrue();
    }

    @Test
    void closingWritesWhatWaits() {
        CountDownLatch release = writerHeldAt(BYLAW);
        List<LinkedBlockingQueue<Saved>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(driver.handsIn(HALL, bytes("edit " + i)));
        }
        LinkedBlockingQueue<Saved> compacted = new LinkedBlockingQueue<>();
        driver.journal.compact(BYLAW, bytes("all"), 1, compacted::add);
        release.countDown();
        driver.close();
        answers.forEach(answer -> assertThat(answer).hasSize(1));
        assertThat(compacted).containsExactly(new Saved.Durable(1));
        assertThat(driver.appends(HALL, "late")).isEqualTo(new Saved.Failed("the server is stopping", false));
    }

    @Test
    void aRoomThatAPredecessorLeftIsTakenOverOnce() {
        place.left().put(BYLAW, new Predecessor.Left(bytes("new"), bytes("hash"), 2));
        assertThat(driver.texts(BYLAW)).containsExactly("new");
        place.left().put(BYLAW, new Predecessor.Left(bytes("newer"), bytes("hash"), 3));
        assertThat(driver.appends(BYLAW, "edit")).isEqualTo(new Saved.Durable(1));
        driver.reopen();
        assertThat(driver.texts(BYLAW)).containsExactly("new", "edit");
    }

    @Test
    void aRoomIsNotNewWhileItsPredecessorCannotBeAsked() throws Exception {
        driver.journal.close();
        try (SqlJournal journal = new SqlJournal(
                place.database(),
                room -> {
                    throw new IllegalStateException("civic.db is locked");
                },
                SqlJournal.Limits.DEFAULT,
                Clock.systemUTC())) {
            CompletableFuture<Loaded> answer = new CompletableFuture<>();
            journal.load(BYLAW, answer::complete);
            assertThat(answer.get(1, TimeUnit.MINUTES)).isEqualTo(new Loaded.Failed("civic.db is locked"));
        }
        driver.reopen();
    }

    /// The journal against a list in memory: whatever is appended, compacted, loaded and reopened in whatever
    /// order.
    @Test
    void theJournalIsAListThatSurvivesRestarts() {
        Seeds.each(40, random -> {
            Map<RoomId, StringBuilder> expected = new HashMap<>();
            Map<RoomId, Long> sequences = new HashMap<>();
            List<Runnable> checks = new ArrayList<>();
            String name = "room-" + random.nextLong();
            for (int step = 0; step < 40; step++) {
                RoomId room = new RoomId("docs", name + random.nextInt(3));
                StringBuilder text = expected.computeIfAbsent(room, key -> new StringBuilder());
                switch (random.nextInt(10)) {
                    case 0 -> driver.reopen();
                    case 1, 2 -> assertThat(String.join("", driver.texts(room))).isEqualTo(text.toString());
                    case 3 -> {
                        checks.forEach(Runnable::run);
                        checks.clear();
                        long sequence = sequences.getOrDefault(room, 0L);
                        if (sequence > 0) {
                            driver.journal.compact(room, bytes(text.toString()), sequence, saved -> {});
                        }
                    }
                    default -> {
                        String update = (char) ('a' + random.nextInt(26)) + " ".repeat(random.nextInt(3));
                        text.append(update);
                        long sequence = sequences.merge(room, 1L, Long::sum);
                        LinkedBlockingQueue<Saved> answer = driver.handsIn(room, bytes(update));
                        checks.add(() -> assertThat(next(answer)).isEqualTo(new Saved.Durable(sequence)));
                    }
                }
            }
            checks.forEach(Runnable::run);
            driver.reopen();
            expected.forEach((room, text) ->
                    assertThat(String.join("", driver.texts(room))).isEqualTo(text.toString()));
        });
    }

    /// Appends an entry and holds the writer in its callback, so that what follows gathers.
    private CountDownLatch writerHeldAt(RoomId room) {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        driver.journal.append(room, JournalDriver.entry(bytes("first")), saved -> {
            inside.countDown();
            await(release);
        });
        await(inside);
        return release;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
