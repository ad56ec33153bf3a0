package org.civicpress.realtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicSeed;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.Predecessor;
import org.civicpress.realtime.server.store.SqlJournal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is done with a journal from a shell: verify, export, backup, restore.
class JournalCommandsTest {
    private static final RoomId BYLAW = new RoomId("records", "bylaw-harrow-fen-noise-control");
    private static final RoomId PLANS = new RoomId("docs", "plans/2026 *");
    private static final String BODY = "# Noise\n\nThere is none.\n";

    @TempDir
    Path home;

    private Path hall;

    @BeforeEach
    void makeAnInstallation() throws Exception {
        hall = home.resolve("hall");
        Terminal.type("init", "--dir", hall);
        Doc plans = new Doc(1);
        plans.text("title").insert(0, "Plans");
        plans.map("facts").set("year", Any.of(2026));
        plans.array("list").insert(0, Any.of("a"), Any.of("b"));
        try (SqlJournal journal = journal()) {
            saved(whenSaved -> journal.seed(BYLAW, CivicSeed.of(BODY).update(), Bytes.wrap(new byte[] {1}), whenSaved));
            appends(journal, PLANS, plans.state());
        }
    }

    @Test
    void aSoundJournalIsSaidToBeSound() {
        var terminal = Terminal.type("verify", hall);
        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.out()).containsExactly("2 rooms, all sound");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamedRoomByRoom() {
        try (SqlJournal journal = journal()) {
            appends(journal, BYLAW, Bytes.wrap(new byte[] {9, 9, 9}));
        }
        var terminal = Terminal.type("verify", hall);
        assertThat(terminal.exitCode()).isEqualTo(Main.FAILED);
        assertThat(terminal.out()).hasSize(2);
        assertThat(terminal.out().getFirst())
                .startsWith("records/bylaw-harrow-fen-noise-control: the update of entry 1 of 1 cannot be read");
        assertThat(terminal.lastLine()).startsWith("2 rooms, 1 damaged");
    }

    @Test
    void aJournalThatIsNotThereIsOneLine() throws IOException {
        Files.delete(journalFile());
        assertThat(Terminal.type("verify", hall).trouble())
                .contains(journalFile().toString(), "no such file");
        assertThat(Terminal.type("export", hall, "docs/plans").trouble()).contains("no such file");
        assertThat(Terminal.type("backup", hall, home.resolve("b.db")).trouble())
                .contains("no such file");
    }

