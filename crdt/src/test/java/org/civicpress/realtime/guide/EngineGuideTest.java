package org.civicpress.realtime.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.civicpress.realtime.crdt.AbsolutePosition;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Applied;
import org.civicpress.realtime.crdt.ChangeMark;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.RelativePosition;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.Subscription;
import org.civicpress.realtime.crdt.UndoManager;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// The examples of `docs/engine.md`: what stands there between "example" and "end" here, line by line. In a package of
/// its own, because only what is public is there for its reader.
class EngineGuideTest {
    private static final Path GUIDE = Path.of("../docs/engine.md");
    private static final Path HERE = Path.of("src/test/java/org/civicpress/realtime/guide/EngineGuideTest.java");

    @Test
    void theGuideShowsTheExamplesThatRunHere() throws IOException {
        assertThat(between(Files.readAllLines(GUIDE), "```java", "```"))
                .isEqualTo(between(Files.readAllLines(HERE), "// example", "// end"));
    }

    private static List<String> between(List<String> lines, String begin, String end) {
        List<String> found = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        boolean inside = false;
        for (String line : lines) {
            if (inside && line.strip().equals(end)) {
                found.add(open.toString().stripTrailing().stripIndent());
                open.setLength(0);
                inside = false;
            } else if (inside) {
                open.append(line).append('\n');
            } else {
                inside = line.strip().equals(begin);
            }
        }
        return found;
    }

    @Test
    void aDocumentIsMadeAndEdited() {
        // example
        Doc doc = new Doc();
        YText text = doc.text("article");
        text.insert(0, "Noise control");
        text.format(0, 5, Map.of("bold", Any.TRUE));
        text.insertEmbed(13, Any.obj(Map.of("image", Any.of("map.png"))));

        YMap about = doc.map("about");
        about.set("status", Any.of("draft"));
        about.set("tags", YArray.of(Any.of("bylaw"), Any.of(2026)));
        // end
        assertThat(text.length()).isEqualTo(14);

        // example
        String characters = text.toString(); // "Noise control"
        List<Delta.Insert> runs = text.toDelta(); // "Noise" in bold, " control", the image
        String json = Json.stringify(doc.toJson());

        List<String> tags = new ArrayList<>();
        for (YValue tag : about.type("tags", YArray.class).orElseThrow()) {
            tags.add(
                    switch (tag) {
                        case YValue.Plain(Any.Str(String word)) -> word;
                        case YValue.Plain(Any other) -> Json.stringify(other);
                        case YValue.Nested(YType type) -> Json.stringify(type.toJson());
                        case YValue.SubDoc(Doc inner) -> inner.guid();
                    });
        }
        // end
        assertThat(characters).isEqualTo("Noise control");
        assertThat(runs).hasSize(3);
        assertThat(json)
                .isEqualTo(
                        "{\"article\":\"Noise control\",\"about\":{\"status\":\"draft\",\"tags\":[\"bylaw\",2026]}}");
        assertThat(tags).containsExactly("bylaw", "2026");
    }

    @Test
    void changesAreObserved() {
        Doc doc = new Doc();
        YText text = doc.text("article");
        YMap about = doc.map("about");
        List<Object> heard = new ArrayList<>();

        // example
        Subscription ofText = text.observe(event -> heard.add(event.delta()));
        Subscription ofMap = about.observe(event -> heard.add(event.keys().keySet()));
        doc.transact(
                () -> {
                    text.insert(0, "Noise");
                    about.set("status", Any.of("draft"));
                },
                "keyboard"); // the origin: event.transaction().origin() tells it
        ofText.close();
        ofMap.close();
        // end
        assertThat(heard).containsExactly(List.of(new Delta.Text("Noise", Map.of())), Set.of("status"));
    }

    @Test
    void twoDocumentsComeToTheSame() {
        // example
        Doc ada = new Doc();
        Doc bob = new Doc();
        ada.text("article").insert(0, "Noise");
        bob.text("article").insert(0, "Dogs");

        // First each says what it has, and gets what it lacks.
        bob.apply(ada.stateSince(bob.stateVector()));
        ada.apply(bob.stateSince(ada.stateVector()));

        // From then on each tells what it changes. Nothing echoes: what is known already changes nothing.
        ada.onUpdate((update, origin) -> bob.apply(update, "ada"));
        ada.text("article").insert(0, "On ");
        // end
        assertThat(ada.text("article").toString())
                .isEqualTo(bob.text("article").toString())
                .contains("Noise", "Dogs");
        assertThat(ada.state()).isEqualTo(bob.state());
    }

    @Test
    void updatesAreAppliedAndStored() {
        Doc doc = new Doc();
        doc.text("article").insert(0, "Noise");
        Bytes received = doc.state();

        // example
        Bytes stored = doc.state(UpdateFormat.V2); // smaller than V1, and says the same
        Doc loaded = new Doc();
        loaded.apply(stored, UpdateFormat.V2, "storage");

        Applied applied = loaded.apply(received);
        boolean news = !applied.changes().isEmpty(); // what is to be passed on, and nothing that was known
        boolean waits = applied.held(); // for updates that have not come
        // end
        assertThat(news).isFalse();
        assertThat(waits).isFalse();
        assertThat(loaded.text("article").toString()).isEqualTo("Noise");
    }

