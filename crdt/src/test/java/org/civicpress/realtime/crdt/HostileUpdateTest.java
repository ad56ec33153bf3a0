package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;

class HostileUpdateTest {
    @Test
    void alteredBytesAreAnUpdateOrAreRefusedAndThenNothingHasChanged() {
        Seeds.each(20_000, random -> {
            Doc doc = edited(random, 1);
            Bytes before = doc.state();
            Bytes altered =
                    alter(random, random.nextBoolean() ? edited(random, 2).state() : before);
            try {
                doc.apply(altered, null);
            } catch (MalformedBytesException e) {
                assertThat(doc.state()).isEqualTo(before);
                return;
            }
            Bytes after = doc.state();
            Doc reader = new Doc(3);
            reader.apply(after, null);
            reader.xmlFragment("xml").toString();
            reader.text("text").toDelta();
            doc.text("text").insert(0, "still alive");
            assertThat(doc.text("text").toString()).startsWith("still alive");
        });
    }

    @Test
    void everyCutThroughAnUpdateIsRefused() {
        Bytes whole = edited(new Random(5), 1).state();
        for (int length = 0; length < whole.length(); length++) {
            Bytes cut = whole.slice(0, length);
            Doc doc = new Doc(2);
            assertThatThrownBy(() -> doc.apply(cut, null)).isInstanceOf(MalformedBytesException.class);
            assertThat(doc.state()).isEqualTo(Bytes.ofHex("0000"));
        }
    }

    @Test
    void typesInsideTypesToAnyDepthAreReadAndDeletedAndCollected() {
        int depth = 100_000;
        ByteWriter out = new ByteWriter();
        out.varUint(1).varUint(depth).varUint(7).varUint(0);
        out.uint8(7).varUint(1).varString("xml").varUint(3).varString("p");
        for (int clock = 1; clock < depth; clock++) {
            out.uint8(7).varUint(0).varUint(7).varUint(clock - 1).varUint(3).varString("p");
        }
        out.varUint(0);
        Doc doc = new Doc(1);
        YXmlFragment fragment = doc.xmlFragment("xml");
        doc.apply(out.toBytes(), null);
        assertThat(fragment.toString()).hasSize(depth * 7);
        fragment.delete(0, 1);
        assertThat(fragment.toString()).isEmpty();
        assertThat(doc.state().length()).isLessThan(40);
    }

