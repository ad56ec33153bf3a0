package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;
import static org.civicpress.realtime.server.store.JournalDriver.bytes;
import static org.civicpress.realtime.server.store.JournalDriver.next;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
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

/// What is peculiar to a journal in a SQLite file.
final class SqliteFileTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-1");

    @TempDir
    Path directory;

    private JournalPlace place;
    private JournalDriver driver;

    @BeforeEach
    void open() {
        place = JournalPlace.file(directory);
        driver = new JournalDriver(place);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aFileThatIsNotADatabaseIsNamed() throws Exception {
        driver.close();
        Files.writeString(
                place.file(),
                "this is not a database, and long enough to have a header of one hundred bytes. ".repeat(4));
        assertThatThrownBy(() -> new JournalDriver(directory))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("realtime.db: not a readable database")
                .hasMessageContaining("Restore a backup")
                .message()
                .doesNotContain("\n");
        Files.delete(place.file());
        driver = new JournalDriver(directory);
    }

    @Test
    void nothingIsDurableInAFileThatWasDeleted() throws Exception {
        driver.appends(HALL, "one");
        Path kept = Files.move(place.file(), directory.resolve("elsewhere.db"));
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("two"));
        assertThat(next(answers))
                .isInstanceOfSatisfying(
                        Saved.Failed.class, failed -> assertThat(failed.kept()).isTrue());
        assertThat(driver.journal.health().trouble()).isPresent();
        Files.move(kept, place.file());
        assertThat(next(answers)).isInstanceOf(Saved.Durable.class);
        assertThat(driver.texts(HALL)).containsExactly("one", "two");
    }

    @Test
    void theLogStaysSmallHoweverMuchIsWritten() throws Exception {
        long most = 0;
        for (int i = 0; i < 200; i++) {
            driver.appends(HALL, "x".repeat(100_000));
            most = Math.max(most, Files.size(log()));
        }
        assertThat(most).isLessThan(6_000_000);
    }

    @Test
    void theLogIsSmallAgainAfterALongReader() throws Exception {
        driver.appends(HALL, "one");
        try (Connection reader = SqliteFile.readOnly(place.file())) {
            execute(reader, "BEGIN");
            execute(reader, "SELECT * FROM entries");
            for (int i = 0; i < 200; i++) {
                driver.appends(HALL, "x".repeat(100_000));
            }
            assertThat(Files.size(log())).isGreaterThan(20_000_000);
        }
        for (int i = 0; i < 50; i++) {
            driver.appends(HALL, "x".repeat(100_000));
        }
        assertThat(Files.size(log())).isLessThan(17_000_000);
    }

    @Test
    void aClosedJournalIsOneFile() throws Exception {
        driver.appends(HALL, "one");
        driver.contents(HALL);
        driver.close();
        assertThat(!Files.exists(log()) || Files.size(log()) == 0).isTrue();
    }

    private Path log() {
        return directory.resolve("realtime.db-wal");
    }

    @Test
    void onAFullDiskEditsWaitAndAreWrittenWhenThereIsRoomAgain() throws SQLException {
        driver.close();
        AtomicReference<Connection> writing = new AtomicReference<>();
        Database database = new WrappedDatabase(SqliteFile.open(place.file())) {
            @Override
            public Connection writer() throws SQLException {
                writing.set(super.writer());
                return writing.get();
            }
        };
        driver = new JournalDriver(
                place, new SqlJournal(database, Predecessor.NONE, new SqlJournal.Limits(1_000_000), Clock.systemUTC()));
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
        byte[] whole = Files.readAllBytes(place.file());
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

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
