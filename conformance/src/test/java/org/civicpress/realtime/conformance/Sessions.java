package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Random sessions told by a script that has npm Yjs, one line of JSON for each seed. `-Dseed=4711` repeats one of
/// them, `-Drounds=100000` asks for more than usual.
final class Sessions {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Sessions() {}

    static void each(String script, int rounds, Consumer<JsonNode> check) throws IOException, InterruptedException {
        Long only = Long.getLong("seed"); // the build hands on an empty one when none was given
        String first = only == null ? "1" : only.toString();
        int count = only == null ? Integer.getInteger("rounds", rounds) : 1;
        Process node = new ProcessBuilder("node", script, first, Integer.toString(count))
                .directory(Path.of("node").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int sessions = 0;
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode session = JSON.readTree(line);
                try {
                    assertThat(session.get("error")).as("the script").isNull();
                    check.accept(session);
                } catch (AssertionError | RuntimeException failure) {
                    String what = failure instanceof AssertionError ? failure.getMessage() : failure.toString();
                    throw new AssertionError("run again with -Dseed=" + session.get("seed") + ": " + what, failure);
                }
                sessions++;
            }
            assertThat(node.waitFor()).isZero();
        } finally {
            node.destroy();
        }
        assertThat(sessions).isEqualTo(count);
    }
}
