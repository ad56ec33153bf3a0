package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;
import static org.civicpress.realtime.server.store.JournalDriver.bytes;
import static org.civicpress.realtime.server.store.JournalDriver.next;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is peculiar to a journal in PostgreSQL: that it goes away and comes back, and that others reach it.
final class PostgresDatabaseTest {
    private static RealPostgres postgres;

    @TempDir
    Path directory;

    private JournalPlace place;
    private JournalDriver driver;

    @BeforeAll
    static void start() {
        postgres = RealPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void open() {
        place = new JournalPlace(directory, postgres.newSchema());
        driver = new JournalDriver(place);
    }

    @AfterEach
    void close() {
        driver.close();
        // PostgreSQL ends the session a moment later; the next test looks for the lock of its own.
        await("the lock to be let go")
                .until(() -> place.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
                        .equals("0"));
    }

    @Test
    void whatComesWhilePostgresIsDownWaitsAndIsWrittenWhenItIsBack() {
        driver.appends(HALL, "before");
        postgres.kill();
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("during"));
        assertThat(next(answers))
                .isInstanceOfSatisfying(
                        Saved.Failed.class, failed -> assertThat(failed.kept()).isTrue());
        assertThat(driver.journal.health().trouble().orElseThrow()).contains("PostgreSQL");
        assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
        postgres.startAgain();
        assertThat(next(answers)).isEqualTo(new Saved.Durable(2));
        assertThat(driver.texts(HALL)).containsExactly("before", "during");
        assertThat(driver.journal.health().isWell()).isTrue();
    }

