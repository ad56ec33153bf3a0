package org.civicpress.realtime.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a person sees who types one command. Immutable.
record Terminal(int exitCode, List<String> out, List<String> err) {
    static Terminal type(Object... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] args = List.of(words).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = new Main(stream(out), stream(err)).run(args);
        return new Terminal(
                exitCode,
                out.toString(StandardCharsets.UTF_8).lines().toList(),
                err.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    String lastLine() {
        return out.getLast();
    }

    /// The one line of a command that did not work.
    String trouble() {
        if (exitCode == 0 || err.size() != 1 || !out.isEmpty()) {
            throw new AssertionError("not one line of trouble: " + this);
        }
        return err.getFirst();
    }
}
