package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.civicpress.realtime.server.store.JournalDriver.HALL;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.JournalView.Kept;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A journal is looked at while a server has it, whatever database it is in.
@ParameterizedClass
@EnumSource(JournalPlace.Kind.class)
final class JournalViewTest {
    @TempDir
    Path directory;

    @Parameter
    JournalPlace.Kind kind;

    private JournalPlace place;
    private JournalDriver driver;
    private Typist ada;

    @BeforeEach
    void open() {
        place = kind.in(directory);
        driver = new JournalDriver(place);
        ada = new Typist(driver, HALL, 1);
        ada.types("one ");
        ada.types("two ");
        ada.types("three");
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void whatIsSavedIsReadBesideTheServer() {
        try (JournalView view = place.view()) {
            assertThat(view.rooms()).containsExactly(HALL);
            assertThat(view.read(HALL)).hasValueSatisfying(kept -> {
                assertThat(Typist.text(kept)).isEqualTo("one two three");
                assertThat(kept.missing()).isEmpty();
            });
            ada.types(" four");
            assertThat(Typist.text(view.read(HALL).orElseThrow())).isEqualTo("one two three four");
            assertThat(view.damage(Progress.UNSEEN)).isEmpty();
        }
    }

    @Test
    void aRoomThatNobodyWroteToIsNotThere() {
        try (JournalView view = place.view()) {
            RoomId other = new RoomId("docs", "other");
            assertThat(view.read(other)).isEmpty();
            assertThat(view.generations(other)).isEmpty();
        }
    }

    @Test
    void anEntryThatIsDamagedIsNamedAndTheOthersAreRead() throws SQLException {
        place.sql("UPDATE entries SET \"user\" = 'mallory' WHERE sequence = 3");
        try (JournalView view = place.view()) {
            Kept kept = view.read(HALL).orElseThrow();
            assertThat(kept.missing()).containsExactly("entry 3 is damaged");
            assertThat(Typist.text(kept)).isEqualTo("one two ");
            assertThat(view.check(Progress.UNSEEN)).containsExactly("docs/hall: entry 3 is damaged");
        }
    }

    @Test
    void anEntryThatWasSetAsideIsNamedOnce() throws SQLException {
        place.sql("UPDATE entries SET time = 5 WHERE sequence = 2");
        driver.contents(HALL);
        driver.reopen(); // after what was set aside
        try (JournalView view = place.view()) {
            Kept kept = view.read(HALL).orElseThrow();
            assertThat(kept.missing()).isEmpty();
            assertThat(kept.setAside())
                    .singleElement()
                    .asString()
                    .startsWith("entry 2 was damaged and set aside at 20")
                    .endsWith("(checksum)");
        }
    }

    @Test
    void entriesThatAreNotThereAreCounted() throws SQLException {
        place.sql("DELETE FROM entries WHERE sequence IN (1, 2)");
        try (JournalView view = place.view()) {
            assertThat(view.read(HALL).orElseThrow().missing()).containsExactly("2 entries are not there");
        }
    }

    @Test
    void aBaseStateThatIsDamagedIsNamed() throws SQLException {
        ada.isCompacted(3);
        ada.types(" four");
        place.sql("UPDATE base_states SET time = 5");
        try (JournalView view = place.view()) {
            Kept kept = view.read(HALL).orElseThrow();
            assertThat(kept.isBaseDamaged()).isTrue();
            assertThat(kept.missing()).containsExactly("its base state is damaged");
        }
    }

    @Test
    void anUpdateThatIsNoneIsNamed() {
        driver.appends(HALL, "these bytes are no update");
        try (JournalView view = place.view()) {
            assertThat(view.read(HALL).orElseThrow().document()).satisfies(made -> {
                assertThat(made.doc().text("text").toString()).isEqualTo("one two three");
                assertThat(made.missing())
                        .singleElement()
                        .asString()
                        .startsWith("the update of entry 4 of 4 cannot be read");
            });
        }
    }

    @Test
    void generationsThatAreOverAreReadToo() {
        LinkedBlockingQueue<Journal.Saved> answers = new LinkedBlockingQueue<>();
        var start = new Journal.NewGeneration("backup", Optional.empty(), Bytes.EMPTY, Abandoned.NOTHING);
        driver.journal.startAnew(HALL, start, answers::add);
        JournalDriver.next(answers);
        new Typist(driver, HALL, 2).types("anew");
        try (JournalView view = place.view()) {
            assertThat(view.generations(HALL)).containsExactly(2L, 1L);
            assertThat(Typist.text(view.read(HALL).orElseThrow())).isEqualTo("anew");
            assertThat(Typist.text(view.read(HALL, 1).orElseThrow())).isEqualTo("one two three");
            assertThat(view.read(HALL, 3)).isEmpty();
        }
    }

    @Test
    void whatIsNoJournalIsSaidInOneLine() throws Exception {
        Path nowhere = directory.resolve("nowhere.db");
        assertThatThrownBy(() -> JournalView.open(nowhere))
                .isInstanceOf(JournalException.class)
                .hasMessageStartingWith(nowhere + ": there is no such file. ");
        assertThat(nowhere).doesNotExist();
        Path letter = Files.writeString(directory.resolve("letter.db"), "Dear council, ".repeat(1000));
        assertThatThrownBy(() -> JournalView.open(letter))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("not a readable database");
        Path empty = Files.createFile(directory.resolve("empty.db"));
        assertThatThrownBy(() -> JournalView.open(empty)).hasMessageContaining("there is no journal in it");
        place.sql("INSERT INTO schema_version VALUES (99, 'later', 0)");
        assertThatThrownBy(place::view).hasMessageContaining("newer version");
    }
}