    @Test
    void aPostgresThatDoesNotAnswerHoldsTheWriterForSecondsAndNotForever() {
        driver.close();
        driver = new JournalDriver(new JournalPlace(directory, place.url() + "&socketTimeout=3"));
        driver.appends(HALL, "before");
        postgres.freeze();
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("during"));
        try {
            assertThat(next(answers)).isInstanceOf(Saved.Failed.class);
            assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
        } finally {
            postgres.thaw();
        }
        assertThat(next(answers)).isInstanceOf(Saved.Durable.class);
        assertThat(driver.texts(HALL)).startsWith("before").endsWith("during");
    }

    @Test
    void aSessionThatIsEndedIsReplaced() throws Exception {
        driver.appends(HALL, "before");
        endWriter();
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("after"));
        assertThat(next(answers)).isInstanceOf(Saved.Failed.class);
        assertThat(next(answers)).isEqualTo(new Saved.Durable(2));
        assertThat(driver.texts(HALL)).containsExactly("before", "after");
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotMadeAgain() {
        driver.close();
        AtomicInteger losses = new AtomicInteger(1);
        Database losing = new WrappedDatabase(place.database()) {
            @Override
            public void verify() throws SQLException {
                if (losses.getAndDecrement() > 0) {
                    throw new SQLException("the network broke", "08006");
                }
            }
        };
        driver = new JournalDriver(place, place.open(losing));
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("once"));
        assertThat(next(answers)).isInstanceOf(Saved.Failed.class);
        assertThat(next(answers)).isEqualTo(new Saved.Durable(1));
        assertThat(driver.appends(HALL, "twice")).isEqualTo(new Saved.Durable(2));
        assertThat(driver.texts(HALL)).containsExactly("once", "twice");
        assertThat(driver.journal.health().waiting()).isZero();
    }

    @Test
    void whoeverLostTheDatabaseToAnotherServerNeverWritesItAgain() throws Exception {
        driver.appends(HALL, "ours");
        CompletableFuture<Database> theirs =
                CompletableFuture.supplyAsync(() -> PostgresDatabase.open(place.url(), Duration.ofMinutes(3)));
        awaitSomebodyWaitingForTheLock();
        endWriter();
        Database other = JournalDriver.get(theirs);
        try (JournalDriver another = new JournalDriver(place, place.open(other))) {
            another.appends(HALL, "theirs");
            refusedForGood();
        }
        refusedForGood();
        driver.journal.close(Duration.ZERO);
        driver = new JournalDriver(place);
        assertThat(driver.texts(HALL)).containsExactly("ours", "theirs");
    }

    private void refusedForGood() {
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("late"));
        assertThat(next(answers)).isInstanceOf(Saved.Failed.class);
        awaitTrouble("another server has taken it over");
        assertThat(driver.loads(HALL))
                .isInstanceOfSatisfying(
                        Loaded.Failed.class,
                        failed -> assertThat(failed.reason()).contains("another server has taken it over"));
    }

    @Test
    void aTransactionOfAServerThatLostTheDatabaseWritesNothing() throws Exception {
        driver.appends(HALL, "ours");
        place.sql("UPDATE journal_owner SET token = 'somebody else'"); // as through a pooler that shares sessions
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("late"));
        assertThat(next(answers))
                .isInstanceOfSatisfying(
                        Saved.Failed.class,
                        failed -> assertThat(failed.reason()).contains("another server has taken it over"));
        assertThat(place.count("entries")).isEqualTo(1);
        driver.journal.close(Duration.ZERO);
        assertThat(place.count("entries")).isEqualTo(1);
    }

    @Test
    void aDatabaseThatOnlyReadsIsWaitedFor() throws Exception {
        driver.appends(HALL, "before");
        place.sql("ALTER ROLE CURRENT_USER SET default_transaction_read_only = on");
        endWriter();
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("during"));
        assertThat(next(answers)).isInstanceOf(Saved.Failed.class);
        awaitTrouble("only reads");
        new JournalPlace(directory, place.url() + "&options=-c%20default_transaction_read_only=off")
                .sql("ALTER ROLE CURRENT_USER RESET default_transaction_read_only");
        assertThat(next(answers)).isEqualTo(new Saved.Durable(2));
    }

    @Test
    void onAFullDiskEditsWaitAndAreWrittenWhenThereIsRoomAgain() throws Exception {
        driver.appends(HALL, "before");
        place.sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;"
                + " CREATE TRIGGER full_disk BEFORE INSERT ON entries EXECUTE FUNCTION full_disk()");
        LinkedBlockingQueue<Saved> answers = driver.handsIn(HALL, bytes("during"));
        assertThat(next(answers)).isEqualTo(new Saved.Failed("the disk of PostgreSQL is full. Free some space.", true));
        place.sql("DROP TRIGGER full_disk ON entries");
        assertThat(next(answers)).isEqualTo(new Saved.Durable(2));
        assertThat(driver.texts(HALL)).containsExactly("before", "during");
    }

    @Test
    void aCommitIsSynchronousWhateverTheDatabaseSays() throws Exception {
        place.sql("CREATE TABLE seen (setting TEXT);"
                + " CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;"
                + " CREATE TRIGGER look AFTER INSERT ON entries EXECUTE FUNCTION look();"
                + " ALTER ROLE CURRENT_USER SET synchronous_commit = off");
        driver.reopen();
        driver.appends(HALL, "one");
        place.sql("ALTER ROLE CURRENT_USER RESET synchronous_commit");
        assertThat(place.one("SELECT setting FROM seen")).isEqualTo("on");
    }

    @Test
    void aDatabaseThatDoesNotFlushIsRefused() throws Exception {
        driver.close();
        place.sql("ALTER SYSTEM SET fsync = off");
        place.sql("SELECT pg_reload_conf()");
        await("the setting").until(() -> place.one("SHOW fsync").equals("off"));
        assertThatThrownBy(place::open).isInstanceOf(JournalException.class).hasMessageContaining("fsync is off");
        place.sql("ALTER SYSTEM RESET fsync");
        place.sql("SELECT pg_reload_conf()");
        await("the setting").until(() -> place.one("SHOW fsync").equals("on"));
        driver.reopen();
    }

    @Test
    void aDatabaseInAnotherEncodingIsRefused() throws Exception {
        place.sql("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
        refused(postgres.url("ascii"), "not in UTF-8");
    }

    @Test
    void tablesOfAnotherProgramAreNotTouched() throws Exception {
        String url = postgres.newSchema();
        new JournalPlace(directory, url).sql("CREATE TABLE rooms (number INTEGER)");
        refused(url, "of another program are in the way");
        assertThat(new JournalPlace(directory, url).count("rooms")).isZero();
    }

    /// PORT and PASSWORD stand for the right ones.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql://civic:PASSWORD@127.0.0.1:PORT/postgres                        | must be a URL such as
            realtime.db                                                               | must be a URL such as
            jdbc:postgresql://civic:PASSWORD@127.0.0.1:PORT/postgres                   | behind a question mark
            jdbc:postgresql://127.0.0.1:PASSWORD/postgres                              | can be read
            jdbc:postgresql://127.0.0.1:PORT/postgres?user=civic&password=PASSWORDx    | Correct user and password
            jdbc:postgresql://127.0.0.1:PORT/postgres?user=civic                       | Correct user and password
            jdbc:postgresql://127.0.0.1:PORT/none?user=civic&password=PASSWORD         | no such database
            jdbc:postgresql://127.0.0.1:FREE/postgres?user=civic&password=PASSWORD     | cannot be reached
            jdbc:postgresql://127.0.0.1:PORT/postgres?user=civic&password=PASSWORD&currentSchema=none | CREATE SCHEMA
            jdbc:postgresql://127.0.0.1:PORT/postgres?user=civic&password=PASSWORD&socketTimeout=PASSWORD | cannot be used
            """)
    void aWrongSettingIsOneLineThatNamesItAndSaysWhatToDo(String url, String said) throws Exception {
        try (ServerSocket bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String free = bound.getLocalPort() + "";
            bound.close();
            String port = place.url().replaceFirst(".*127\\.0\\.0\\.1:(\\d+)/.*", "$1");
            refused(url.replace("PORT", port).replace("FREE", free).replace("PASSWORD", RealPostgres.PASSWORD), said);
        }
    }

    private static void refused(String url, String said) {
        assertThatThrownBy(() -> PostgresDatabase.open(url).close())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("journal.database in realtime.yml (or CIVIC_REALTIME_JOURNAL)")
                .hasMessageContaining(said)
                .message()
                .doesNotContain("\n")
                .doesNotContain(RealPostgres.PASSWORD);
    }

    private void awaitTrouble(String what) {
        await(what)
                .until(() -> driver.journal
                        .health()
                        .trouble()
                        .filter(trouble -> trouble.contains(what))
                        .isPresent());
    }

    /// Ends the session that holds the lock.
    private void endWriter() {
        assertThat(
                        place.one(
                                "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted"))
                .isEqualTo("1");
    }

    private void awaitSomebodyWaitingForTheLock() {
        await("somebody who waits for the lock")
                .until(() -> place.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                        .equals("1"));
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(3, TimeUnit.MINUTES);
    }
}
