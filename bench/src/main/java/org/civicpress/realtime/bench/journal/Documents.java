package org.civicpress.realtime.bench.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Documents of some size, the same each time. Immutable.
final class Documents {
    private static final int PEOPLE = 100;
    private static final long FIRST_CLIENT = 1_000;
    private static final List<String> WORDS =
            List.of("whereas ", "the ", "council ", "met ", "in ", "regular ", "session, ", "a quorum was present. ");

    private Documents() {}

    /// The state of a text that a hundred people wrote, a few words at a time, anywhere in what each had written.
    static Bytes written(int bytes) {
        var random = new Random(1);
        var parts = new ArrayList<Bytes>();
        for (int person = 0; person < PEOPLE; person++) {
            var doc = new Doc(FIRST_CLIENT + person);
            YText text = doc.text("text");
            int perInsertion = 24; // what an insertion takes up, roughly
            int length = 0;
            for (int size = 0; size < bytes / PEOPLE; size += perInsertion) {
                String word = WORDS.get(random.nextInt(WORDS.size()));
                text.insert(random.nextInt(length + 1), word);
                length += word.length();
            }
            parts.add(doc.state());
        }
        return Updates.merge(parts);
    }
}
