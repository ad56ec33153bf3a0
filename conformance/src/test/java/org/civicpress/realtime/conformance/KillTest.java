package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.civicpress.realtime.server.store.RealPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was said to be saved survives every kill. `./dev crash` does the same for longer.
final class KillTest {
    @TempDir
    Path directory;

    @Test
    void whatWasReportedSavedSurvivesEveryKillOfTheServer() throws Exception {
        try (RunningServer server = RunningServer.start(directory.resolve("kill"));
                Kills kills = new Kills(server)) {
            kills.happen(20);
        }
    }

    @Test
    void whatWasReportedSavedSurvivesEveryKillOfTheServerAndOfPostgres() throws Exception {
        try (RealPostgres postgres = RealPostgres.start();
                RunningServer server =
                        RunningServer.startOnPostgres(directory.resolve("kill-postgres"), postgres.newSchema());
                Kills kills = new Kills(server, postgres)) {
            kills.happen(12);
            assertThat(server.log()).doesNotContain(RealPostgres.PASSWORD);
        }
    }
}
