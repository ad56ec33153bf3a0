package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// What is kept of an encoded state never shows.
class KeptEncodingTest {
    @Test
    void aStateThatWasAskedForBeforeIsTheSameAsOneThatWasNot() {
        Seeds.each(8, random -> {
            Doc doc = new Doc(1, random.nextInt(4) > 0);
            Doc peer = new Doc(2);
            UndoManager undo = UndoManager.of(doc.text("text"));
            // Between the deletion and the collection too.
            for (YType observed : List.of(doc.text("text"), doc.map("map"), doc.xmlFragment("xml"))) {
                observed.observeDeep(ignored -> doc.state());
            }
            for (int round = 0; round < 15; round++) {
                for (int i = 0; i < 300; i++) {
                    edit(random, doc, undo);
                }
                compare(doc, peer.stateVector());
                for (int i = 0; i < 5; i++) {
                    edit(random, doc, undo);
                    compare(doc, peer.stateVector());
                }
                peer.apply(doc.stateSince(peer.stateVector()), null);
                for (int i = 0; i < 100; i++) {
                    edit(random, peer, null);
                }
                Bytes vector = doc.stateVector();
                doc.apply(peer.stateSince(vector), null);
                compare(doc, vector);
            }
        });
    }

    private static void edit(Random random, Doc doc, UndoManager undo) {
        YText text = doc.text("text");
        int at = random.nextInt(text.length() + 1);
        switch (random.nextInt(10)) {
            case 0 -> text.delete(at, Math.min(random.nextInt(8), text.length() - at));
            case 1 -> text.format(at, Math.min(random.nextInt(9), text.length() - at), Map.of("bold", Any.TRUE));
            case 2 -> doc.map("map").set("key" + random.nextInt(30), Any.of(random.nextInt()));
            case 3 -> {
                YXmlElement element = new YXmlElement("p");
                element.setAttribute("n", Any.of(random.nextInt()));
                element.insert(0, List.of(new YXmlText()));
                doc.xmlFragment("xml").insert(0, List.of(element));
            }
            case 4 -> {
                YXmlFragment xml = doc.xmlFragment("xml");
                if (xml.length() > 0) {
                    xml.delete(random.nextInt(xml.length()), 1);
                }
            }
            case 5 -> {
                if (undo != null) {
                    undo.undo();
                }
            }
            case 6 -> text.insert(at, "é𝄞中".substring(random.nextInt(4)) + "𝄞".substring(0, random.nextInt(2)));
            default -> text.insert(at, "words and letters".substring(random.nextInt(17)));
        }
    }

    private static void compare(Doc doc, Bytes vector) {
        Bytes state = doc.state();
        Bytes since = doc.stateSince(vector);
        Bytes second = doc.state(UpdateFormat.V2);
        assertThat(state).isEqualTo(oneByOne(doc, UpdateFormat.V1));
        assertThat(second).isEqualTo(oneByOne(doc, UpdateFormat.V2));
        assertThat(doc.state()).isEqualTo(state);
        doc.trim();
        assertThat(doc.state(UpdateFormat.V2)).isEqualTo(second);
        assertThat(doc.stateSince(vector)).isEqualTo(since);
        doc.trim();
        assertThat(doc.state()).isEqualTo(state);
    }

    /// Each struct written anew.
    private static Bytes oneByOne(Doc doc, UpdateFormat format) {
        return UpdateWriter.writeBelow(doc.store, doc.store.stateVector(), doc.store.deletions(), format);
    }
}