    @Test
    void aTreeIsBuiltAndSearched() {
        Doc doc = new Doc();
        // example
        YXmlFragment tree = doc.xmlFragment("prosemirror");
        YXmlElement heading = new YXmlElement("heading");
        heading.setAttribute("level", Any.of(2));
        heading.append(new YXmlText("Noise control"));
        tree.append(heading);
        tree.insertAfter(heading, List.of(new YXmlElement("paragraph")));

        YXmlElement found = tree.querySelector("heading").orElseThrow();
        YType next = found.nextSibling().orElseThrow(); // the paragraph
        long nodes = tree.descendants().count(); // looked for one by one, in the order of the document
        YXmlElement another = found.copy(); // to be put in somewhere else
        // end
        tree.push(List.of(another));
        assertThat(nodes).isEqualTo(3);
        assertThat(next.parent()).containsSame(tree);
        assertThat(tree.toString())
                .isEqualTo("<heading level=\"2\">Noise control</heading><paragraph></paragraph>"
                        + "<heading level=\"2\">Noise control</heading>");
    }

    @Test
    void aSnapshotShowsWhatWas() {
        // example
        Doc doc = new Doc(Doc.Options.DEFAULTS.withGc(false)); // what is deleted is kept
        YText text = doc.text("article");
        text.insert(0, "Noise");
        Snapshot snapshot = Snapshot.of(doc);
        text.delete(0, 5);
        text.insert(0, "Dogs");

        Bytes stored = snapshot.encode();
        List<Delta.Insert> then = text.toDelta(Snapshot.decode(stored));
        List<Delta.Insert> marked = text.toDelta(Snapshot.of(doc), snapshot, ChangeMark.PLAIN);
        Doc restored = snapshot.restore(doc);
        // end
        assertThat(then).containsExactly(new Delta.Text("Noise", Map.of()));
        assertThat(marked)
                .hasSize(2)
                .allSatisfy(run -> assertThat(run.attributes()).containsKey("ychange"));
        assertThat(restored.text("article").toString()).isEqualTo("Noise");
    }

    @Test
    void onesOwnEditsAreUndone() {
        Doc doc = new Doc();
        YText text = doc.text("article");
        Doc other = new Doc();

        // example
        UndoManager undo =
                UndoManager.of(List.of(text), UndoManager.Options.DEFAULTS.withTrackedOrigins(Set.of("keyboard")));
        doc.transact(() -> text.insert(0, "Noise"), "keyboard");
        undo.stopCapturing(); // what follows at once is a step of its own nevertheless
        doc.transact(() -> text.insert(5, " control"), "keyboard");
        other.apply(doc.state());
        other.text("article").insert(0, "On ");
        doc.apply(other.state());

        undo.undo(); // "On Noise": what others wrote stays
        undo.redo(); // "On Noise control"
        undo.close();
        // end
        assertThat(text.toString()).isEqualTo("On Noise control");
    }

    @Test
    void aPlaceStaysWhereItIs() {
        Doc doc = new Doc();
        YText text = doc.text("article");
        text.insert(0, "Noise control");
        // example
        RelativePosition cursor = RelativePosition.at(text, 5); // before " control"
        Bytes sent = cursor.encode();
        text.insert(0, "On ");
        int index = RelativePosition.decode(sent)
                .in(doc)
                .map(AbsolutePosition::index)
                .orElse(0); // 8
        // end
        assertThat(index).isEqualTo(8);
    }

    @Test
    void aDocumentStandsInAnother() {
        List<String> toLoad = new ArrayList<>();
        // example
        Doc folder = new Doc();
        folder.map("pages").set("first", new Doc(Doc.Options.DEFAULTS.withGuid("page-1")));

        Doc elsewhere = new Doc();
        elsewhere.onSubDocs(event -> event.loaded().forEach(page -> toLoad.add(page.guid())));
        elsewhere.apply(folder.state());
        Doc page = elsewhere.map("pages").subDoc("first").orElseThrow(); // known, but empty
        page.load(); // asks whoever listens to bring in the updates of "page-1"
        // end
        assertThat(toLoad).containsExactly("page-1");
    }

    @Test
    void updatesAreHandledWithoutADocument() {
        Doc doc = new Doc();
        List<Bytes> journal = new ArrayList<>();
        doc.onUpdate((update, origin) -> journal.add(update));
        doc.text("article").insert(0, "Noise");
        Bytes theirs = doc.stateVector();
        doc.text("article").insert(5, " control");

        // example
        Bytes merged = Updates.merge(journal);
        Bytes lacking = Updates.diff(merged, theirs);
        Bytes smaller = Updates.convert(merged, UpdateFormat.V1, UpdateFormat.V2);
        StateVector reached = StateVector.decode(Updates.stateVectorOf(merged));
        boolean nothingNew = StateVector.decode(theirs).covers(reached);
        // end
        assertThat(nothingNew).isFalse();
        assertThat(reached.clocks()).isEqualTo(Map.of(doc.clientId(), 13L));
        Doc other = new Doc();
        other.apply(smaller, UpdateFormat.V2, null);
        assertThat(other.text("article").toString()).isEqualTo("Noise control");
        assertThat(Updates.meta(lacking).from()).isEqualTo(Map.of(doc.clientId(), 5L));
    }
}