    @Test
    void aRecordIsExportedAsItsMarkdown() {
        var terminal = Terminal.type("export", hall, "records/bylaw-harrow-fen-noise-control");
        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.out()).containsExactlyElementsOf(BODY.lines().toList());
    }

    @Test
    void aDocumentIsExportedAsJsonWhateverItsRootsAreCalled() {
        var terminal = Terminal.type("export", hall, "docs/" + PLANS.name());
        assertThat(terminal.exitCode()).isZero();
        assertThat(Json.parse(terminal.lastLine())).isInstanceOfSatisfying(Any.Obj.class, roots -> {
            assertThat(roots.values().keySet()).containsExactly("facts", "list", "title", "title#s");
            assertThat(Json.stringify(roots.values().get("title"))).contains("{\"insert\":\"Plans\"}");
            assertThat(Json.stringify(roots.values().get("facts"))).contains("[\"year\",2026]");
            assertThat(Json.stringify(roots.values().get("list"))).contains("[\"a\",\"b\"]");
        });
    }

    @Test
    void anUpdateIsExportedIntoAFile() throws IOException {
        Path file = home.resolve("bylaw.update");
        var terminal = Terminal.type(
                "export", hall, "records/bylaw-harrow-fen-noise-control", "--format", "update", "-o", file);
        assertThat(terminal.exitCode()).isZero();
        Doc doc = new Doc();
        doc.apply(Bytes.wrap(Files.readAllBytes(file)), null);
        assertThat(doc.xmlFragment("default").toString()).contains("There is none.");
    }

    @Test
    void allRoomsAreExportedInAllTheirFormats() throws IOException {
        Path all = home.resolve("all");
        var terminal = Terminal.type("export", hall, "--all", all);
        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.lastLine()).isEqualTo("wrote 2 rooms into " + all);
        try (var files = Files.walk(all)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> all.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "records/bylaw-harrow-fen-noise-control.md",
                            "records/bylaw-harrow-fen-noise-control.json",
                            "records/bylaw-harrow-fen-noise-control.update",
                            "docs/plans%2F2026%20%2A.json",
                            "docs/plans%2F2026%20%2A.update");
        }
        assertThat(all.resolve("records/bylaw-harrow-fen-noise-control.md")).hasContent(BODY.strip());
        assertThat(Terminal.type("export", hall, "--all", all).trouble()).contains("not an empty directory");
    }

    @Test
    void aGenerationThatIsOverIsExportedToo() throws Exception {
        try (SqlJournal journal = journal()) {
            var start = new Journal.NewGeneration(
                    "record", Optional.of(CivicSeed.of("Another text.\n").update()), Bytes.EMPTY, Abandoned.NOTHING);
            saved(whenSaved -> journal.startAnew(BYLAW, start, whenSaved));
        }
        String room = "records/bylaw-harrow-fen-noise-control";
        assertThat(Terminal.type("export", hall, room).out()).containsExactly("Another text.");
        assertThat(Terminal.type("export", hall, room, "--generation", 1).out()).contains("# Noise");
        assertThat(Terminal.type("export", hall, room, "--generation", 7).trouble())
                .contains("no generation 7", "kept are 2, 1");
        assertThat(Terminal.type("export", hall, room, "--generation", "first").trouble())
                .contains("--generation");
    }

    @Test
    void whatIsDamagedIsLeftOutOfAnExportAndSaid() {
        try (SqlJournal journal = journal()) {
            appends(journal, BYLAW, Bytes.wrap(new byte[] {9, 9, 9}));
        }
        var terminal = Terminal.type("export", hall, "records/bylaw-harrow-fen-noise-control");
        assertThat(terminal.exitCode()).isEqualTo(Main.FAILED);
        assertThat(terminal.out()).contains("# Noise");
        assertThat(terminal.err()).singleElement().asString().contains("is not whole", "entry 1 of 1");
    }

    @Test
    void whatNoMarkdownCanSayIsExportedInAnotherFormat() {
        Doc odd = new Doc(1);
        odd.xmlFragment("default").insert(0, List.of(new YXmlElement("video")));
        try (SqlJournal journal = journal()) {
            appends(journal, new RoomId("records", "odd"), odd.state());
        }
        assertThat(Terminal.type("export", hall, "records/odd").trouble())
                .contains("cannot be written as markdown", "--format");
        assertThat(Terminal.type("export", hall, "docs/" + PLANS.name(), "--format", "markdown")
                        .trouble())
                .contains("only a record is Markdown");
        assertThat(Terminal.type("export", hall, "records/odd", "--format", "json")
                        .exitCode())
                .isZero();
        Path all = home.resolve("all");
        var terminal = Terminal.type("export", hall, "--all", all);
        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.err()).singleElement().asString().contains("records/odd is not written as markdown");
        assertThat(all.resolve("records/odd.json")).exists();
    }

    @Test
    void aRoomThatIsNotThereIsOneLine() {
        assertThat(Terminal.type("export", hall, "records/nothing").trouble()).contains("no room records/nothing");
        assertThat(Terminal.type("export", hall, "bylaw").trouble()).contains("records/bylaw-12");
        assertThat(Terminal.type("export", hall).trouble()).contains("ROOM", "--all");
        assertThat(Terminal.type("export", hall, "docs/a", "--all", home).trouble())
                .contains("--all");
        assertThat(Terminal.type("export", hall, "docs/a", "--format", "pdf")).satisfies(terminal -> {
            assertThat(terminal.exitCode()).isEqualTo(Main.WRONG_USAGE);
            assertThat(terminal.trouble()).contains("--format");
        });
    }

    @Test
    void aBackupComesBack() throws Exception {
        Path file = home.resolve("monday.db");
        var backup = Terminal.type("backup", hall, file);
        assertThat(backup.exitCode()).isZero();
        assertThat(backup.lastLine()).isEqualTo("backed up 2 rooms, " + Files.size(file) + " bytes, in " + file);
        Doc later = new Doc(2);
        later.text("title").insert(0, "Later ");
        try (SqlJournal journal = journal()) {
            appends(journal, PLANS, later.state());
        }
        assertThat(Terminal.type("export", hall, "docs/" + PLANS.name()).lastLine())
                .contains("Later");

        var restore = Terminal.type("restore", hall, file);

        assertThat(restore.exitCode()).isZero();
        assertThat(restore.out()).hasSize(2);
        assertThat(restore.out().getFirst())
                .isEqualTo("restored 1 room, added 0 rooms, found 1 room the same as in the backup");
        assertThat(restore.lastLine()).contains("before-restore-");
        assertThat(Terminal.type("export", hall, "docs/" + PLANS.name()).lastLine())
                .contains("Plans")
                .doesNotContain("Later");
        assertThat(Terminal.type("export", hall, "docs/" + PLANS.name(), "--generation", 1)
                        .lastLine())
                .contains("Later");
        assertThat(Terminal.type("verify", hall).exitCode()).isZero();
    }

    @Test
    void aServerThatRunsIsBackedUpAndNotRestored() {
        Path file = home.resolve("monday.db");
        try (SqlJournal journal = journal()) {
            assertThat(Terminal.type("backup", hall, file).exitCode()).isZero();
            assertThat(Terminal.type("verify", hall).exitCode()).isZero();
            assertThat(Terminal.type("restore", hall, file).trouble())
                    .contains("in use by another server", "Stop that one first");
            assertThat(journal.health().isWell()).isTrue();
        }
        assertThat(Terminal.type("backup", hall, file).trouble()).contains("is there already");
        assertThat(Terminal.type("restore", hall, journalFile()).trouble()).contains("is the journal itself");
    }

    private Path journalFile() {
        return hall.resolve(".system-data/realtime.db");
    }

    private SqlJournal journal() {
        return SqlJournal.open(journalFile(), Predecessor.NONE, SqlJournal.Limits.DEFAULT, Clock.systemUTC());
    }

    private static void appends(SqlJournal journal, RoomId room, Bytes update) {
        try {
            saved(whenSaved ->
                    journal.append(room, new Journal.Entry(update, List.of(1L), "petra", "session", 1), whenSaved));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void saved(Consumer<Consumer<Saved>> work) throws Exception {
        CompletableFuture<Saved> saved = new CompletableFuture<>();
        work.accept(saved::complete);
        assertThat(saved.get(3, TimeUnit.MINUTES)).isInstanceOf(Saved.Durable.class);
    }
}
