package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.civicpress.realtime.server.room.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Backups of a journal that a server has, whatever database it is in.
@ParameterizedClass
@EnumSource(JournalPlace.Kind.class)
final class JournalBackupTest {
    private static final int PAGE = 4096;
    private static final RoomId BYLAW = new RoomId("records", "bylaw-1");

    @TempDir
    Path directory;

    @Parameter
    JournalPlace.Kind kind;

    private JournalPlace place;
    private JournalDriver driver;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        place = kind.in(directory);
        driver = new JournalDriver(place);
        file = Files.createDirectory(directory.resolve("backups")).resolve("monday.db");
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aBackupHasWhatWasSavedBeforeIt() throws IOException {
        Typist ada = new Typist(driver, HALL, 1);
        ada.types("Hello");
        ada.isCompacted(1);
        ada.types(" world");
        new Typist(driver, BYLAW, 2).types("No noise.");

        JournalBackup.Made made = place.backup(file);
        ada.types(", and later");

        assertThat(made).isEqualTo(new JournalBackup.Made(2, Files.size(file), List.of()));
        try (JournalView view = JournalView.open(file)) {
            assertThat(view.rooms()).containsExactly(HALL, BYLAW);
            assertThat(Typist.text(view.read(HALL).orElseThrow())).isEqualTo("Hello world");
            assertThat(Typist.text(view.read(BYLAW).orElseThrow())).isEqualTo("No noise.");
            assertThat(view.check(Progress.UNSEEN)).isEmpty();
        }
        assertThat(file.getParent()).isDirectoryNotContaining(path -> !path.equals(file));
    }

    /// Somebody writes now here, now there: at every moment, here is as long as there, or one longer.
    @Test
    void aBackupIsOfOneMomentHoweverMuchIsWrittenMeanwhile() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        CountDownLatch isBusy = new CountDownLatch(100);
        Typist here = new Typist(driver, HALL, 1);
        Typist there = new Typist(driver, BYLAW, 2);
        Thread writing = Thread.ofPlatform().start(() -> {
            while (!isOver.get()) {
                here.types("a");
                there.types("b");
                isBusy.countDown();
            }
        });
        try {
            isBusy.await();
            for (int backup = 0; backup < 3; backup++) {
                Path one = file.resolveSibling(backup + ".db");
                assertThat(place.backup(one).damaged()).isEmpty();
                try (JournalView view = JournalView.open(one)) {
                    int a = Typist.text(view.read(HALL).orElseThrow()).length();
                    int b = Typist.text(view.read(BYLAW).orElseThrow()).length();
                    assertThat(a).isGreaterThanOrEqualTo(100);
                    assertThat(a - b).isBetween(0, 1);
                }
            }
        } finally {
            isOver.set(true);
            writing.join();
        }
        assertThat(driver.journal.health().isWell()).isTrue();
    }

    @Test
    void whatIsDamagedInTheJournalIsSaidAndIsSoInTheBackup() throws SQLException {
        new Typist(driver, HALL, 1).types("Hello");
        new Typist(driver, BYLAW, 2).types("No noise.");
        place.sql("UPDATE entries SET session = 'mallory' WHERE room = (SELECT id FROM rooms WHERE name = 'hall')");
        assertThat(place.backup(file).damaged()).containsExactly("docs/hall: entry 1 is damaged");
        try (JournalView view = JournalView.open(file)) {
            assertThat(view.check(Progress.UNSEEN)).containsExactly("docs/hall: entry 1 is damaged");
            assertThat(Typist.text(view.read(BYLAW).orElseThrow())).isEqualTo("No noise.");
        }
    }

    @Test
    void aNameThatIsTakenIsRefused() throws IOException {
        Files.writeString(file, "an older backup");
        assertThatThrownBy(() -> place.backup(file))
                .isInstanceOf(JournalException.class)
                .hasMessage(file + ": is there already. Choose another name, or move it away.");
        assertThat(file).hasContent("an older backup");
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> place.backup(nowhere.resolve("backup.db")))
                .hasMessage(nowhere + ": there is no such directory. Make it, or choose another place.");
    }

    /// Whatever page of the file is damaged: either nobody reads it, or there is no backup and no part of one.
    @Test
    void aJournalWhosePagesAreDamagedIsNotCopied() throws IOException {
        if (kind != JournalPlace.Kind.SQLITE) {
            return; // PostgreSQL sees to its pages itself
        }
        Typist ada = new Typist(driver, HALL, 1);
        for (int i = 0; i < 200; i++) {
            ada.types("a rather long line number " + i);
        }
        driver.close();
        byte[] sound = Files.readAllBytes(place.file());
        byte[] noise = new byte[PAGE];
        new Random(1).nextBytes(noise);
        int refused = 0;
        for (int page = 1; page < sound.length / PAGE; page++) {
            byte[] damaged = sound.clone();
            System.arraycopy(noise, 0, damaged, page * PAGE, PAGE);
            Files.write(place.file(), damaged);
            try {
                place.backup(file);
                Files.delete(file);
            } catch (JournalException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n");
            }
            assertThat(file.getParent()).isEmptyDirectory();
        }
        assertThat(refused).isPositive();
    }
}
