package org.civicpress.realtime.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/// What a person sees who types one command. Immutable.
record Terminal(int exitCode, List<String> out, List<String> err) {
    static Terminal type(Object... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        String[] args = List.of(words).stream().map(Object::toString).toArray(String[]::new);
        int exitCode = new Main(new PrintWriter(out, true), new PrintWriter(err, true)).run(args);
        return new Terminal(
                exitCode,
                out.toString().lines().toList(),
                err.toString().lines().toList());
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
