package org.civicpress.realtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.store.WebhookFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    @TempDir
    Path home;

    @Test
    void theConfigurationIsShownWithWhereEachValueIsFrom(@TempDir Path hall) {
        Terminal.type("init", "--dir", hall);

        var terminal = Terminal.type("config", "--dir", hall, "--set", "rooms.max_rooms=7");

        assertThat(terminal.exitCode()).isZero();
        assertThat(String.join("\n", terminal.out()))
                .containsPattern("(?m)^rooms\\.max_rooms +7 +--set$")
                .containsPattern("(?m)^port +3001 +line \\d+$")
                .containsPattern("(?m)^docs\\.issuer +default$");
        assertThat(Terminal.type("config", "--dir", hall, "--set", "rooms.max=7")
                        .trouble())
                .contains("--set rooms.max", "no such key");
    }

    @Test
    void whatWebhooksCouldNotTellIsShown(@TempDir Path hall) {
        Terminal.type("init", "--dir", hall);
        assertThat(Terminal.type("webhooks", "--dir", hall).lastLine()).contains("no webhooks");
        try (WebhookFile file = WebhookFile.open(hall.resolve(".system-data/realtime-webhooks.db"))) {
            file.inTransaction(() -> {
                long target = file.register("hash", "https://town.example/hooks");
                file.add(target, "evt_1", "realtime:room:created", "{}", 1);
                file.add(target, "evt_2", "realtime:room:created", "{}", 2);
                file.bury(1, "answered 410", 1_700_000_000_000L);
            });

            var terminal = Terminal.type("webhooks", "--dir", hall);

            assertThat(terminal.out())
                    .containsExactly(
                            "https://town.example/hooks: 1 waiting, last success never, last error never",
                            "1 dead letter, the newest first",
                            "1 2023-11-14T22:13:20Z https://town.example/hooks after 0 tries: answered 410 {}");
        }
        assertThat(Terminal.type("webhooks", "--dir", hall).out()).hasSize(3);
    }

    @Test
    void initMakesAnInstallationThatOpens() {
        Path hall = home.resolve("hall");

        var terminal = Terminal.type("init", "--dir", hall);

        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.lastLine()).contains(hall.toString()).contains("claire, petra, noah");
        assertThat(hall.resolve(".civicrc")).isRegularFile();
        assertThat(hall.resolve("data/.git")).isDirectory();
        assertThat(hall.resolve(".system-data/civic.db")).isRegularFile();
        try (var installation = Installation.open(hall)) {
            assertThat(installation.records().list()).hasSize(63);
        }
    }

    @Test
    void initLeavesADirectoryWithSomethingInItAlone() throws IOException {
        Path letter = Files.writeString(home.resolve("letter.txt"), "Dear council,");

        assertThat(Terminal.type("init", "--dir", home).trouble()).contains(home.toString(), "not empty");

        assertThat(letter).hasContent("Dear council,");
        try (var entries = Files.list(home)) {
            assertThat(entries).containsExactly(letter);
        }
    }

    @Test
    void theLastLineOfTokenIsASessionOfTheUser() {
        Terminal.type("init", "--dir", home);

        var terminal = Terminal.type("token", "--dir", home, "--user", "petra");

        assertThat(terminal.exitCode()).isZero();
        try (var installation = Installation.open(home)) {
            assertThat(installation.sessions().validate(terminal.lastLine()))
                    .map(User::username)
                    .hasValue("petra");
        }
    }

    @Test
    void aDocsTokenLetsIntoTheDocumentsOfItsPattern() {
        Terminal.type("init", "--dir", home);

        var terminal = Terminal.type("token", "--dir", home, "--docs", "minutes-*", "--access", "read");

        try (var installation = Installation.open(home)) {
            assertThat(DocsTokens.of(installation, Clock.systemUTC()).verify(terminal.lastLine()))
                    .hasValueSatisfying(grant -> {
                        assertThat(grant.to("minutes-2026")).isEqualTo(Access.READ);
                        assertThat(grant.to("budget")).isEqualTo(Access.NONE);
                    });
        }
    }

    @Test
    void aDocsTokenSaysWhoForHowLongAndForWhichDocuments() {
        Terminal.type("init", "--dir", home);

        var terminal = Terminal.type(
                "token",
                "--dir",
                home,
                "--docs",
                "plan",
                "--docs",
                "minutes-*",
                "--access",
                "write",
                "--subject",
                "ada-1",
                "--name",
                "Ada Marsh",
                "--lifetime",
                "12h");

        try (var installation = Installation.open(home)) {
            assertThat(DocsTokens.of(installation, Clock.systemUTC()).verify(terminal.lastLine()))
                    .hasValueSatisfying(grant -> {
                        assertThat(grant.to("plan")).isEqualTo(Access.WRITE);
                        assertThat(grant.to("minutes-2026")).isEqualTo(Access.WRITE);
                        assertThat(grant.to("budget")).isEqualTo(Access.NONE);
                        assertThat(grant.subject()).contains("ada-1");
                        assertThat(grant.name()).contains("Ada Marsh");
                        assertThat(Duration.between(Instant.now(), grant.expires()))
                                .isBetween(Duration.ofHours(11), Duration.ofHours(12));
                    });
        }
    }

    @Test
    void whatCannotBeInATokenIsSaid() {
        Terminal.type("init", "--dir", home);
        for (String lifetime : List.of("12", "0h", "-1h", "1w", "h", "999999d", "")) {
            assertThat(Terminal.type("token", "--dir", home, "--docs", "a", "--access", "read", "--lifetime", lifetime)
                            .trouble())
                    .contains("--lifetime");
        }
        assertThat(Terminal.type("token", "--dir", home, "--docs", "x".repeat(300), "--access", "read")
                        .trouble())
                .contains("too long");
        assertThat(Terminal.type("token", "--dir", home, "--user", "petra", "--lifetime", "12h")
                        .trouble())
                .contains("belong to --docs");
    }

    @Test
    void aTokenIsForAUserOrForDocuments() {
        assertThat(Terminal.type("token", "--dir", home).trouble()).contains("--user", "--docs");
        assertThat(Terminal.type("token", "--dir", home, "--docs", "*").trouble())
                .contains("--access");
        assertThat(Terminal.type("token", "--dir", home, "--docs", "*", "--access", "all")
                        .trouble())
                .contains("--access");
    }

    @Test
    void aUserThatIsNotThereIsNamedWithThoseThatAre() {
        Terminal.type("init", "--dir", home);

        assertThat(Terminal.type("token", "--dir", home, "--user", "peter").trouble())
                .contains("\"peter\"", "claire, petra, noah");
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path nowhere = home.resolve("nowhere");

        assertThat(Terminal.type("token", "--dir", nowhere, "--user", "petra").trouble())
                .contains(nowhere.toString(), "civic-realtime init");
    }

    @Test
    void aWrongKeyIsNamedWithItsFileAndLine() throws IOException {
        Terminal.type("init", "--dir", home);
        Path file = home.resolve(".system-data/realtime.yml");
        Files.writeString(file, Files.readString(file).replace("max_rooms", "max_romms"));

        assertThat(Terminal.type("token", "--dir", home, "--user", "petra").trouble())
                .contains(file.toString(), "line 11", "max_romms", "max_rooms?");
    }

    @Test
    void aDatabaseThatIsNoneIsNamed() throws IOException {
        Terminal.type("init", "--dir", home);
        Path database = Files.writeString(home.resolve(".system-data/civic.db"), "not a database, and long enough");

        assertThat(Terminal.type("token", "--dir", home, "--user", "petra").trouble())
                .contains(database.toString(), "backup");
    }

    @Test
    void aWrongCommandLineIsOneLineAndItsOwnExitCode() {
        assertThat(Terminal.type("token", "--user", "petra")).satisfies(terminal -> {
            assertThat(terminal.exitCode()).isEqualTo(Main.WRONG_USAGE);
            assertThat(terminal.trouble()).contains("--dir", "token --help");
        });
        assertThat(Terminal.type("tokn").trouble()).contains("tokn");
    }

    @Test
    void withoutACommandItListsThem() {
        assertThat(Terminal.type().out())
                .anyMatch(line -> line.contains("init"))
                .anyMatch(line -> line.contains("token"));
    }
}
