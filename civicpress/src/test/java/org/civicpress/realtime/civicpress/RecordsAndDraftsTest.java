package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsAndDraftsTest {
    private static final String LEVY = """
            ---
            id: record-1
            title: Levy
            type: bylaw
            status: published
            author: petra
            created: 2026-01-05
            updated: '2026-02-11T14:30:00Z'
            tags: [tax]
            priority: ''
            metadata:
              document_number: BYL-1
            chair: Noah
            geography:
              srid: 4326
            attached_files:
              - id: f1
                path: levy.xlsx
            linked_records: [record-2]
            ---

            # Levy

            Pay.
            """;

    @TempDir
    Path dir;

    private Installation installation;

    @BeforeEach
    void open() {
        var content = new SampleData("Town", SampleData.noRecords().people(), Map.of("levy", LEVY));
        installation = Installation.create(dir, content, Map.of(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void theFileWinsOverTheRow() throws IOException {
        Files.writeString(
                file(),
                LEVY.replace("title: Levy", "title: Levies")
                        .replace("Pay.", "Pay twice.")
                        .replace("BYL-1", "BYL-2"));
        var record = installation.records().find("levy").orElseThrow();
        assertThat(record.title()).isEqualTo("Levies");
        assertThat(record.body()).isEqualTo("# Levy\n\nPay twice.");
        assertThat(record.metadata())
                .isEqualTo("{\"tags\":[\"tax\"],\"document_number\":\"BYL-2\",\"chair\":\"Noah\"}");
        assertThat(record.created()).isEqualTo("2026-01-05T00:00:00Z");
    }

    @Test
    void withoutAReadableFileTheRowStandsAlone() throws IOException {
        var row = installation.records().find("levy").orElseThrow();
        for (String broken :
                new String[] {"", "no front matter", "---\nid: [\n---\nX", LEVY.replace("author: petra\n", "")}) {
            Files.writeString(file(), broken);
            assertThat(installation.records().find("levy")).contains(row);
        }
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(installation.records().find("levy")).contains(row);
        Files.delete(file());
        assertThat(installation.records().find("levy")).contains(row);
    }

    @Test
    void aPathThatLeavesTheDataDirectoryIsNotFollowed() throws IOException {
        Files.writeString(dir.resolve("outside.md"), LEVY.replace("Pay.", "Outside."));
        sql("UPDATE records SET path = '../outside.md'");
        assertThat(installation.records().find("levy").orElseThrow().body()).contains("Pay.");
    }

    @Test
    void anUnknownOrImpossibleIdIsNoRecord() {
        assertThat(installation.records().find("levies")).isEmpty();
        assertThat(installation.records().find("../levy")).isEmpty();
        assertThat(installation.records().find("")).isEmpty();
        assertThat(installation.drafts().find("levy")).isEmpty();
        assertThatThrownBy(() -> installation.drafts().writeBody("../levy", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNewDraftCarriesEverythingTheRecordHas() {
        sql("UPDATE records SET workflow_state = 'legal_review'");
        installation.drafts().writeBody("levy", "# Levy\n\nPay now.");
        var draft = installation.drafts().find("levy").orElseThrow();
        var record = installation.records().find("levy").orElseThrow();
        assertThat(draft.body()).isEqualTo("# Levy\n\nPay now.");
        assertThat(draft.title()).isEqualTo("Levy");
        assertThat(draft.type()).isEqualTo("bylaw");
        assertThat(draft.status()).isEqualTo("published");
        assertThat(draft.workflowState()).isEqualTo("legal_review");
        assertThat(draft.metadata()).isEqualTo(record.metadata()).contains("BYL-1");
        assertThat(draft.geography()).isEqualTo("{\"srid\":4326}");
        assertThat(draft.attachedFiles()).isEqualTo("[{\"id\":\"f1\",\"path\":\"levy.xlsx\"}]");
        assertThat(draft.linkedRecords()).isEqualTo("[\"record-2\"]");
        assertThat(draft.author()).isEqualTo("realtime-snapshot");
        assertThat(draft.createdBy()).isEqualTo("realtime-snapshot");
        assertThat(text("SELECT last_draft_saved_at FROM record_drafts"))
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }

    @Test
    void whatTheFileDoesNotSayIsCarriedFromTheRow() throws IOException {
        Files.writeString(file(), LEVY.replaceAll("(?s)attached_files:.*linked_records: \\[record-2\\]\n", ""));
        installation.drafts().writeBody("levy", "x");
        assertThat(installation.drafts().find("levy").orElseThrow().attachedFiles())
                .contains("levy.xlsx");
    }

    @Test
    void ofAnExistingDraftOnlyTheBodyChanges() {
        sql(
                "INSERT INTO record_drafts (id, title, type, author, created_by, metadata, updated_at, last_draft_saved_at) "
                        + "VALUES ('levy', 'My title', 'policy', 'petra', '2', '{\"mine\":1}', '2020-01-01 00:00:00', '2020-01-01 00:00:00')");
        installation.drafts().writeBody("levy", "New.");
        var draft = installation.drafts().find("levy").orElseThrow();
        assertThat(draft.body()).isEqualTo("New.");
        assertThat(draft.title()).isEqualTo("My title");
        assertThat(draft.createdBy()).isEqualTo("2");
        assertThat(draft.metadata()).isEqualTo("{\"mine\":1}");
        assertThat(draft.geography()).isNull();
        assertThat(draft.updated()).isAfter("2026-01-01T00:00:00Z");
        assertThat(draft.saved()).isAfter("2026-01-01T00:00:00Z");
    }

    @Test
    void aDraftWithoutARecordIsNamedByItsId() {
        installation.drafts().writeBody("record-99", "");
        assertThat(text("SELECT title || type || status || workflow_state FROM record_drafts"))
                .isEqualTo("record-99unknowndraftdraft");
        assertThat(text("SELECT typeof(markdown_body) FROM record_drafts"))
                .as("empty on insert")
                .isEqualTo("null");
        installation.drafts().writeBody("record-99", "");
        assertThat(text("SELECT typeof(markdown_body) FROM record_drafts"))
                .as("empty on update")
                .isEqualTo("text");
    }

    /// CivicPress's process writes with a connection of its own, and at times keeps the lock for a while.
    @Test
    void writersOnTheSameDatabaseWaitForEachOther() throws Exception {
        sql("CREATE TABLE counted (n INTEGER)");
        sql("INSERT INTO counted VALUES (0)");
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var start = new CountDownLatch(1);
        var threads = new java.util.ArrayList<Thread>();
        for (int t = 0; t < 6; t++) {
            boolean civicPress = t < 2;
            int writer = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    if (civicPress) {
                        countFromOutside(50);
                    } else {
                        for (int i = 0; i < 50; i++) {
                            installation.drafts().writeBody("draft-" + writer, "body " + i);
                            sql("UPDATE counted SET n = n + 1");
                        }
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(text("SELECT n FROM counted")).isEqualTo("300");
        assertThat(text("SELECT group_concat(markdown_body) FROM record_drafts"))
                .isEqualTo("body 49,body 49,body 49,body 49");
    }

    private void countFromOutside(int times) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + installation.databaseFile());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 20000");
            for (int i = 0; i < times; i++) {
                statement.execute("BEGIN IMMEDIATE");
                statement.execute("UPDATE counted SET n = n + 1");
                statement.execute("COMMIT");
            }
        }
    }

    @Test
    void aVirtualThreadIsRefused() throws InterruptedException {
        var seen = new ConcurrentLinkedQueue<Throwable>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        installation.records().list();
                    } catch (IllegalStateException e) {
                        seen.add(e);
                    }
                })
                .join();
        assertThat(seen).hasSize(1);
    }

    @Test
    void aFailedTransactionLeavesNothingAndTheConnectionIsStillGood() {
        assertThatThrownBy(() -> installation.database().write(connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.executeUpdate("DELETE FROM records");
                        return statement.executeUpdate("INSERT INTO nowhere VALUES (1)");
                    }
                }))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("nowhere");
        assertThat(installation.records().list()).hasSize(1);
        installation.drafts().writeBody("levy", "still works");
    }

    private Path file() {
        return installation.dataDir().resolve("records/bylaw/2026/levy.md");
    }

    private void sql(String statement) {
        installation.database().write(connection -> {
            try (var update = connection.createStatement()) {
                return update.executeUpdate(statement);
            }
        });
    }

    private String text(String query) {
        return installation.database().read(connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(query)) {
                return rows.getString(1);
            }
        });
    }
}