    @Test
    void aDeclaredMillionOfStructsCostsNothingWhenItIsNotThere() {
        Bytes bytes = new ByteWriter()
                .varUint(1)
                .varUint(1L << 52)
                .varUint(1)
                .varUint(0)
                .uint8(0)
                .varUint(1)
                .toBytes();
        assertThatThrownBy(() -> new Doc(1).apply(bytes, null)).isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void structsThatReferToTheirOwnFutureAreRefused() {
        Bytes self = new ByteWriter()
                .varUint(1)
                .varUint(1)
                .varUint(9)
                .varUint(0)
                .uint8(0x84)
                .varUint(9)
                .varUint(0)
                .varString("x")
                .varUint(0)
                .toBytes();
        assertThatThrownBy(() -> new Doc(1).apply(self, null))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("later");
    }

    @Test
    void structsThatWaitForEachOtherAreHeldAndComeToRestThere() {
        ByteWriter out = new ByteWriter().varUint(2);
        out.varUint(2).varUint(9).varUint(0);
        out.uint8(0x84).varUint(8).varUint(0).varString("x");
        out.uint8(0x84).varUint(9).varUint(0).varString("y");
        out.varUint(1).varUint(8).varUint(0);
        out.uint8(0x84).varUint(9).varUint(0).varString("z");
        Bytes circle = out.varUint(0).toBytes();
        Doc doc = new Doc(1);
        doc.text("text").insert(0, "here");
        Applied applied = doc.apply(circle, null);
        assertThat(applied.changes()).isEmpty();
        assertThat(applied.held()).isTrue();
        assertThat(doc.text("text").toString()).isEqualTo("here");
        doc.apply(circle, null);
        Doc other = new Doc(2);
        other.apply(doc.state(), null);
        assertThat(other.text("text").toString()).isEqualTo("here");
    }

    /// Under one id, one replica put a unit into the list, another put two into a type that is then collected; the
    /// second of those stands in the list and belongs to the type.
    @Test
    void clientsThatContradictEachOtherLeaveADocumentThatWorks() {
        Doc doc = new Doc(9);
        doc.array("list");
        doc.apply(Bytes.ofHex("0101020007" + "01046c697374" + "01" + "00"), null); // 2:0, a map in the list
        doc.apply(Bytes.ofHex("010101000301046c697374" + "0107" + "00"), null); // 1:0, a byte in the list
        doc.apply(Bytes.ofHex("0101010008000200027d077d08" + "00"), null); // 1:0 and 1:1 in the map
        doc.apply(Bytes.ofHex("00010201" + "0001"), null); // the map is deleted
        doc.apply(Bytes.ofHex("010103008801010" + "17d09" + "00"), null); // 3:0 behind 1:1
        doc.apply(Bytes.ofHex("01010400480101" + "017d0a" + "00"), null); // 4:0 before 1:1
        assertThat(doc.array("list").values())
                .containsExactly(YValue.of(Any.of(Bytes.ofHex("07"))), YValue.of(Any.of(8)));
        assertThat(doc.state())
                .isEqualTo(Bytes.ofHex("0401040041010101010300810101010102000101046c69737401"
                        + "0201000301046c6973740107880100017d0803040100010301000102010001"));
        Doc reader = new Doc(8);
        reader.apply(doc.state(), null);
        assertThat(reader.stateVector()).isEqualTo(doc.stateVector());
    }

    @Test
    void whatIsPutIntoATypeThatWasDeletedIsToldAndDeletedAtOnce() {
        Doc doc = new Doc(1);
        YMap map = new YMap();
        YText text = new YText();
        doc.array("a").insert(0, List.of(YValue.of(map), YValue.of(text)));
        doc.array("a").delete(0, 2);
        List<String> updates = new ArrayList<>();
        doc.onUpdate((update, origin) -> updates.add(update.toHex()));
        map.set("x", Any.of(1));
        map.set("x", Any.of(2));
        text.insert(0, "ab");
        assertThat(updates)
                .containsExactly(
                        "01010102210001000178010101010201",
                        "01010103a10102010101010301",
                        "0101010401000101020101010402");
    }

    private static Bytes alter(Random random, Bytes original) {
        byte[] bytes = original.toArray();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            case 1 -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> {
                int at = random.nextInt(bytes.length);
                byte[] longer = new byte[bytes.length + 1];
                System.arraycopy(bytes, 0, longer, 0, at);
                longer[at] = (byte) random.nextInt(256);
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                bytes = longer;
            }
            default -> {
                int at = random.nextInt(bytes.length);
                byte[] shorter = new byte[bytes.length - 1];
                System.arraycopy(bytes, 0, shorter, 0, at);
                System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
                bytes = shorter;
            }
        }
        return Bytes.wrap(bytes);
    }

    /// A small document with some of everything, written by two clients.
    private static Doc edited(Random random, long client) {
        Doc doc = new Doc(client);
        Doc other = new Doc(client + 10);
        List<Doc> both = List.of(doc, other);
        for (int i = 0; i < 12; i++) {
            Doc who = both.get(random.nextInt(2));
            YText text = who.text("text");
            switch (random.nextInt(8)) {
                case 0, 1 -> text.insert(random.nextInt(text.length() + 1), "ab日é".substring(random.nextInt(2)));
                case 2 -> text.delete(0, Math.min(2, text.length()));
                case 3 -> text.format(0, Math.min(3, text.length()), Map.of("strong", Any.obj(Map.of())));
                case 4 -> who.map("map").set("k" + random.nextInt(2), Any.of(random.nextDouble()));
                case 5 -> who.array("array").push(List.of(YValue.of(Any.TRUE), YValue.of(new YMap())));
                case 6 -> {
                    YXmlElement element = new YXmlElement("heading");
                    element.setAttribute("level", Any.of(2.0));
                    element.append(new YXmlText("title"));
                    who.xmlFragment("xml").append(element);
                }
                default -> {
                    if (who.xmlFragment("xml").length() > 0) {
                        who.xmlFragment("xml").delete(0, 1);
                    }
                }
            }
            if (random.nextInt(3) == 0) {
                new ArrayList<>(both).forEach(d -> both.forEach(e -> e.apply(d.stateSince(e.stateVector()), null)));
            }
        }
        both.forEach(d -> both.forEach(e -> e.apply(d.stateSince(e.stateVector()), null)));
        assertThat(doc.text("text").toDelta()).isEqualTo(other.text("text").toDelta());
        assertThat(doc.xmlFragment("xml").toString())
                .isEqualTo(other.xmlFragment("xml").toString());
        return doc;
    }
}
