package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// The oddities of Yjs that have to be copied, because documents would come out different. All bytes are those of
/// npm Yjs 13.6.33. See [AvoidedQuirksTest] for the others.
class CopiedQuirksTest {
    private static Doc loaded(long client, String... updates) {
        Doc doc = new Doc(client);
        for (String update : updates) {
            doc.apply(Bytes.ofHex(update), null);
        }
        return doc;
    }

    private static List<String> updatesOf(Doc doc) {
        List<String> updates = new ArrayList<>();
        doc.onUpdate((update, origin) -> updates.add(update.toHex()));
        return updates;
    }

    private static String stateOf(Doc doc) {
        return doc.state().toHex();
    }

    @Test
    void minusZeroIsAnotherNumberThanZero() {
        Doc doc = new Doc(1);
        doc.array("a").insert(0, List.of(YValue.of(Any.of(1)), YValue.of(Any.of(-0.0)), YValue.of(Any.of("x"))));
        doc.map("m").set("z", Any.of(-0.0));
        assertThat(stateOf(doc)).isEqualTo("0102010008010161037d017d407701782801016d017a017d4000");
        assertThat(loaded(2, stateOf(doc)).map("m").get("z")).contains(Any.of(-0.0));
    }

    @Test
    void aRunOfZerosInAColumnIsMarkedByMinusZero() {
        Doc doc = new Doc(0);
        doc.text("t").insert(0, "ab");
        doc.text("t").insert(1, "x");
        String state =
                "0000" + "024002" + "02010001020504008400c407047461627841020101000001030000"; // client 0, four times
        assertThat(doc.state(UpdateFormat.V2).toHex()).isEqualTo(state);
        Doc reader = new Doc(1);
        reader.apply(Bytes.ofHex(state), UpdateFormat.V2, null);
        assertThat(reader.text("t").toString()).isEqualTo("axb");
    }

    @Test
    void anEntryWithANeighbourIsMarkedAsOneThoughNoKeyFollowsAndTheToolsForgetTheMark() {
        Doc doc = new Doc(300);
        doc.map("m").set("a", Any.TRUE);
        doc.map("m").set("a", Any.NULL);
        String state = "0102ac020021" + "01016d016101" + "a8ac0200017e" + "01ac02010001";
        assertThat(stateOf(doc)).isEqualTo(state);
        Bytes there = Updates.convert(Bytes.ofHex(state), UpdateFormat.V1, UpdateFormat.V2);
        assertThat(Updates.convert(there, UpdateFormat.V2, UpdateFormat.V1).toHex())
                .isEqualTo(state.replace("a8ac", "88ac"));
    }

    @Test
    void aSingleUpdateIsMergedToItself() {
        Bytes withARest = Bytes.ofHex("0000ffff");
        assertThat(Updates.merge(List.of(withARest))).isEqualTo(withARest);
        assertThat(Updates.merge(List.of(withARest, withARest))).isEqualTo(Bytes.ofHex("0000"));
    }

