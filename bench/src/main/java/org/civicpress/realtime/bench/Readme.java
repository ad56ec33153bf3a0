package org.civicpress.realtime.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The parts of `README.md` that commands write, between two lines that name the command.
public final class Readme {
    private static final String END = "<!-- end of the table -->";

    private Readme() {}

    /// @param command whose part it is, for example `./dev load`
    /// @throws IOException also when the file has no place for it
    public static void write(Path readme, String command, String part) throws IOException {
        String mark = "<!-- begin of the table that `" + command + "` writes -->";
        String text = Files.readString(readme);
        int begin = text.indexOf(mark);
        int end = text.indexOf(END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            throw new IOException(readme + " has no place for the table: it needs the lines " + mark + " and " + END);
        }
        Files.writeString(
                readme, text.substring(0, begin + mark.length()) + "\n\n" + part + "\n" + text.substring(end));
    }
}
