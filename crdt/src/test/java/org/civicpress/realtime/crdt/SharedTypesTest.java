package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// Arrays, maps and texts as a program meets them.
class SharedTypesTest {
    private final Doc doc = new Doc(1);
    private final YArray array = doc.array("array");
    private final YMap map = doc.map("map");

    private static List<YValue> strings(String... values) {
        List<YValue> list = new ArrayList<>();
        for (String value : values) {
            list.add(YValue.of(Any.of(value)));
        }
        return list;
    }

    // ---- arrays

    @Test
    void anArrayIsReadByPositionWhateverWasDeletedInIt() {
        array.push(strings("a", "b", "c", "d"));
        array.insert(2, Any.of("x"));
        array.delete(1, 1);
        assertThat(array).hasSize(4);
        assertThat(List.of(array.get(0), array.get(1), array.get(2), array.get(3)))
                .isEqualTo(strings("a", "x", "c", "d"));
        assertThatThrownBy(() -> array.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> array.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anArrayGivesAtEveryPositionWhatItListsThere() {
        Seeds.each(100, random -> {
            Doc edited = new Doc(1);
            YArray list = edited.array("list");
            for (int i = 0; i < 200; i++) {
                if (list.length() > 3 && random.nextInt(3) == 0) {
                    list.delete(random.nextInt(list.length() - 2), 1 + random.nextInt(2));
                } else {
                    list.insert(random.nextInt(list.length() + 1), Any.of(i), Any.of(-i));
                }
            }
            List<YValue> values = list.values();
            for (int i = 0; i < values.size(); i++) {
                assertThat(list.get(i)).isEqualTo(values.get(i));
            }
            int from = random.nextInt(values.size());
            int to = from + random.nextInt(values.size() - from + 1);
            assertThat(list.slice(from, to)).isEqualTo(values.subList(from, to));
            assertThat(list.slice(from - values.size(), to)).isEqualTo(values.subList(from, to));
        });
    }

    @Test
    void aSliceCountsFromTheEndWhenNegativeAndLeavesOutWhatIsBeyond() {
        array.push(strings("a", "b", "c"));
        assertThat(array.slice(-2, 3)).isEqualTo(strings("b", "c"));
        assertThat(array.slice(0, -1)).isEqualTo(strings("a", "b"));
        assertThat(array.slice(1, 99)).isEqualTo(strings("b", "c"));
        assertThat(array.slice(2, 1)).isEmpty();
        assertThat(YArray.from(strings("a", "b")).slice(-1, 2)).isEqualTo(strings("b"));
    }

    @Test
    void anArrayIsWalkedThroughAsItWasAtTheBeginning() {
        array.push(strings("a", "b"));
        List<YValue> seen = new ArrayList<>();
        for (YValue value : array) {
            seen.add(value);
            array.unshift(Any.of("new"));
        }
        assertThat(seen).isEqualTo(strings("a", "b"));
        assertThat(array.length()).isEqualTo(4);
    }

    @Test
    void valuesAreShiftedInBeforeAllOthers() {
        array.unshift(Any.of("b"));
        array.unshift(strings("a"));
        assertThat(array.values()).isEqualTo(strings("a", "b"));
    }

    @Test
    void anArrayIsMadeOfValuesBeforeItIsInADocument() {
        YArray made = YArray.of(Any.of(1), Any.TRUE);
        assertThat(made.get(1)).isEqualTo(YValue.of(Any.TRUE));
        array.push(made);
        array.insert(0, new YText("first"));
        assertThat(array.toJson()).isEqualTo(Any.list(Any.of("first"), Any.list(Any.of(1), Any.TRUE)));
    }

    @Test
    void anArrayShowsWhatItWasWhenASnapshotWasTaken() {
        Doc keeping = new Doc(1, false);
        YArray list = keeping.array("list");
        list.push(strings("a", "b"));
        Snapshot before = Snapshot.of(keeping);
        list.push(strings("c")); // joins what was there
        list.delete(0, 1);
        assertThat(list.values()).isEqualTo(strings("b", "c"));
        assertThat(list.values(before)).isEqualTo(strings("a", "b"));
    }

    // ---- maps

    @Test
    void aMapSaysWhatItHasInTheOrderInWhichItCame() {
        map.set("b", Any.of(1));
        map.set("a", new YText("text"));
        map.set("c", Any.NULL);
        map.delete("b");
        assertThat(map.keys()).containsExactly("a", "c");
        assertThat(map.size()).isEqualTo(2);
        assertThat(map.has("a")).isTrue();
        assertThat(map.has("b")).isFalse();
        assertThat(map.has("never")).isFalse();
        assertThat(map.entries().keySet()).containsExactly("a", "c");
        assertThat(map.entries().get("c")).isEqualTo(YValue.of(Any.NULL));
        assertThat(map.type("a", YText.class))
                .hasValueSatisfying(text -> assertThat(text.toString()).isEqualTo("text"));
        assertThat(map.type("a", YArray.class)).isEmpty();
    }

    @Test
    void aMapThatIsInNoDocumentYetReadsAsOneThatIs() {
        Map<String, Any> entries = new LinkedHashMap<>();
        entries.put("z", Any.of(1));
        entries.put("a", Any.of(2));
        YMap made = YMap.of(entries);
        assertThat(made.keys()).containsExactly("z", "a");
        assertThat(made.has("z")).isTrue();
        assertThat(made.entries()).hasSize(2);
        map.set("made", made);
        assertThat(made.keys()).containsExactly("z", "a");
    }

    @Test
    void aMapShowsWhatItWasWhenASnapshotWasTaken() {
        Doc keeping = new Doc(1, false);
        YMap kept = keeping.map("map");
        kept.set("a", Any.of(1));
        kept.set("gone", Any.of(2));
        Snapshot before = Snapshot.of(keeping);
        kept.set("a", Any.of(3));
        kept.delete("gone");
        kept.set("new", Any.of(4));
        assertThat(kept.entries(before)).isEqualTo(Map.of("a", YValue.of(Any.of(1)), "gone", YValue.of(Any.of(2))));
    }

    // ---- types

    @Test
    void aTypeKnowsWhatItStandsIn() {
        YText text = new YText("x");
        assertThat(text.isIntegrated()).isFalse();
        assertThat(text.parent()).isEmpty();
        map.set("text", text);
        assertThat(text.isIntegrated()).isTrue();
        assertThat(text.parent()).containsSame(map);
        assertThat(map.parent()).isEmpty();
        assertThat(text.isDeleted()).isFalse();
        map.delete("text");
        assertThat(text.isDeleted()).isTrue();
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void aTypeCannotBeInTwoPlacesAndNothingHasHappenedWhenThatIsTried() {
        YText placed = new YText("a");
        map.set("text", placed);
        YArray twice = new YArray();
        YText shared = new YText("b");
        twice.push(shared);
        twice.push(shared);
        YArray self = new YArray();
        self.push(self);
        Bytes before = doc.state();
        assertThatThrownBy(() -> array.push(placed)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> array.push(twice)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> array.push(self)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> map.set("twice", twice)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> doc.text("rich").insertType(0, twice)).isInstanceOf(IllegalArgumentException.class);
        YText fresh = new YText("c");
        assertThatThrownBy(() -> array.push(List.of(YValue.of(fresh), YValue.of(fresh))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(doc.state()).isEqualTo(before);
    }

    // ---- texts

    @Test
    void embeddedThingsNeedNoMarks() {
        YText text = doc.text("text");
        text.insertEmbed(0, Any.of("image"));
        text.insertType(1, YArray.of(Any.of(1)));
        assertThat(text.length()).isEqualTo(2);
        assertThat(text.toDelta())
                .allSatisfy(run -> assertThat(run.attributes()).isEmpty());
    }

    // ---- documents

    @Test
    void aDocumentFindsItsRootsByName() {
        assertThat(doc.find("map")).containsSame(map);
        assertThat(doc.find("nobody asked")).isEmpty();
        Doc other = new Doc(2);
        map.set("a", Any.of(1));
        other.apply(doc.state());
        assertThat(other.find("map")).containsInstanceOf(YUntyped.class);
        assertThat(other.toJson()).isEqualTo(Any.obj(Map.of("map", Any.UNDEFINED)));
    }

    @Test
    void aTransactionTellsWhatCameOfIt() {
        List<Bytes> updates = new ArrayList<>();
        doc.onUpdate((update, origin) -> updates.add(update));
        int length = doc.compute(
                () -> {
                    array.push(Any.of(1));
                    array.push(Any.of(2));
                    return array.length();
                },
                "me");
        assertThat(length).isEqualTo(2);
        assertThat(updates).hasSize(1);
        doc.transact(() -> array.delete(0, 2));
        Iterator<YValue> rest = array.iterator();
        assertThat(rest.hasNext()).isFalse();
    }
}
