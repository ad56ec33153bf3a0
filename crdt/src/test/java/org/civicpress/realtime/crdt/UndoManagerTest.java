package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class UndoManagerTest {
    /// Time that stands still until it is moved.
    private static final class TestClock implements InstantSource {
        private long millis = 1_000_000;

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }

    private static final UndoManager.Options STEP_BY_STEP =
            UndoManager.Options.DEFAULTS.withCaptureTimeout(Duration.ZERO);

    private interface Scenario {
        void run(Doc doc, UndoManager undo, Doc other);
    }

    private final Map<String, Scenario> scenarios = new LinkedHashMap<>();

    UndoManagerTest() {
        scenarios.put("text", (doc, undo, _) -> {
            YText text = doc.text("text");
            text.insert(0, "a");
            text.insert(1, "b");
            text.delete(0, 1);
            undo.undo();
            undo.undo();
            undo.redo();
            undo.redo();
        });
        scenarios.put("captured-together", (doc, undo, _) -> {
            YText text = doc.text("text");
            text.insert(0, "a");
            text.insert(1, "b");
            undo.stopCapturing();
            text.insert(2, "c");
            undo.undo();
            undo.undo();
        });
        scenarios.put("map", (doc, undo, _) -> {
            YMap map = doc.map("map");
            map.set("a", Any.of(1));
            map.set("a", Any.of(2));
            map.delete("a");
            undo.undo();
            undo.undo();
            undo.undo();
            undo.redo();
        });
        scenarios.put("map-remote-overwrite", (doc, undo, other) -> {
            doc.map("map").set("a", Any.of(1));
            doc.map("map").set("a", Any.of(2));
            exchange(doc, other);
            other.map("map").set("a", Any.of(9));
            exchange(doc, other);
            undo.undo();
        });
        scenarios.put("nested", (doc, undo, _) -> {
            YArray list = new YArray();
            list.push(List.of(YValue.of(Any.of(1))));
            doc.map("map").set("l", list);
            list.push(List.of(YValue.of(Any.of(2))));
            doc.map("map").delete("l");
            undo.undo();
            undo.undo();
            undo.redo();
        });
        scenarios.put("format", (doc, undo, _) -> {
            YText text = doc.text("text");
            text.insert(0, "hello");
            text.format(1, 3, Map.of("bold", Any.TRUE));
            text.format(2, 3, Map.of("bold", Any.NULL));
            undo.undo();
            undo.undo();
            undo.redo();
        });
        scenarios.put("remote-interleaved", (doc, undo, other) -> {
            doc.text("text").insert(0, "mine");
            exchange(doc, other);
            other.text("text").insert(2, "THEIRS");
            exchange(doc, other);
            undo.undo();
            undo.redo();
        });
        scenarios.put("xml", (doc, undo, _) -> {
            YXmlFragment xml = doc.xmlFragment("xml");
            YXmlElement paragraph = new YXmlElement("p");
            xml.insert(0, List.of(paragraph));
            paragraph.setAttribute("a", Any.of("1"));
            paragraph.insert(0, List.of(new YXmlText("t")));
            xml.delete(0, 1);
            undo.undo();
            undo.undo();
            undo.redo();
        });
    }

    private static void exchange(Doc a, Doc b) {
        b.apply(a.stateSince(b.stateVector()), "sync");
        a.apply(b.stateSince(a.stateVector()), "sync");
    }

    private static List<YType> roots(Doc doc) {
        return List.of(doc.text("text"), doc.array("array"), doc.map("map"), doc.xmlFragment("xml"));
    }

    @TestFactory
    Stream<DynamicTest> undoneEditsAreTheBytesOfYjs() {
        return Vectors.each("undo.json", vector -> {
            String name = vector.get("name").asString();
            Doc doc = Tagged.withRoots(new Doc(1));
            Doc other = Tagged.withRoots(new Doc(2));
            List<Bytes> v1 = new ArrayList<>();
            List<Bytes> v2 = new ArrayList<>();
            doc.onUpdate((update, origin) -> v1.add(update));
            doc.onUpdate(UpdateFormat.V2, (update, origin) -> v2.add(update));
            UndoManager.Options options = name.equals("captured-together")
                    ? UndoManager.Options.DEFAULTS
                            .withCaptureTimeout(Duration.ofDays(1))
                            .withClock(new TestClock())
                    : STEP_BY_STEP;
            java.util.Objects.requireNonNull(scenarios.get(name)).run(doc, UndoManager.of(roots(doc), options), other);
            assertThat(v1).isEqualTo(all(vector.get("updatesV1")));
            assertThat(v2).isEqualTo(all(vector.get("updatesV2")));
            assertThat(doc.state()).isEqualTo(Vectors.base64(vector.get("v1")));
            assertThat(doc.state(UpdateFormat.V2)).isEqualTo(Vectors.base64(vector.get("v2")));
            assertThat(Snapshot.of(doc).encode()).isEqualTo(Vectors.base64(vector.get("snapshotV1")));
            assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        });
    }

    private static List<Bytes> all(JsonNode updates) {
        return Vectors.elements(updates).stream().map(Vectors::base64).toList();
    }

    @Test
    void editsWithinTheTimeoutAreOneStep() {
        TestClock clock = new TestClock();
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        UndoManager undo = UndoManager.of(List.of(text), UndoManager.Options.DEFAULTS.withClock(clock));
        text.insert(0, "a");
        clock.millis += 499;
        text.insert(1, "b");
        clock.millis += 500;
        text.insert(2, "c");
        assertThat(undo.undoStack()).hasSize(2);
        undo.undo();
        assertThat(text.toString()).isEqualTo("ab");
        undo.undo();
        assertThat(text.toString()).isEmpty();
        assertThat(undo.undo()).isEmpty();
        undo.redo();
        undo.redo();
        assertThat(text.toString()).isEqualTo("abc");
        assertThat(undo.canRedo()).isFalse();
    }

    @Test
    void onlyTrackedOriginsInTheScopeAreUndone() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        YText elsewhere = doc.text("elsewhere");
        UndoManager undo = UndoManager.of(List.of(text), STEP_BY_STEP.withTrackedOrigins(Set.of("editor", Long.class)));
        text.insert(0, "untracked ");
        doc.transact(() -> elsewhere.insert(0, "x"), "editor");
        assertThat(undo.canUndo()).isFalse();
        doc.transact(() -> text.insert(0, "a"), "editor");
        doc.transact(() -> text.insert(0, "b"), 7L);
        assertThat(undo.undoStack()).hasSize(2);
        undo.undo();
        undo.undo();
        assertThat(text.toString()).isEqualTo("untracked ");
        undo.addTrackedOrigin(null);
        undo.addToScope(elsewhere);
        elsewhere.insert(1, "y");
        undo.undo();
        assertThat(elsewhere.toString()).isEqualTo("x");
        undo.close();
        text.insert(0, "z");
        assertThat(undo.canUndo()).isFalse();
    }

    @Test
    void whatOthersDidStays() {
        Doc mine = new Doc(1);
        Doc theirs = new Doc(2);
        UndoManager undo = UndoManager.of(mine, STEP_BY_STEP);
        mine.text("text").insert(0, "mine");
        exchange(mine, theirs);
        theirs.text("text").insert(4, " theirs");
        exchange(mine, theirs);
        undo.undo();
        exchange(mine, theirs);
        assertThat(theirs.text("text").toString()).isEqualTo(" theirs");
    }

    @Test
    void anEntryThatOthersOverwroteStaysUnlessItMayBeOverwritten() {
        for (boolean ignore : new boolean[] {false, true}) {
            Doc mine = new Doc(1);
            Doc theirs = new Doc(2);
            YMap map = mine.map("map");
            UndoManager undo = UndoManager.of(List.of(map), STEP_BY_STEP.withIgnoreRemoteMapChanges(ignore));
            map.set("k", Any.of("first"));
            map.set("k", Any.of("second"));
            exchange(mine, theirs);
            theirs.map("map").set("k", Any.of("theirs"));
            exchange(mine, theirs);
            undo.undo();
            assertThat(map.get("k")).contains(Any.of(ignore ? "first" : "theirs"));
        }
    }

    @Test
    void theFilterKeepsWhatItNames() {
        Doc doc = new Doc(1);
        YXmlFragment xml = doc.xmlFragment("xml");
        List<Item> asked = new ArrayList<>();
        UndoManager undo = UndoManager.of(List.of(xml), STEP_BY_STEP.withDeleteFilter(item -> {
            asked.add(item);
            return item.type().isEmpty();
        }));
        YXmlElement element = new YXmlElement("p");
        element.setAttribute("a", Any.of(1));
        xml.append(element);
        undo.undo();
        assertThat(xml.children()).containsExactly(element);
        assertThat(element.attributes()).isEmpty();
        assertThat(asked)
                .containsExactly(
                        new Item(new Id(1, 1), 1, element, java.util.Optional.of("a"), java.util.Optional.empty()),
                        new Item(new Id(1, 0), 1, xml, java.util.Optional.empty(), java.util.Optional.of(element)));
    }

    @Test
    void transactionsCanBeLeftOut() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        UndoManager undo = UndoManager.of(
                List.of(text),
                STEP_BY_STEP
                        .withTrackedOrigins(Set.of("a", "b"))
                        .withCaptureTransaction(transaction -> !"b".equals(transaction.origin())));
        doc.transact(() -> text.insert(0, "x"), "b");
        assertThat(undo.canUndo()).isFalse();
        doc.transact(() -> text.insert(0, "x"), "a");
        assertThat(undo.canUndo()).isTrue();
    }

    @Test
    void listenersHearAndCanLeaveWordsOnAStep() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        TestClock clock = new TestClock();
        UndoManager undo = UndoManager.of(List.of(text), UndoManager.Options.DEFAULTS.withClock(clock));
        List<String> heard = new ArrayList<>();
        undo.onStacks(new UndoListener() {
            @Override
            public void added(Change change) {
                heard.add("added " + change.direction() + " "
                        + change.changedTypes().equals(Set.of(text)));
                change.item().meta().put("n", heard.size());
            }

            @Override
            public void updated(Change change) {
                heard.add("updated " + change.direction());
            }

            @Override
            public void popped(Change change) {
                heard.add("popped " + change.direction() + " "
                        + change.item().meta().get("n") + " "
                        + undo.current().equals(java.util.Optional.of(change.item())));
            }

            @Override
            public void cleared(boolean undoStack, boolean redoStack) {
                heard.add("cleared " + undoStack + " " + redoStack);
            }
        });
        text.insert(0, "a");
        text.insert(1, "b");
        undo.undo();
        text.insert(0, "c");
        undo.clear();
        assertThat(heard)
                .containsExactly(
                        "added UNDO true",
                        "updated UNDO",
                        "added REDO true",
                        "popped UNDO 1 true",
                        "cleared false true",
                        "added UNDO true",
                        "cleared true true");
        assertThat(undo.current()).isEmpty();
    }

    @Test
    void whatCanBeBroughtBackIsKeptUntilItIsForgotten() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        text.insert(0, "secret");
        UndoManager undo = UndoManager.of(text);
        text.delete(0, 6);
        assertThat(new String(doc.state().toArray(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("secret");
        undo.undo();
        assertThat(text.toString()).isEqualTo("secret");
        undo.clear();
        text.delete(0, 6);
        undo.clear();
        assertThat(undo.canUndo()).isFalse();
    }

    @Test
    void aCursorFollowsWhatIsBroughtBack() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        text.insert(0, "abcdef");
        UndoManager undo = UndoManager.of(List.of(text), STEP_BY_STEP);
        RelativePosition before = RelativePosition.at(text, 4);
        text.delete(2, 4);
        assertThat(before.in(doc).orElseThrow().index()).isEqualTo(2);
        undo.undo();
        assertThat(text.toString()).isEqualTo("abcdef");
        assertThat(before.in(doc).orElseThrow().index()).isEqualTo(4);
        undo.redo();
        undo.undo();
        text.insert(3, "-");
        assertThat(text.toString()).isEqualTo("abc-def");
        assertThat(before.in(doc).orElseThrow().index()).isEqualTo(5);
    }

    /// The updates are those of Yjs for the same edits.
    @Test
    void whatObserversDidIsStepsOfItsOwn() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        YMap map = doc.map("map");
        UndoManager undo = UndoManager.of(List.of(text, map), STEP_BY_STEP);
        List<Bytes> sent = new ArrayList<>();
        doc.onUpdate((update, origin) -> sent.add(update));
        text.observe(event -> {
            if (sent.isEmpty()) {
                map.set("a", Any.of(1));
                map.set("b", Any.of(2));
            }
        });
        text.insert(0, "x");
        assertThat(undo.undoStack()).hasSize(3);
        undo.undo();
        assertThat(map.keys()).containsExactly("a");
        undo.undo();
        undo.undo();
        assertThat(text.toString()).isEmpty();
        undo.redo();
        undo.redo();
        assertThat(text.toString()).isEqualTo("x");
        assertThat(map.keys()).containsExactly("a");
        assertThat(sent)
                .containsExactly(
                        Bytes.ofHex("010301000401047465787401782801036d61700161017d012801036d61700162017d0200"),
                        Bytes.ofHex("010201012801036d61700161017d012801036d61700162017d0200"),
                        Bytes.ofHex("010101022801036d61700162017d0200"),
                        Bytes.ofHex("000101010201"),
                        Bytes.ofHex("000101010101"),
                        Bytes.ofHex("000101010001"),
                        Bytes.ofHex("01010103440100017800"),
                        Bytes.ofHex("01010104a80101017d0100"));
    }

    @Test
    void aListenerThatThrowsDoesNotSpoilTheStep() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        UndoManager undo = UndoManager.of(text);
        List<Bytes> sent = new ArrayList<>();
        doc.onUpdate((update, origin) -> sent.add(update));
        Subscription subscription = undo.onStacks(new UndoListener() {
            @Override
            public void added(Change change) {
                throw new IllegalStateException("from a listener");
            }
        });
        assertThatThrownBy(() -> text.insert(0, "a")).hasMessage("from a listener");
        assertThat(sent).hasSize(1);
        subscription.close();
        undo.undo();
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void aScopeIsOfOneDocument() {
        Doc doc = new Doc(1);
        UndoManager undo = UndoManager.of(doc.text("text"));
        assertThatThrownBy(() -> undo.addToScope(new Doc(2).text("text"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UndoManager.of(List.of(), UndoManager.Options.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStepSaysWhatItPutInAndWhatItDeleted() {
        Doc written = new Doc(7);
        YText words = written.text("words");
        words.insert(0, "abc");
        UndoManager manager = UndoManager.of(List.of(words), UndoManager.Options.DEFAULTS.withClock(new TestClock()));
        words.insert(3, "de");
        words.delete(0, 2);
        StackItem step = manager.undoStack().getLast();
        assertThat(step.insertions()).containsExactly(new IdRange(7, 3, 2));
        assertThat(step.deletions()).containsExactly(new IdRange(7, 0, 2));
        manager.close();
    }
}
