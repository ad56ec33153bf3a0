package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;
import static org.civicpress.realtime.server.store.JournalDriver.bytes;
import static org.civicpress.realtime.server.store.JournalDriver.next;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqlJournalTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-1");

    @TempDir
    Path directory;

    private JournalDriver driver;

    @BeforeEach
    void open() {
        driver = new JournalDriver(directory);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aRoomNobodyWroteToIsNew() {
        assertThat(driver.contents(HALL).isNew()).isTrue();
        assertThat(count("rooms")).isZero();
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
        assertThat(count("entries")).isEqualTo(1);
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
        sql("UPDATE entries SET data = CAST('twO' AS BLOB) WHERE sequence = 2");
        assertThat(driver.contents(HALL).damaged()).isEqualTo(1);
        assertThat(driver.appends(HALL, "four")).isEqualTo(new Saved.Durable(4));
        assertThat(driver.texts(HALL)).containsExactly("one", "three", "four");
        assertThat(driver.contents(HALL).damaged()).isZero();
        assertThat(count("damaged_entries")).isEqualTo(1);
    }

    @Test
    void theNumberOfAnEntryThatWasSetAsideIsNotGivenAgain() throws SQLException {
        driver.appends(HALL, "one");
        driver.appends(HALL, "two");
        sql("UPDATE entries SET user = 'mallory' WHERE sequence = 2");
        driver.contents(HALL);
        driver.reopen();
        assertThat(driver.appends(HALL, "three")).isEqualTo(new Saved.Durable(3));
        assertThat(driver.texts(HALL)).containsExactly("one", "three");
    }

    @Test
    void aRoomWithADamagedBaseIsRefusedAndNotEmpty() throws SQLException {
        driver.appends(HALL, "one");
        driver.compacts(HALL, "one", 1);
        sql("UPDATE base_states SET state = CAST('onE' AS BLOB)");
        assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
    }

    @Test
    void aSecondServerOnTheSameJournalIsRefused() {
        assertThatThrownBy(() -> new JournalDriver(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("realtime.db: in use by another server");
    }

    @Test
    void aFileThatIsNotADatabaseIsNamed() throws Exception {
        driver.close();
        Files.writeString(
                driver.file,
                "this is not a database, and long enough to have a header of one hundred bytes. ".repeat(4));
        assertThatThrownBy(() -> new JournalDriver(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("realtime.db: not a readable database")
                .hasMessageContaining("Restore a backup")
                .message()
                .doesNotContain("\n");
        Files.delete(driver.file);
        driver = new JournalDriver(directory);
    }

    @Test
    void aJournalOfANewerVersionIsNotTouched() throws SQLException {
        sql("INSERT INTO schema_version VALUES (99, 'later', 0)");
        driver.close();
        assertThatThrownBy(() -> new JournalDriver(directory)).hasMessageContaining("newer version");
    }

    @Test
    void nothingIsDurableInAFileThatWasDeleted() throws Exception {
        driver.appends(HALL, "one");
        Path kept = Files.move(driver.file, directory.resolve("elsewhere.db"));
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("two"));
        assertThat(next(answers))
                .isInstanceOfSatisfying(
                        Saved.Failed.class, failed -> assertThat(failed.kept()).isTrue());
        assertThat(driver.journal.health().trouble()).isPresent();
        Files.move(kept, driver.file);
        assertThat(next(answers)).isInstanceOf(Saved.Durable.class);
        assertThat(driver.texts(HALL)).startsWith("one").endsWith("two");
    }

    @Test
    void onAFullDiskEditsWaitAndAreWrittenWhenThereIsRoomAgain() throws SQLException {
        driver.close();
        AtomicReference<Connection> writing = new AtomicReference<>();
        Database database = new WrappedDatabase(SqliteFile.open(driver.file)) {
            @Override
            public Connection writer() throws SQLException {
                writing.set(super.writer());
                return writing.get();
            }
        };
        driver = new JournalDriver(
                directory,
                new SqlJournal(
                        database,
                        new SnapshotTable(driver.civicDatabase),
                        new SqlJournal.Limits(1_000_000),
                        Clock.systemUTC()));
        driver.appends(HALL, "before");
        execute(writing.get(), "PRAGMA max_page_count = 1");
        LinkedBlockingQueue<Saved> large = driver.handsIn(HALL, Bytes.wrap(new byte[200_000]));
        assertThat(next(large)).isEqualTo(new Saved.Failed("the disk is full. Free some space.", true));
        LinkedBlockingQueue<Saved> small = driver.handsIn(BYLAW, bytes("during"));
        assertThat(next(small)).isEqualTo(new Saved.Failed("the disk is full. Free some space.", true));
        assertThat(driver.journal.health().trouble()).isPresent();
        assertThat(driver.journal.health().waiting()).isEqualTo(2);
        assertThat(driver.texts(new RoomId("docs", "another"))).isEmpty();
        assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
        assertThat(next(driver.handsIn(HALL, Bytes.wrap(new byte[900_000]))))
                .isEqualTo(new Saved.Failed("too much waits to be written", false));
        assertThat(large).isEmpty();

        try {
            execute(writing.get(), "PRAGMA max_page_count = 1000000");
        } catch (SQLException e) {
            assertThat(e.getMessage()).contains("closed"); // by the writer, whose next connection has no such limit
        }
        assertThat(next(large)).isEqualTo(new Saved.Durable(2));
        assertThat(next(small)).isEqualTo(new Saved.Durable(1));
        assertThat(driver.texts(HALL)).hasSize(2);
        assertThat(driver.journal.health().isWell()).isTrue();
        assertThat(driver.journal.health().waitingBytes()).isZero();
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
    void aRoomTheOriginalServiceLeftIsTakenOverFromItsNewestSnapshot() throws Exception {
        snapshots(BYLAW, 1, "old", sha256("old"), 1_000);
        snapshots(BYLAW, 2, "new", sha256("new"), 2_000);
        assertThat(driver.texts(BYLAW)).containsExactly("new");
        assertThat(driver.appends(BYLAW, "edit")).isEqualTo(new Saved.Durable(1));
        driver.reopen();
        assertThat(driver.texts(BYLAW)).containsExactly("new", "edit");
    }

    @Test
    void aSnapshotWithAWrongHashIsNotUsed() throws Exception {
        snapshots(BYLAW, 1, "text", sha256("other text"), 1_000);
        assertThat(driver.contents(BYLAW).isNew()).isTrue();
    }

    @Test
    void aSnapshotOlderThanTheDraftIsNotUsed() throws Exception {
        snapshots(BYLAW, 1, "text", sha256("text"), 1_000);
        try (Connection civic = DriverManager.getConnection("jdbc:sqlite:" + driver.civicDatabase)) {
            execute(civic, "CREATE TABLE record_drafts (id TEXT PRIMARY KEY, updated_at DATETIME)");
            execute(civic, "INSERT INTO record_drafts VALUES ('bylaw-1', '2026-01-01 00:00:00')");
        }
        assertThat(driver.contents(BYLAW).isNew()).isTrue();
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

    /// Whatever byte of the file changes: the server refuses to start, the room is refused, or what loads is
    /// genuine.
    @Test
    void noAlteredByteIsTakenForAnEdit() throws Exception {
        List<Bytes> genuine = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Bytes update = bytes("entry " + i + " " + "x".repeat(i * 7));
            genuine.add(update);
            next(driver.handsIn(HALL, update));
        }
        driver.close();
        byte[] whole = Files.readAllBytes(driver.file);
        Seeds.each(120, random -> {
            try {
                byte[] altered = whole.clone();
                altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
                Path other = Files.createDirectories(directory.resolve("altered"));
                Files.deleteIfExists(other.resolve("realtime.db-wal"));
                Files.deleteIfExists(other.resolve("realtime.db-shm"));
                Files.write(other.resolve("realtime.db"), altered);
                try (JournalDriver damaged = new JournalDriver(other)) {
                    switch (damaged.loads(HALL)) {
                        case Loaded.Contents contents -> assertThat(genuine).containsSubsequence(contents.updates());
                        case Loaded.Failed failed -> assertThat(failed.reason()).isNotBlank();
                    }
                } catch (JournalException refused) {
                    assertThat(refused.getMessage()).contains("realtime.db");
                }
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        });
        driver = new JournalDriver(directory);
    }

    private void snapshots(RoomId room, int version, String state, String hash, long createdAt) throws SQLException {
        try (Connection civic = DriverManager.getConnection("jdbc:sqlite:" + driver.civicDatabase)) {
            execute(
                    civic,
                    "CREATE TABLE IF NOT EXISTS realtime_snapshots (id TEXT PRIMARY KEY, room_id TEXT NOT NULL,"
                            + " snapshot_data BLOB NOT NULL, version INTEGER NOT NULL, integrity_hash TEXT NOT NULL DEFAULT '',"
                            + " format_version INTEGER NOT NULL DEFAULT 1, byte_size INTEGER NOT NULL DEFAULT 0,"
                            + " created_at INTEGER NOT NULL)");
            execute(
                    civic,
                    "INSERT INTO realtime_snapshots (id, room_id, snapshot_data, version, integrity_hash, created_at)"
                            + " VALUES ('" + room + "-" + version + "', '" + room + "', CAST('" + state + "' AS BLOB), "
                            + version
                            + ", '" + hash + "', " + createdAt + ")");
        }
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(SnapshotTable.sha256(bytes(text).toArray()));
    }

    private long count(String table) {
        try (Connection connection = SqliteFile.readOnly(driver.file);
                ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM " + table)) {
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + driver.file)) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
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
