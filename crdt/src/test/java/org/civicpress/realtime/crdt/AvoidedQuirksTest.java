package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;

/// The oddities of Yjs that are not copied, because they lose, spoil or poison documents: what could not be
/// written again or would be applied by half is refused, and what is refused changes nothing. See
/// [CopiedQuirksTest] for those that are.
class AvoidedQuirksTest {
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

    private static void isRefused(String update) {
        isRefused(Bytes.ofHex(update), UpdateFormat.V1);
    }

    private static void isRefused(Bytes update, UpdateFormat format) {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "here");
        Bytes before = doc.state();
        assertThatThrownBy(() -> doc.apply(update, format, null)).isInstanceOf(MalformedBytesException.class);
        assertThat(doc.state()).isEqualTo(before);
        assertThat(doc.hasPending()).isFalse();
    }

    @Test
    void nothingIsReadBeyondTheEnd() {
        assertThatThrownBy(() -> new ByteReader(Bytes.EMPTY).varInt()).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> new ByteReader(Bytes.EMPTY).uint8()).isInstanceOf(MalformedBytesException.class);
        isRefused("0101020004010174" + "0161"); // and no deletions
        isRefused("01010200");
    }

    @Test
    void unknownKindsOfContentAndOfTypesAreRefused() {
        isRefused("01010200" + "0b01017401" + "00"); // content 11, a move that never came to be
        isRefused("01010200" + "1f01017401" + "00");
        isRefused("01010200" + "0701017407" + "00"); // type 7, weak in yrs
        isRefused("01010200" + "070101740f" + "00"); // type 15
    }

    @Test
    void structsOfNoLengthAreRefused() {
        isRefused("01010200" + "01010174" + "00" + "00"); // Deleted: Yjs cannot write the document any more
        isRefused("01010200" + "02010174" + "00" + "00"); // JSON
        isRefused("01010200" + "04010174" + "00" + "00"); // String
        isRefused("01010200" + "08010174" + "00" + "00"); // Any
        isRefused("01010200" + "0000" + "00"); // Gc
        isRefused("01010200" + "0a00" + "00"); // Skip
    }

    @Test
    void aDeletionOfNoLengthDeletesNothing() {
        Doc doc = loaded(1, "010102000401017401610" + "0");
        doc.apply(Bytes.ofHex("000102010000"), null);
        assertThat(stateOf(doc)).isEqualTo("0101020004010174016100");
    }

    @Test
    void jsonNestedVeryDeepIsRefusedWhereverItStands() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        isRefused(struct(2).varUint(1).varString(deep).varUint(0).toBytes(), UpdateFormat.V1);
        isRefused(struct(5).varString(deep).varUint(0).toBytes(), UpdateFormat.V1);
        isRefused(struct(6).varString("b").varString(deep).varUint(0).toBytes(), UpdateFormat.V1);
    }

    @Test
    void valuesNestedVeryDeepAreRefusedWhereverTheyStand() {
        ByteWriter deep = new ByteWriter();
        for (int i = 0; i < 100_000; i++) {
            deep.uint8(117).varUint(1);
        }
        Bytes value = deep.uint8(126).toBytes();
        isRefused(struct(8).varUint(1).bytes(value).varUint(0).toBytes(), UpdateFormat.V1);
        isRefused(struct(9).varString("guid").bytes(value).varUint(0).toBytes(), UpdateFormat.V1);
        UpdateOutput embed = UpdateFormat.V2.output(64);
        embed.number(1);
        embed.number(1);
        embed.client(2);
        embed.number(0);
        embed.info(Content.EMBED);
        embed.parentIsRoot(true);
        embed.string("t");
        Bytes columns = embed.toBytes();
        isRefused(new ByteWriter().bytes(columns).bytes(value).varUint(0).toBytes(), UpdateFormat.V2);
    }

    private static ByteWriter struct(int kind) {
        return new ByteWriter()
                .varUint(1)
                .varUint(1)
                .varUint(2)
                .varUint(0)
                .uint8(kind)
                .varUint(1)
                .varString("t");
    }

    @Test
    void oldJsonContentIsReadWrittenBackAndNeverNested() {
        String update = "0101020002010174" + "0309756e646566696e6564" + "077b2261223a317d" + "0131" + "00";
        Doc doc = loaded(1, update);
        assertThat(doc.array("t").values())
                .containsExactly(
                        YValue.of(Any.UNDEFINED), YValue.of(Any.obj(Map.of("a", Any.of(1)))), YValue.of(Any.of(1)));
        assertThat(stateOf(doc)).isEqualTo(update);
    }

    @Test
    void moreIsDeclaredThanThereIsAndNothingIsMadeOfIt() {
        String most = "ffffffffffffff0f"; // 2^53 - 1
        isRefused(most); // clients
        isRefused("01" + most + "0200" + "0001" + "00"); // structs
        isRefused("01010200" + "08010174" + most + "7e" + "00"); // values
        isRefused("01010200" + "02010174" + most + "0131" + "00");
        isRefused("01010200" + "04010174" + most + "61" + "00"); // bytes of a text
        isRefused("01010200" + "03010174" + most + "61" + "00");
        isRefused("00" + most); // clients of the deletions
        isRefused("000102" + most + "0001"); // ranges
        isRefused("01010200" + "08010174" + "01" + "76" + most + "00"); // keys of an object
    }

    @Test
    void aColumnThatRepeatsForEverMakesNoStructsForEver() {
        UpdateOutput out = UpdateFormat.V2.output(64);
        out.number(1);
        out.number((1L << 53) - 1);
        out.client(2);
        out.number(0);
        out.info(Content.GC);
        for (int i = 0; i < 100; i++) {
            out.length(1);
        }
        isRefused(out.toBytes(), UpdateFormat.V2); // the lengths end
        Bytes endless = Bytes.ofHex("00" + "00" + "0102" + "00" + "00" + "0100" + "0100" + "00" + "00"
                + "0941ffffffffffffff0f" + "01" + "ffffffffffffff0f" + "00");
        isRefused(endless, UpdateFormat.V2); // the lengths go on as well
    }

    @Test
    void clocksBeyondWhatADocumentCountsAreRefused() {
        isRefused("0101" + "02" + "ffffffffffffff0f" + "0001" + "00"); // 2^53 - 1 and one more
        isRefused("01010200" + "00ffffffffffffff0f" + "00"); // a Gc of 2^53 - 1
        isRefused("01020200" + "00ffffffff07" + "0001" + "00"); // 2^31 - 1 and one more
        isRefused("00010201" + "ffffffffffffff0f" + "01"); // deleted beyond 2^53 - 1
    }

    @Test
    void deletionsOfWhatMayComeAreHeldUpToTheLastClock() {
        Doc doc = loaded(1, "00010201" + "00" + "ffffffffffffff0f");
        assertThat(doc.hasPendingDeletions()).isTrue();
        doc.apply(Bytes.ofHex("0101020004010174016100"), null);
        assertThat(doc.text("t").toString()).isEmpty();
    }

    @Test
    void aStructThatNamesItselfOrALaterOneIsRefusedBeforeAnythingIsTouched() {
        String first = "04010174" + "0161"; // is sound, and would be half of the update
        isRefused("01020200" + first + "840201" + "0162" + "00"); // its own id as origin
        isRefused("01020200" + first + "440201" + "0162" + "00"); // as right origin
        isRefused("01020200" + first + "0400" + "0201" + "0162" + "00"); // as parent
        isRefused("01020200" + first + "840205" + "0162" + "00"); // an id yet to come
    }

    @Test
    void structsOfTwoClientsThatWaitForEachOtherAreHeldAndWhatDoesNotWaitIsThere() {
        // 9: a | c behind 8:1      8: b behind 9:1 | d
        Doc doc = loaded(
                1,
                "02" + "020900" + "04010174" + "0161" + "840801" + "0163" + "020800" + "840901" + "0162" + "840800"
                        + "0164" + "00");
        assertThat(doc.text("t").toString()).isEqualTo("a");
        assertThat(doc.hasPendingStructs()).isTrue();
        Bytes state = doc.state();
        assertThat(Updates.meta(state).to()).containsEntry(9L, 2L).containsEntry(8L, 2L);
        doc.apply(state, null);
        assertThat(doc.state()).isEqualTo(state);
    }

    @Test
    void aCircleOfManyClientsIsHeldWithoutRecursion() {
        int clients = 20_000;
        ByteWriter out = new ByteWriter().varUint(clients);
        for (int client = clients; client >= 1; client--) {
            int next = client == 1 ? clients : client - 1;
            out.varUint(1).varUint(client).varUint(0);
            out.uint8(0x84).varUint(next).varUint(0).varString("x");
        }
        Doc doc = new Doc(0);
        assertThat(doc.apply(out.varUint(0).toBytes(), null).held()).isTrue();
        assertThat(doc.stateVector().toHex()).isEqualTo("00");
        assertThat(Updates.meta(doc.state()).to()).hasSize(clients);
    }

    @Test
    void aRootThatARefusedUpdateNamesDoesNotStay() {
        Doc doc = new Doc(1);
        assertThatThrownBy(() -> doc.apply(Bytes.ofHex("0101020004" + "01056f74686572" + "0161" + "01"), null))
                .isInstanceOf(MalformedBytesException.class);
        assertThat(doc.rootNames()).isEmpty();
    }

    @Test
    void anUpdateWhoseDeletionsAreCutOffIsRefusedWithItsStructs() {
        isRefused("0101020004010174" + "0161" + "0102"); // Yjs has the text by then, told everybody, and throws
    }

    @Test
    void aTextThatIsAskedForLateKnowsItsFormats() {
        String formatted =
                "010501000401017401618401000262638401020164c60100010101620474727565c6010201030162046e756c6c00";
        for (boolean early : List.of(true, false)) {
            Doc doc = new Doc(2);
            if (early) {
                doc.text("t");
            }
            doc.apply(Bytes.ofHex(formatted), null);
            doc.text("t").delete(2, 1);
            doc.text("t").delete(0, 2);
            assertThat(stateOf(doc))
                    .isEqualTo("010501000101017401810100028401020164c10100010101c1010201030101010200030402");
            assertThat(doc.text("t").toDelta()).containsExactly(new Delta.Text("d", Map.of()));
        }
    }

    @Test
    void halvesOfAPairThatWereTypedOneByOneArriveAsReplacementsInV1() {
        Doc doc = new Doc(1);
        Doc hears = new Doc(2);
        doc.onUpdate((update, origin) -> hears.apply(update, origin));
        doc.text("t").insert(0, "\ud83d");
        doc.text("t").insert(1, "\ude00");
        assertThat(doc.text("t").toString()).isEqualTo("😀");
        assertThat(hears.text("t").toString()).isEqualTo("\ufffd\ufffd");
        assertThat(stateOf(doc)).isEqualTo("010101000401017404f09f988000");
    }
}
