package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// Types inside types to a depth that no stack has room for.
class DeepNestingTest {
    private static final int DEPTH = 100_000;

    /// A root in which each type holds the next one.
    private static Bytes chain(String root, int typeRef, boolean keyed) {
        return chain(root, typeRef, keyed, 7);
    }

    /// @param keyed whether they stand under a key
    /// @param clients who made them, by turns, the first of them first
    private static Bytes chain(String root, int typeRef, boolean keyed, long... clients) {
        ByteWriter out = new ByteWriter().varUint(clients.length);
        for (int mine = 0; mine < clients.length; mine++) {
            int count = (DEPTH - mine + clients.length - 1) / clients.length;
            out.varUint(count).varUint(clients[mine]).varUint(0);
            for (int i = 0; i < count; i++) {
                int place = i * clients.length + mine;
                out.uint8(Content.TYPE | (keyed ? UpdateReader.KEY : 0));
                if (place == 0) {
                    out.varUint(1).varString(root);
                } else {
                    out.varUint(0)
                            .varUint(clients[(place - 1) % clients.length])
                            .varUint((place - 1) / clients.length);
                }
                if (keyed) {
                    out.varString("k");
                }
                out.varUint(typeRef);
                if (Content.TypeRef.hasName(typeRef)) {
                    out.varString("p");
                }
            }
        }
        return out.varUint(0).toBytes();
    }

    private static YMap deepest(YMap map) {
        YMap at = map;
        while (at.type("k").orElse(null) instanceof YMap next) {
            at = next;
        }
        return at;
    }

    @Test
    void typesOfEveryKindAreReadWrittenDeletedAndCollected() {
        for (int typeRef = Content.TypeRef.ARRAY; typeRef <= Content.TypeRef.XML_TEXT; typeRef++) {
            Doc doc = new Doc(1, typeRef != Content.TypeRef.MAP);
            doc.apply(chain("map", typeRef, true), null);
            Doc reader = new Doc(2);
            reader.apply(doc.state(UpdateFormat.V2), UpdateFormat.V2, null);
            doc.map("map").delete("k");
            reader.apply(doc.state(), null);
            assertThat(reader.map("map").keys()).isEmpty();
            assertThat(reader.stateVector()).isEqualTo(doc.stateVector());
        }
    }

    @Test
    void typesInListsAreReadWrittenDeletedAndCollected() {
        for (int typeRef = Content.TypeRef.ARRAY; typeRef <= Content.TypeRef.XML_TEXT; typeRef++) {
            Doc doc = new Doc(1);
            doc.apply(chain("list", typeRef, false), null);
            doc.array("list").delete(0, 1);
            assertThat(doc.state().length()).isLessThan(40);
        }
    }

    @Test
    void treesOfTextsArePrinted() {
        Doc doc = new Doc(1);
        doc.apply(chain("xml", Content.TypeRef.XML_TEXT, false), null);
        assertThat(doc.xmlFragment("xml").toString()).isNotNull();
        assertThat(doc.xmlFragment("xml").children()).hasSize(1);
    }

    @Test
    void aChangeFarInsideIsToldFarOutside() {
        Doc doc = new Doc(1);
        doc.apply(chain("map", Content.TypeRef.MAP, true), null);
        List<YEvent> events = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        doc.map("map").observeDeep(told -> {
            events.addAll(told);
            told.forEach(event -> depths.add(event.path().size()));
        });
        YMap deepest = deepest(doc.map("map"));
        deepest.set("here", Any.TRUE);
        assertThat(events).hasSize(1);
        assertThat(depths).containsExactly(DEPTH);
        RelativePosition place = RelativePosition.at(deepest, 0);
        assertThat(RelativePosition.decode(place.encode()).in(doc)).isPresent();
    }

    @Test
    void whatWasDeletedIsBroughtBackAndTakenAwayAgain() {
        Doc doc = new Doc(1);
        doc.apply(chain("map", Content.TypeRef.MAP, true), null);
        undoesAndRedoes(doc);
    }

    /// The steps of one client are brought back before those of the other, so the innermost come first.
    @Test
    void whatTwoClientsMadeByTurnsIsBroughtBackFromInside() {
        for (long[] clients : List.of(new long[] {7, 8}, new long[] {8, 7}, new long[] {7, 8, 9})) {
            Doc doc = new Doc(1);
            doc.apply(chain("map", Content.TypeRef.MAP, true, clients), null);
            undoesAndRedoes(doc);
        }
    }

    private static void undoesAndRedoes(Doc doc) {
        YMap map = doc.map("map");
        UndoManager undo = UndoManager.of(List.of(map), UndoManager.Options.DEFAULTS.withCaptureTimeout(Duration.ZERO));
        map.delete("k");
        assertThat(undo.undo()).isPresent();
        deepest(map).set("here", Any.TRUE);
        YMap at = map;
        int depth = 0;
        while (at.type("k").orElse(null) instanceof YMap next) {
            at = next;
            depth++;
        }
        assertThat(depth).isEqualTo(DEPTH);
        assertThat(undo.undo()).isPresent();
        assertThat(undo.redo()).isPresent();
        Doc reader = new Doc(2);
        reader.apply(doc.state(), null);
        assertThat(reader.stateVector()).isEqualTo(doc.stateVector());
    }

    @Test
    void aSnapshotOfItIsRestored() {
        Doc doc = new Doc(1, false);
        doc.apply(chain("map", Content.TypeRef.MAP, true), null);
        Snapshot snapshot = Snapshot.of(doc);
        doc.map("map").delete("k");
        Doc restored = snapshot.restore(doc);
        assertThat(restored.map("map").keys()).containsExactly("k");
    }

    @Test
    void aHundredThousandTypesTakeFewBytesInV2AndAreReadFromThem() {
        Bytes small = Updates.convert(chain("map", Content.TypeRef.MAP, false), UpdateFormat.V1, UpdateFormat.V2);
        assertThat(small.length()).isLessThan(100);
        Doc doc = new Doc(1);
        doc.apply(small, UpdateFormat.V2, null);
        assertThat(doc.stateVector().toHex()).isEqualTo("0107a08d06");
    }
}
