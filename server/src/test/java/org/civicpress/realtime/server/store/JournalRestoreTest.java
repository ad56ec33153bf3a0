package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;
import static org.civicpress.realtime.server.store.JournalDriver.bytes;
import static org.civicpress.realtime.server.store.JournalDriver.get;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Proposals;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Backups come back, into whatever database the journal is in.
@ParameterizedClass
@EnumSource(JournalPlace.Kind.class)
final class JournalRestoreTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-1");
    private static final Instant NOW = Instant.parse("2026-11-25T09:30:00Z");

    @TempDir
    Path directory;

    @Parameter
    JournalPlace.Kind kind;

    private JournalPlace place;
    private JournalDriver driver;
    private Typist ada;
    private Path backup;

    @BeforeEach
    void open() {
        place = kind.in(directory);
        driver = new JournalDriver(place);
        ada = new Typist(driver, HALL, 1);
        backup = directory.resolve("backup.db");
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aRoomThatIsAnotherNowBeginsANewGeneration() {
        ada.types("before");
        Bytes before = ada.state();
        place.backup(backup);
        ada.types(", after");

        JournalRestore.Result result = restored();

        assertThat(result.restored()).isOne();
        assertThat(result.problems()).isEmpty();
        Loaded.Contents contents = driver.contents(HALL);
        assertThat(contents.generation()).isEqualTo(2);
        assertThat(Typist.text(contents)).isEqualTo("before");
        assertThat(contents.abandoned())
                .isEqualTo(Abandoned.between(ada.state(), before))
                .isNotEqualTo(Abandoned.NOTHING);
        try (JournalView view = place.view()) {
            assertThat(Typist.text(view.read(HALL, 1).orElseThrow())).isEqualTo("before, after");
            assertThat(view.check(Progress.UNSEEN)).isEmpty();
        }
    }

    @Test
    void aRoomThatIsAsInTheBackupIsLeftAsItIs() {
        ada.types("the same");
        place.backup(backup);
        ada.isCompacted(1); // in another row, but nothing else
        assertThat(restored()).satisfies(result -> {
            assertThat(result.unchanged()).isOne();
            assertThat(result.restored()).isZero();
        });
        assertThat(driver.contents(HALL).generation()).isEqualTo(1);
    }

    @Test
    void aRoomThatTheBackupDoesNotHaveStaysAsItIs() {
        ada.types("before");
        place.backup(backup);
        new Typist(driver, BYLAW, 2).types("later");
        restored();
        assertThat(driver.contents(BYLAW).generation()).isEqualTo(1);
        assertThat(Typist.text(driver.contents(BYLAW))).isEqualTo("later");
    }

    @Test
    void whatWasAbandonedIsSoNoMoreWhenALaterBackupBringsItBack() {
        ada.types("one");
        place.backup(backup);
        ada.types(" two");
        Path later = directory.resolve("later.db");
        place.backup(later);
        restored();
        assertThat(driver.contents(HALL).abandoned().isNothing()).isFalse();
        driver.close();
        restore(later, Optional.empty());
        driver.reopen();
        Loaded.Contents contents = driver.contents(HALL);
        assertThat(contents.generation()).isEqualTo(3);
        assertThat(Typist.text(contents)).isEqualTo("one two");
        assertThat(contents.abandoned().isNothing()).isTrue();
    }

    @Test
    void theTextOfAFileThatIsAsItWasLeftIsToBeWrittenThere() {
        Typist clerk = new Typist(driver, BYLAW, 2);
        clerk.types("before");
        notes("body before");
        place.backup(backup);
        clerk.types(", after");
        notes("body after");
        driver.close();

        restore(backup, Optional.of(bytes("body after")));

        driver.reopen();
        Loaded.Contents contents = driver.contents(BYLAW);
        assertThat(contents.bodies()).containsExactly(bytes("body after"));
        assertThat(driver.unfinished("records")).containsExactly(BYLAW);
        assertThat(Typist.text(contents)).isEqualTo("before");
    }

    @Test
    void aFileThatCameFromTheSameBackupIsKnownToo() {
        Typist clerk = new Typist(driver, BYLAW, 2);
        clerk.types("before");
        notes("body before");
        place.backup(backup);
        clerk.types(", after");
        notes("body after");
        driver.close();
        restore(backup, Optional.of(bytes("body before")));
        driver.reopen();
        assertThat(driver.contents(BYLAW).bodies()).containsExactly(bytes("body before"));
    }

    @Test
    void aFileThatSomebodyElseHasChangedIsNotTakenForOurs() {
        Typist clerk = new Typist(driver, BYLAW, 2);
        clerk.types("before");
        notes("body before");
        place.backup(backup);
        clerk.types(", after");
        driver.close();
        restore(backup, Optional.of(bytes("somebody else's")));
        driver.reopen();
        assertThat(driver.contents(BYLAW).bodies()).isNotEmpty().doesNotContain(bytes("somebody else's"));
    }

    @Test
    void aRoomThatCouldNotBeOpenedAnyMoreOpensAgain() throws SQLException {
        ada.types("before");
        ada.isCompacted(1);
        place.backup(backup);
        place.sql("UPDATE base_states SET time = 5");
        assertThat(driver.loads(HALL)).isInstanceOf(Loaded.Failed.class);
        assertThat(restored()).satisfies(result -> {
            assertThat(result.damagedBefore()).containsExactly("docs/hall: its base state is damaged");
            assertThat(result.problems()).isEmpty();
        });
        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("before");
    }

    @Test
    void whatIsDamagedInTheBackupIsSaidAndTheRestComesBack() throws SQLException {
        ada.types("one");
        Typist clerk = new Typist(driver, BYLAW, 2);
        clerk.types("before");
        clerk.isCompacted(1);
        place.backup(backup);
        ada.types(" two");
        clerk.types(", after");
        new JournalPlace(directory, "jdbc:sqlite:" + backup).sql("UPDATE base_states SET time = 5");

        assertThat(restored().problems())
                .containsExactly(
                        "damaged in the backup: records/bylaw-1: its base state is damaged",
                        "records/bylaw-1 is left as it is, because the backup cannot say what it was");

        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("one");
        assertThat(Typist.text(driver.contents(BYLAW))).isEqualTo("before, after");
    }

    @Test
    void nothingIsRestoredUnderAServerThatRuns() {
        ada.types("before");
        place.backup(backup);
        ada.types(", after");
        assertThatThrownBy(() -> restore(backup, Optional.empty()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("in use by another server")
                .message()
                .doesNotContain("\n");
        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("before, after");
        driver.reopen();
        assertThat(driver.contents(HALL).generation()).isEqualTo(1);
    }

    /// All there is moves, from SQLite to PostgreSQL and from PostgreSQL to SQLite.
    @Test
    void aJournalMovesToTheOtherKindOfDatabase() throws IOException {
        ada.types("one");
        LinkedBlockingQueue<Journal.Saved> answers = new LinkedBlockingQueue<>();
        var start = new Journal.NewGeneration(
                "record",
                Optional.empty(),
                bytes("hash"),
                Abandoned.between(ada.state(), new Typist(driver, HALL, 9).state()));
        driver.journal.startAnew(HALL, start, answers::add);
        JournalDriver.next(answers);
        Typist ben = new Typist(driver, HALL, 2);
        ben.types("anew");
        ben.isCompacted(1);
        ben.types(", and on");
        var proposal = new ProposalStore.Proposal("0123", HALL, 2, Proposals.Reason.STALE, "ada", 5);
        get(driver.journal.proposals().keep(proposal, ada.state()));
        Loaded.Contents before = driver.contents(HALL);
        place.backup(backup);

        JournalPlace other = (kind == JournalPlace.Kind.SQLITE
                        ? JournalPlace.Kind.POSTGRESQL
                        : JournalPlace.Kind.SQLITE)
                .in(Files.createDirectory(directory.resolve("other")));
        restore(other, backup, Optional.empty());

        try (JournalDriver there = new JournalDriver(other)) {
            assertThat(there.contents(HALL)).isEqualTo(before);
            assertThat(get(there.journal.proposals().read(HALL, "0123")))
                    .hasValue(new ProposalStore.Kept(proposal, ada.state()));
            try (JournalView view = other.view()) {
                assertThat(Typist.text(view.read(HALL, 1).orElseThrow())).isEqualTo("one");
                assertThat(view.check(Progress.UNSEEN)).isEmpty();
            }
            new Typist(there, BYLAW, 3).types("a room of its own");
            assertThat(Typist.text(there.contents(BYLAW))).isEqualTo("a room of its own");
        }
    }

    @Test
    void whereThereIsNoJournalTheBackupBecomesIt() throws IOException {
        if (kind != JournalPlace.Kind.SQLITE) {
            return; // a database in which nothing is: the test above
        }
        ada.types("before");
        place.backup(backup);
        driver.close();
        Files.delete(place.file());
        assertThat(restore(backup, Optional.empty()).kept()).isEmpty();
        driver.reopen();
        assertThat(driver.contents(HALL).generation()).isEqualTo(1);
        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("before");
    }

    @Test
    void aJournalThatCannotBeReadIsMovedAside() throws IOException {
        if (kind != JournalPlace.Kind.SQLITE) {
            return;
        }
        ada.types("before");
        place.backup(backup);
        driver.close();
        Files.writeString(place.file(), "these are not the bytes of a database ".repeat(500));
        Path kept = directory.resolve("realtime.db.before-restore-20261125T093000Z");
        assertThat(restore(backup, Optional.empty()).kept()).hasValue(kept);
        assertThat(kept).content().startsWith("these are not");
        driver.reopen();
        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("before");
    }

    @Test
    void whatWasThereStaysBesideItInAFile() {
        if (kind != JournalPlace.Kind.SQLITE) {
            return;
        }
        ada.types("before");
        place.backup(backup);
        ada.types(", after");
        Path kept = restored().kept().orElseThrow();
        assertThat(kept).hasFileName("realtime.db.before-restore-20261125T093000Z");
        try (JournalView view = JournalView.open(kept)) {
            assertThat(Typist.text(view.read(HALL).orElseThrow())).isEqualTo("before, after");
        }
    }

    @Test
    void whatIsNoBackupIsRefused() throws IOException {
        ada.types("before");
        driver.close();
        Files.writeString(backup, "no backup ".repeat(1000));
        assertThatThrownBy(() -> restore(backup, Optional.empty()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(backup.toString());
        assertThatThrownBy(() -> restore(directory.resolve("nowhere.db"), Optional.empty()))
                .hasMessageContaining("there is no such file");
        driver.reopen();
        assertThat(Typist.text(driver.contents(HALL))).isEqualTo("before");
    }

    private JournalRestore.Result restored() {
        driver.close();
        JournalRestore.Result result = restore(backup, Optional.empty());
        driver.reopen();
        return result;
    }

    private JournalRestore.Result restore(Path from, Optional<Bytes> body) {
        return restore(place, from, body);
    }

    /// @param body the hash of the body of every record
    private static JournalRestore.Result restore(JournalPlace to, Path from, Optional<Bytes> body) {
        var restore = new JournalRestore(
                from,
                room -> room.type().equals("records") ? body : Optional.empty(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                Progress.UNSEEN);
        return switch (to.kind()) {
            case SQLITE -> restore.into(to.file());
            case POSTGRESQL -> restore.into(to.url());
        };
    }

    private void notes(String body) {
        LinkedBlockingQueue<Journal.Saved> answers = new LinkedBlockingQueue<>();
        driver.journal.noteBody(BYLAW, bytes(body), Journal.BodyNote.WRITTEN, answers::add);
        assertThat(List.of(JournalDriver.next(answers))).hasOnlyElementsOfType(Journal.Saved.Durable.class);
    }
}