    @Test
    void aKeyOfAFormatIsWrittenEachTimeAndMayBeReadAsAReference() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "ab");
        doc.text("t").format(0, 1, Map.of("b", Any.TRUE));
        doc.text("t").format(1, 1, Map.of("b", Any.FALSE));
        String written = "000300030002410603010102030002040b040084004600c100c600"
                + "8609067461626262624104010100010101060078797e0101010300";
        assertThat(doc.state(UpdateFormat.V2).toHex()).isEqualTo(written);
        String referring =
                written.replace("0003000300", "00020101").replace("09067461626262624104", "0704746162624102");
        Doc reader = new Doc(2);
        reader.apply(Bytes.ofHex(referring), UpdateFormat.V2, null);
        assertThat(reader.text("t").toDelta()).isEqualTo(doc.text("t").toDelta());
    }

    @Test
    void whoKnowsEveryUnitGetsAllDeletions() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "abc");
        doc.text("t").delete(0, 1);
        assertThat(doc.stateSince(doc.stateVector()).toHex()).isEqualTo("000101010001");
    }

    @Test
    void anUpdateHoldsWhatObserversAddedAndTheNextOneRepeatsIt() {
        Doc doc = new Doc(1);
        YMap map = doc.map("m");
        List<String> updates = updatesOf(doc);
        doc.array("a").observe(event -> {
            if (map.size() == 0) {
                map.set("n", Any.of(1));
            }
        });
        doc.array("a").push(List.of(YValue.of(Any.of(1))));
        assertThat(updates)
                .containsExactly("0102010008010161017d012801016d016e017d0100", "010101012801016d016e017d0100");
    }

    @Test
    void aDocumentInWhichSomethingWaitsIsWrittenAsTheToolsWouldWriteIt() {
        Doc doc = loaded(3, "010201002101016d016b01a80100017d020101010001", "01010201840200016200");
        assertThat(stateOf(doc)).isEqualTo("0201020184020001620201002101016d016b01880100017d020101010001");
        assertThat(doc.state(UpdateFormat.V2).toHex())
                .isEqualTo("00000442004100020100000584002100880603626d6b410101010002410002010102007d020101010000");
        assertThat(doc.stateVector().toHex()).isEqualTo("010102");
    }

    @Test
    void aPairThatIsCutIsLostOnBothSides() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "a😀b");
        doc.text("t").insert(2, "x");
        assertThat(stateOf(doc)).isEqualTo("01030100040101740461efbfbd84010104efbfbd62c401010102017800");
    }

    @Test
    void aPairIsLostByALookThatChangesNothingAndNobodyIsTold() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "a😀b");
        List<String> updates = updatesOf(doc);
        doc.text("t").applyDelta(List.of(new Delta.Retain(2, Map.of()), new Delta.Retain(2, Map.of())));
        assertThat(stateOf(doc)).isEqualTo("01030100040101740861efbfbdefbfbd6200".replace("010301", "010101"));
        assertThat(updates).isEmpty();
    }

    @Test
    void keysStandInTheOrderOfJavaScript() {
        Map<String, Any> values = new LinkedHashMap<>();
        values.put("b", Any.of(1));
        values.put("10", Any.of(2));
        values.put("a", Any.of(3));
        values.put("2", Any.of(4));
        Doc doc = new Doc(1);
        doc.map("m").set("o", Any.obj(values));
        assertThat(stateOf(doc)).isEqualTo("010101002801016d016f0176040132" + "7d040231307d0201627d0101617d0300");
    }

    @Test
    void numbersInJsonAreSpelledAsInJavaScript() {
        Map<String, Any> values = new LinkedHashMap<>();
        values.put("n", Any.of(1e21));
        values.put("m", Any.of(1e-7));
        values.put("k", Any.of(-0.0));
        values.put("u", Any.UNDEFINED);
        Doc doc = new Doc(1);
        doc.text("t").insertEmbed(0, Any.obj(values), Map.of());
        assertThat(stateOf(doc))
                .isEqualTo("010101000501" + "01741a7b226e223a31652b32312c226d223a31652d372c226b223a307d00");
    }

    @Test
    void childrenComeBeforeAttributes() {
        YXmlElement element = new YXmlElement("p");
        element.setAttribute("k", Any.of("v"));
        element.append(new YXmlText("c"));
        Doc doc = new Doc(1);
        doc.xmlFragment("x").append(element);
        assertThat(stateOf(doc)).isEqualTo("0104010007010178030170070001000604000101016328000100016b0177017600");
    }

    @Test
    void textGoesToTheRightOfWhatWasDeletedAndAListToTheLeft() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "ab");
        doc.text("t").delete(0, 1);
        doc.text("t").insert(0, "x");
        doc.array("l").insert(0, List.of(YValue.of(Any.of(1)), YValue.of(Any.of(2))));
        doc.array("l").delete(0, 1);
        doc.array("l").insert(0, List.of(YValue.of(Any.of(3))));
        assertThat(stateOf(doc))
                .isEqualTo("0106010001010174018401000162c4010001010178"
                        + "0101016c01880103017d02480103017d0301010200010301");
    }

    private static final String TEXT = "010101000401017402616200";
    private static final String BOLD_BY_2 =
            "02020200460100016204747275658601010162046e756c6c" + "0101000401017402616200";
    private static final String BOLD_BY_3 =
            "02020300460100016204747275658601010162046e756c6c" + "0101000401017402616200";

    @Test
    void whatTwoFormattedAtOnceIsPutInOrderByAnUpdateOfItsOwn() {
        Doc doc = loaded(1, TEXT);
        doc.text("t");
        List<String> updates = updatesOf(doc);
        doc.apply(Bytes.ofHex(BOLD_BY_2), null);
        doc.apply(Bytes.ofHex(BOLD_BY_3), null);
        assertThat(updates)
                .containsExactly(
                        "01020200460100016204747275658601010162046e756c6c00",
                        "01020300460100016204747275658601010162046e756c6c00",
                        "000102010001");
    }

    @Test
    void askingAnEventWhatChangedTakesOutAnotherFormatThanPuttingInOrder() {
        Doc doc = loaded(1, TEXT);
        doc.text("t").observe(YTextEvent::delta);
        List<String> updates = updatesOf(doc);
        doc.apply(Bytes.ofHex(BOLD_BY_2), null);
        doc.apply(Bytes.ofHex(BOLD_BY_3), null);
        assertThat(updates.getLast()).isEqualTo("000103010001");
    }

    @Test
    void theStateVectorOfAnUpdateIsInTheOrderOfTheUpdate() {
        Bytes unordered = Bytes.ofHex("0301030004010174016201090004010174016301050004010174016100");
        assertThat(Updates.stateVectorOf(unordered).toHex()).isEqualTo("03030109010501");
        assertThat(loaded(77, unordered.toHex()).stateVector().toHex()).isEqualTo("03090105010301");
    }

    @Test
    void whatHasNoParentAnyMoreIsHeldAsAGapThatCountsAsDeletedAndIsNotTold() {
        Doc doc = loaded(1, "0101010007010161010" + "0");
        doc.array("a").delete(0, 1);
        Applied applied = doc.apply(Bytes.ofHex("0101020028000100016b017d0100"), null);
        assertThat(applied.changes()).hasSize(1);
        assertThat(stateOf(doc)).isEqualTo("0201020000010101000101016101020201000101010001");
    }
}
