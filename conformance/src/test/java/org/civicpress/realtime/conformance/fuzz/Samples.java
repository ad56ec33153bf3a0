package org.civicpress.realtime.conformance.fuzz;

import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A document with some of everything, always the same one, that clients 1 and 2 wrote. Its state is kept,
/// documents are made anew each time.
final class Samples {
    private static final Bytes UPDATE = written(true).state();
    private static final Bytes UNFORGOTTEN = written(false).state();

    private Samples() {}

    static Bytes update() {
        return UPDATE;
    }

    /// Who edits in it is client 7.
    static Doc document() {
        return with(new Doc(7), UPDATE);
    }

    static Doc documentThatForgetsNothing() {
        return with(new Doc(7, false), UNFORGOTTEN);
    }

    static Doc empty() {
        return withRoots(new Doc(7));
    }

    static Doc withRoots(Doc doc) {
        doc.text("text");
        doc.array("array");
        doc.map("map");
        doc.xmlFragment("xml");
        return doc;
    }

    private static Doc with(Doc doc, Bytes update) {
        withRoots(doc).apply(update, null);
        return doc;
    }

    private static Doc written(boolean gc) {
        Doc one = withRoots(new Doc(1, gc));
        Doc two = withRoots(new Doc(2, gc));
        one.text("text").insert(0, "ab\ud83d\ude00cd");
        one.text("text").format(1, 3, Map.of("b", Any.TRUE));
        one.array("array").insert(0, List.of(YValue.of(Any.of(1)), YValue.of(Any.of("x")), YValue.of(new YMap())));
        two.apply(one.state(), null);
        two.text("text").delete(0, 1);
        two.text("text").insertEmbed(2, Any.obj(Map.of("image", Any.of("x"))), Map.of("i", Any.TRUE));
        two.map("map").set("a", Any.of(1));
        two.map("map").set("a", new YArray());
        YXmlElement element = new YXmlElement("p");
        element.setAttribute("k", Any.of("v"));
        element.append(new YXmlText("text"));
        two.xmlFragment("xml").append(element);
        one.array("array").delete(1, 1);
        one.apply(two.state(), null);
        return one;
    }
}
