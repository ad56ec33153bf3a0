package org.civicpress.realtime.bench.engine;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// An editing session as the updates of its edits. Immutable.
record Trace(List<Bytes> updates) {
    /// Stands for the session that needs no file.
    static final String SYNTHETIC = "synthetic";

    private static final int EDITS = 20_000;

    Trace {
        updates = List.copyOf(updates);
    }

    /// @param name of a recorded session in the folder of the system property `traces`, or [#SYNTHETIC]
    static Trace named(String name) {
        return name.equals(SYNTHETIC) ? synthetic() : recorded(file(name));
    }

    static Path file(String name) {
        return Path.of(System.getProperty("traces", "../shared/data/traces")).resolve(name + ".updates.v1.bin");
    }

    /// Two people who type, jump about and delete, each seeing what the other did; the same each time.
    private static Trace synthetic() {
        var random = new Random(4711);
        var updates = new ArrayList<Bytes>();
        var people = List.of(new Doc(1), new Doc(2));
        for (int i = 0; i < 2; i++) {
            Doc other = people.get(1 - i);
            people.get(i).onUpdate((update, origin) -> {
                if (origin == null) {
                    updates.add(update);
                    other.apply(update, "other");
                }
            });
        }
        int cursor = 0;
        for (int edit = 0; edit < EDITS; edit++) {
            var text = people.get(edit / 40 % 2).text("text");
            if (edit % 40 == 0) {
                cursor = random.nextInt(text.length() + 1);
            }
            if (cursor > 0 && random.nextInt(6) == 0) {
                text.delete(--cursor, 1);
            } else {
                text.insert(cursor++, Character.toString('a' + random.nextInt(26)));
            }
        }
        return new Trace(updates);
    }

    private static Trace recorded(Path file) {
        try (var in = new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int count = in.readInt();
            var updates = new ArrayList<Bytes>(count);
            for (int i = 0; i < count; i++) {
                updates.add(Bytes.wrap(in.readNBytes(in.readInt())));
            }
            return new Trace(updates);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Doc replay() {
        Doc doc = new Doc(1_000_000);
        for (Bytes update : updates) {
            doc.apply(update, null);
        }
        return doc;
    }
}
