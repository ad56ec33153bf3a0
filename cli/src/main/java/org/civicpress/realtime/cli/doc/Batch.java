package org.civicpress.realtime.cli.doc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// The jobs of a file, one JSON object a line: `{"id":"7","op":"merge","v":1,"in":["a.bin","b.bin"],"out":"o.bin"}`
/// with `gc`, `clientID` and `outV` where wanted. Paths are relative to the working directory. A job that fails
/// leaves the reason in `out` + `.err`, and the next one is done. Confined to its user.
public final class Batch {
    private final Path file;

    public Batch(Path file) {
        this.file = file;
    }

    /// @throws IllegalArgumentException when a line is not a job: then nobody could say where its result belongs
    public void run() throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                run(line, file + ", line " + number);
            }
        }
    }

    private static void run(String line, String place) throws IOException {
        Map<String, Any> job = job(line, place);
        Path out = Path.of(string(job, "out", place));
        Path err = Path.of(out + ".err");
        try {
            List<Bytes> inputs = new ArrayList<>();
            for (Any input : list(job, place)) {
                if (!(input instanceof Any.Str(String name))) {
                    throw new IllegalArgumentException(place + ": \"in\" must hold names of files");
                }
                inputs.add(Bytes.wrap(Files.readAllBytes(Path.of(name))));
            }
            Bytes result = DocOperations.run(string(job, "op", place), options(job), inputs);
            Files.deleteIfExists(err);
            Files.write(out, result.toArray());
        } catch (MalformedBytesException | IllegalArgumentException | IllegalStateException | IOException e) {
            Files.deleteIfExists(out);
            Files.writeString(err, e.getMessage() + "\n");
        }
    }

    private static Map<String, Any> job(String line, String place) {
        try {
            if (Json.parse(line) instanceof Any.Obj(Map<String, Any> job)) {
                return job;
            }
        } catch (MalformedBytesException e) {
            throw new IllegalArgumentException(place + ": this is not JSON: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(place + ": a job is a JSON object");
    }

    private static DocOptions options(Map<String, Any> job) {
        return new DocOptions(
                format(job, "v"),
                format(job, "outV"),
                !Any.FALSE.equals(job.get("gc")),
                job.get("clientID") instanceof Any.Num(double id) ? OptionalLong.of((long) id) : OptionalLong.empty());
    }

    private static UpdateFormat format(Map<String, Any> job, String key) {
        Any version = job.getOrDefault(key, Any.of(1));
        if (version.equals(Any.of(1))) {
            return UpdateFormat.V1;
        }
        if (version.equals(Any.of(2))) {
            return UpdateFormat.V2;
        }
        throw new IllegalArgumentException("\"" + key + "\" must be 1 or 2");
    }

    private static String string(Map<String, Any> job, String key, String place) {
        if (job.get(key) instanceof Any.Str(String value)) {
            return value;
        }
        throw new IllegalArgumentException(place + ": the job has no text \"" + key + "\"");
    }

    private static List<Any> list(Map<String, Any> job, String place) {
        if (job.get("in") instanceof Any.Arr(List<Any> values)) {
            return values;
        }
        throw new IllegalArgumentException(place + ": the job has no list \"in\"");
    }
}
