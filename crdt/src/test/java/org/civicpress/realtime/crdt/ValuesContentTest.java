package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class ValuesContentTest {
    @Test
    void valuesStayAsTheyCameWhenTheyWouldBeWrittenSo() {
        Seeds.each(500, random -> {
            Bytes bytes = encoded(values(random));
            Object content = ValuesContent.read(new ByteReader(bytes), 3);
            if (content instanceof byte[] kept) {
                assertThat(Bytes.wrap(kept)).isEqualTo(bytes);
            }
            assertThat(written(content, 0, 3)).isEqualTo(written(ValuesContent.values(content, 3), 0, 3));
        });
    }

    @Test
    void valuesThatAreWrittenOtherwiseAreTakenApart() {
        for (String hex : List.of(
                "7d8000", // 0 in two bytes
                "7b3ff0000000000000", // 1 as a float64
                "7602016178016178", // a key that comes twice
                "7602016278013178", // a key that is a number, behind another
                "7601095f5f70726f746f5f5f7e")) { // a key that is lost
            Bytes bytes = Bytes.ofHex(hex);
            Object content = ValuesContent.read(new ByteReader(bytes), 1);
            assertThat(content).as(hex).isInstanceOf(Any[].class);
            assertThat(written(content, 0, 1)).as(hex).isNotEqualTo(bytes);
        }
    }

    @Test
    void cutAndJoinedTheySayTheSameEncodedOrNot() {
        Seeds.each(300, random -> {
            List<Any> values = values(random);
            Object content = ValuesContent.read(new ByteReader(encoded(values)), 3);
            Any[] apart = values.toArray(Any[]::new);
            int cut = 1 + random.nextInt(2);
            Object left = ValuesContent.left(content, cut);
            Object right = ValuesContent.right(content, cut, 3);
            assertThat(written(left, 0, cut)).isEqualTo(written(apart, 0, cut));
            assertThat(written(right, 0, 3 - cut)).isEqualTo(written(apart, cut, 3));
            byte[] joined = ValuesContent.join(left, List.of(right, right));
            if (joined != null) {
                assertThat(Bytes.wrap(joined))
                        .isEqualTo(new ByteWriter()
                                .bytes(written(left, 0, cut))
                                .bytes(written(right, 0, 3 - cut))
                                .bytes(written(right, 0, 3 - cut))
                                .toBytes());
            }
        });
    }

    @Test
    void anArrayThatCameInOnePieceIsReadWrittenAndPushedToAsOneThatWasMadeHere() {
        Doc here = new Doc(1);
        YArray array = here.array("a");
        for (int i = 0; i < 200; i++) {
            array.push(List.of(YValue.of(Any.of("value " + i))));
        }
        Doc there = new Doc(2);
        there.apply(here.state(), null);
        assertThat(there.state()).isEqualTo(here.state());
        here.onUpdate((update, origin) -> there.apply(update, null));
        for (int i = 0; i < 50; i++) {
            array.push(List.of(YValue.of(Any.of(i))));
            array.delete(i, 1);
        }
        assertThat(there.array("a").values()).isEqualTo(array.values());
        assertThat(there.state()).isEqualTo(here.state());
    }

    private static List<Any> values(Random random) {
        List<Any> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            values.add(value(random, 2));
        }
        return values;
    }

    private static Any value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0 -> Any.UNDEFINED;
            case 1 -> Any.NULL;
            case 2 -> random.nextBoolean() ? Any.TRUE : Any.FALSE;
            case 3 -> Any.of(random.nextInt() >> random.nextInt(32));
            case 4 -> Any.of(random.nextGaussian());
            case 5 -> Any.of("é".repeat(random.nextInt(3)) + random.nextInt(50));
            case 6 -> new Any.BigInt(random.nextLong());
            case 7 -> {
                Map<String, Any> fields = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    fields.put(
                            random.nextInt(4) == 0 ? "" + random.nextInt(3) : "k" + random.nextInt(4),
                            value(random, depth - 1));
                }
                yield Any.obj(fields);
            }
            default -> new Any.Arr(List.of(value(random, depth - 1), value(random, depth - 1)));
        };
    }

    private static Bytes encoded(List<Any> values) {
        ByteWriter out = new ByteWriter();
        values.forEach(value -> AnyCodec.write(out, value));
        return out.toBytes();
    }

    private static Bytes written(Object content, int begin, int end) {
        ByteWriter out = new ByteWriter();
        for (Any value : List.of(ValuesContent.values(content, end)).subList(begin, end)) {
            AnyCodec.write(out, value);
        }
        if (content instanceof byte[]) {
            ByteWriter direct = new ByteWriter();
            ValuesContent.write(direct, content, begin, end);
            assertThat(direct.toBytes()).isEqualTo(out.toBytes());
        }
        return out.toBytes();
    }
}
