package org.civicpress.realtime.cli.doc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Fields job;
        Path out;
        try {
            job = Fields.of(Json.parse(line));
            out = Path.of(job.string("out"));
        } catch (MalformedBytesException | IllegalArgumentException e) {
            throw new IllegalArgumentException(place + " is not a job: " + e.getMessage(), e);
        }
        Path err = Path.of(out + ".err");
        try {
            Bytes result = DocOperations.run(job.string("op"), options(job), inputs(job));
            Files.deleteIfExists(err);
            Files.write(out, result.toArray());
        } catch (RuntimeException | IOException e) {
            Files.deleteIfExists(out);
            Files.writeString(err, e.getMessage() + "\n");
        }
    }

    private static List<Bytes> inputs(Fields job) throws IOException {
        List<Bytes> inputs = new ArrayList<>();
        for (Any input : job.list("in")) {
            if (!(input instanceof Any.Str(String name))) {
                throw new IllegalArgumentException("\"in\" must hold names of files");
            }
            inputs.add(Bytes.wrap(Files.readAllBytes(Path.of(name))));
        }
        return inputs;
    }

    private static DocOptions options(Fields job) {
        return new DocOptions(
                format(job, "v"),
                format(job, "outV"),
                !Any.FALSE.equals(job.find("gc").orElse(Any.TRUE)),
                job.has("clientID") ? OptionalLong.of((long) job.number("clientID")) : OptionalLong.empty());
    }

    private static UpdateFormat format(Fields job, String field) {
        return switch (job.has(field) ? job.integer(field) : 1) {
            case 1 -> UpdateFormat.V1;
            case 2 -> UpdateFormat.V2;
            default -> throw new IllegalArgumentException("\"" + field + "\" must be 1 or 2");
        };
    }
}
