package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.civicpress.realtime.cli.doc.Batch;
import org.civicpress.realtime.cli.doc.DocOperations;
import org.civicpress.realtime.cli.doc.DocOptions;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The command `doc` beside the same command on npm Yjs: random jobs, among them scripts of edits, undo, snapshots and
/// presence. The results are the same to the byte.
class DocFuzzTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    @Test
    void theCommandSaysWhatItSaysOnYjs() throws IOException, InterruptedException {
        Sessions.each("fuzz-doc.mjs", 400, session -> session.get("jobs").forEach(DocFuzzTest::check));
    }

    private static void check(JsonNode job) {
        List<Bytes> inputs =
                Vectors.elements(job.get("in")).stream().map(Vectors::base64).toList();
        @Nullable String said = job.get("out").isNull() ? null : readable(Vectors.base64(job.get("out")));
        assertThat(outcome(job, inputs))
                .as("%s of %s", job.get("op").asString(), inputs.isEmpty() ? "nothing" : readable(inputs.getFirst()))
                .isEqualTo(said);
    }

    private static @Nullable String outcome(JsonNode job, List<Bytes> inputs) {
        try {
            return readable(DocOperations.run(job.get("op").asString(), options(job), inputs));
        } catch (RuntimeException refused) {
            return null;
        }
    }

    private static DocOptions options(JsonNode job) {
        return new DocOptions(
                format(job.path("v")),
                format(job.path("outV")),
                job.path("gc").asBoolean(true),
                job.has("clientID") ? OptionalLong.of(job.get("clientID").asLong()) : OptionalLong.empty());
    }

    private static UpdateFormat format(JsonNode version) {
        return version.asInt(1) == 2 ? UpdateFormat.V2 : UpdateFormat.V1;
    }

    /// One character for each byte, so that JSON can be read in a failure.
    private static String readable(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBatchLeavesTheFilesThatItLeavesOnYjs() throws IOException, InterruptedException {
        List<String> here = new ArrayList<>();
        List<String> onYjs = new ArrayList<>();
        Sessions.each("fuzz-doc.mjs", 40, session -> {
            int number = 0;
            for (JsonNode job : session.get("jobs")) {
                String name = session.get("seed") + "-" + number++;
                List<String> inputs = new ArrayList<>();
                job.get("in")
                        .forEach(input -> inputs.add(write(name + "." + inputs.size() + ".in", Vectors.base64(input))));
                here.add(line(job, inputs, directory.resolve(name + ".here")));
                onYjs.add(line(job, inputs, directory.resolve(name + ".yjs")));
            }
        });
        new Batch(Files.write(directory.resolve("here.jsonl"), here)).run();
        Path jobs = Files.write(directory.resolve("yjs.jsonl"), onYjs);
        Process node = new ProcessBuilder("node", "doc-peer.mjs", "batch", jobs.toString())
                .directory(Path.of("node").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(node.waitFor()).isZero();

        List<String> results = names(".here");
        assertThat(results).isNotEmpty().isEqualTo(names(".yjs"));
        for (String result : results) {
            assertThat(directory.resolve(result + ".here"))
                    .as(result)
                    .hasSameBinaryContentAs(directory.resolve(result + ".yjs"));
        }
        assertThat(names(".here.err")).isNotEmpty().isEqualTo(names(".yjs.err"));
    }

    private static String line(JsonNode job, List<String> inputs, Path out) {
        var line = JSON.createObjectNode();
        job.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
        line.set("in", JSON.valueToTree(inputs));
        line.put("out", out.toString());
        return line.toString();
    }

    private String write(String name, Bytes content) {
        try {
            return Files.write(directory.resolve(name), content.toArray()).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Of the files with such an ending, without it.
    private List<String> names(String ending) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        }
    }
}
