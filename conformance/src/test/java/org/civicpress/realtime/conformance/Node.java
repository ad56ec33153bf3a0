package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A script of `conformance/node` as a child process that is asked one thing after another, as JSON lines.
/// Confined to the test.
final class Node implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("node").toAbsolutePath();
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;
    private int lastId;

    Node(String script) {
        assertThat(SCRIPTS.resolve("node_modules"))
                .as("npm packages; `./dev test` installs them")
                .isDirectory();
        try {
            process = new ProcessBuilder("node", script)
                    .directory(SCRIPTS.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("Node.js is missing", e);
        }
        requests = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /// @throws AssertionError what the script threw, with its own stack
    JsonNode ask(String operation, Map<String, ?> args) {
        int id = ++lastId;
        try {
            requests.write(JSON.writeValueAsString(Map.of("id", id, "op", operation, "args", args)) + "\n");
            requests.flush();
            String line = answers.readLine();
            assertThat(line)
                    .as("the script ended while it was asked to %s", operation)
                    .isNotNull();
            JsonNode answer = JSON.readTree(line);
            assertThat(answer.path("id").asInt()).isEqualTo(id);
            if (answer.has("error")) {
                throw new AssertionError(
                        operation + " " + args + ": " + answer.path("error").asString());
            }
            return answer.path("value");
        } catch (IOException e) {
            throw new UncheckedIOException("the script ended while it was asked to " + operation, e);
        }
    }

    @Override
    public void close() throws Exception {
        requests.close();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("the script did not end");
        }
    }

    /// Where a test may leave what a person wants to look at.
    static Path artifacts() {
        Path directory = Path.of("target", "conformance").toAbsolutePath();
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
