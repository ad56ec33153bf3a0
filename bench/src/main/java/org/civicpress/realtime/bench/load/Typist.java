package org.civicpress.realtime.bench.load;

import java.util.ArrayDeque;
import java.util.Queue;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// One person who types into one paragraph of a shared text, a character an edit: the updates are those that Yjs
/// would send for it, made by the engine. Confined to its room's loop.
public final class Typist {
    private static final String TEXT = "text";
    private static final String WORDS = "Whereas the council met in regular session and a quorum was present, ";

    private final Doc doc;
    private final Queue<Bytes> edits = new ArrayDeque<>();
    private int position;
    private int typed;

    private Typist(Doc doc, int position) {
        this.doc = doc;
        this.position = position;
        doc.onUpdate((update, origin) -> edits.add(update));
    }

    /// The state of a text with an empty paragraph for each of so many people.
    public static Bytes paragraphs(long clientId, int people) {
        Doc doc = new Doc(clientId);
        doc.text(TEXT).insert(0, "\n".repeat(people + 1));
        return doc.state();
    }

    public static Typist in(Bytes paragraphs, long clientId, int paragraph) {
        Doc doc = new Doc(clientId);
        doc.apply(paragraphs, null);
        return new Typist(doc, paragraph + 1);
    }

    /// The update of the next character. Its document holds all of this typist's own words and nobody else's.
    public Bytes next() {
        int word = typed++ % WORDS.length();
        doc.text(TEXT).insert(position++, WORDS.substring(word, word + 1));
        return edits.remove();
    }
}
