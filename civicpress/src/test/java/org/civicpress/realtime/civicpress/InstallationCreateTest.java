package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationCreateTest {
    @TempDir
    Path dir;

    @Test
    void aNewInstallationHasPeopleAndRecordsAndCanBeOpenedAgain() {
        try (var made = Installation.create(dir, SampleData.townHall(), Map.of(), Clock.systemUTC())) {
            assertThat(made.users().all()).extracting(User::role).containsExactly("admin", "clerk", "public");
            assertThat(made.records().list()).hasSize(63);
        }
        try (var again = Installation.open(dir.resolve("data/records"), Map.of(), Clock.systemUTC())) {
            assertThat(again.root()).isEqualTo(dir);
            var record = again.records().find("bylaw-harrow-fen-noise-control").orElseThrow();
            assertThat(record.title()).isEqualTo("Noise Control Bylaw");
            assertThat(record.path()).isEqualTo("records/bylaw/2026/bylaw-harrow-fen-noise-control.md");
            assertThat(record.body()).startsWith("# Noise Control Bylaw\n");
            assertThat(again.realtimeConfig()).isEqualTo(RealtimeConfig.DEFAULT);
        }
    }

    @Test
    void everySampleFileIsReadAndKeptByteForByte() throws IOException {
        try (var made = Installation.create(dir, SampleData.townHall(), Map.of(), Clock.systemUTC())) {
            for (var sample : SampleData.townHall().records().entrySet()) {
                var record = made.records().find(sample.getKey()).orElseThrow();
                assertThat(record.type()).as(record.id()).isNotEqualTo("unknown");
                assertThat(record.updated()).as(record.id()).isNotNull();
                assertThat(Files.readString(made.dataDir().resolve(record.path())))
                        .isEqualTo(sample.getValue());
            }
        }
    }

    @Test
    void theListOfSampleRecordsIsComplete() throws Exception {
        var resources = Path.of(SampleData.class.getResource("sample/records").toURI());
        try (var files = Files.list(resources)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            SampleData.townHall().records().keySet());
        }
    }

    @Test
    void theDataDirectoryIsACleanGitWorkTree() throws Exception {
        Installation.create(dir, SampleData.townHall(), Map.of(), Clock.systemUTC())
                .close();
        try (Git git = Git.open(dir.resolve("data").toFile())) {
            assertThat(git.status().call().isClean()).isTrue();
            assertThat(git.log().call()).hasSize(1);
            assertThat(git.getRepository().getConfig().getString("user", null, "name"))
                    .isEqualTo("CivicPress");
        }
    }

    @Test
    void onlyTheOwnerReadsTheSecret() throws IOException {
        Installation.create(dir, SampleData.noRecords(), Map.of(), Clock.systemUTC())
                .close();
        var mode = Files.getPosixFilePermissions(dir.resolve(".system-data/secrets.yml"));
        assertThat(PosixFilePermissions.toString(mode)).isEqualTo("rw-------");
    }

    @Test
    void aDirectoryWithAnythingInItIsRefused() throws IOException {
        Files.writeString(dir.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> Installation.create(dir, SampleData.noRecords(), Map.of(), Clock.systemUTC()))
                .isInstanceOf(InstallationException.class)
                .hasMessageContaining("is not empty");
        assertThat(dir).isDirectoryContaining("glob:**notes.txt");
        try (var files = Files.list(dir)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void anInstallationWhoseMakingWasInterruptedIsNeverUsed() throws IOException {
        // What a kill leaves behind at its latest moment: all is there, and the marker still is.
        Installation.create(dir, SampleData.noRecords(), Map.of(), Clock.systemUTC())
                .close();
        Files.writeString(dir.resolve(Installation.UNFINISHED), "");
        assertThatThrownBy(() -> Installation.open(dir, Map.of(), Clock.systemUTC()))
                .isInstanceOf(InstallationException.class)
                .hasMessageContaining("was interrupted")
                .hasMessageContaining(dir.toString());
        assertThatThrownBy(() -> Installation.create(dir, SampleData.noRecords(), Map.of(), Clock.systemUTC()))
                .hasMessageContaining("was interrupted");
    }
}
