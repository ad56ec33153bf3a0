package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class AnyCodecTest {
    @TestFactory
    Stream<DynamicTest> primitivesAreThoseOfLib0() {
        return Vectors.each("lib0.json", vector -> {
            Bytes bytes = Bytes.ofHex(vector.get("bytes").asString());
            ByteReader in = new ByteReader(bytes);
            ByteWriter out = new ByteWriter();
            switch (vector.get("kind").asString()) {
                case "varuint" -> {
                    long value = vector.get("value").asLong();
                    assertThat(out.varUint(value).toBytes()).isEqualTo(bytes);
                    assertThat(in.varUint()).isEqualTo(value);
                }
                case "varint" -> {
                    Any value = Vectors.any(vector.get("value"));
                    assertThat(out.varInt(((Any.Num) value).value()).toBytes()).isEqualTo(bytes);
                    assertThat(Any.of(in.varInt())).isEqualTo(value);
                }
                case "varstring" ->
                    assertThat(out.varString(stringOf(vector)).toBytes()).isEqualTo(bytes);
                case "any" -> {
                    Any value = Vectors.any(vector.get("value"));
                    Any read = AnyCodec.read(in);
                    assertThat(read).isEqualTo(value);
                    assertThat(in.hasRemaining()).isFalse();
                    assertThat(write(read)).isEqualTo(bytes);
                    if (read instanceof Any.Obj(var values)) {
                        assertThat(values.keySet())
                                .containsExactlyElementsOf(Vectors.elements(vector.get("keyOrder")).stream()
                                        .map(JsonNode::asString)
                                        .toList());
                    }
                }
                default -> {
                    // the columns of update format 2
                }
            }
        });
    }

    private static String stringOf(JsonNode vector) {
        if (vector.has("value")) {
            return vector.get("value").asString();
        }
        StringBuilder units = new StringBuilder();
        vector.get("utf16").forEach(unit -> units.append((char) unit.asInt()));
        return units.toString();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.each(2_000, random -> {
            Any value = randomAny(random, 4);
            ByteReader in = new ByteReader(write(value));
            assertThat(AnyCodec.read(in)).isEqualTo(value);
            assertThat(in.hasRemaining()).isFalse();
        });
    }

    @Test
    void damagedBytesAreRefusedOrReadAsAValueThatCanBeWritten() {
        Seeds.each(5_000, random -> {
            byte[] bytes = write(randomAny(random, 4)).toArray();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                Any value = AnyCodec.read(new ByteReader(bytes));
                assertThat(AnyCodec.read(new ByteReader(write(value)))).isEqualTo(value);
            } catch (MalformedBytesException expected) {
                assertThat(expected.position()).isBetween(0, bytes.length);
            }
        });
    }

    @Test
    void aCountBeyondWhatRemainsIsRefused() {
        assertThatThrownBy(() -> AnyCodec.read(new ByteReader(Bytes.ofHex("75ffffffff07"))))
                .isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void nestingIsBounded() {
        Bytes deep = Bytes.ofHex("7501".repeat(Any.MAX_DEPTH) + "7e");
        assertThat(write(AnyCodec.read(new ByteReader(deep)))).isEqualTo(deep);
        assertThatThrownBy(() -> AnyCodec.read(new ByteReader(Bytes.ofHex("7501".repeat(100_000) + "7e"))))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("too deep");
        Any value = AnyCodec.read(new ByteReader(deep));
        assertThatThrownBy(() -> write(Any.list(value))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersOfAllFormsLeaveInTheirShortestForm() {
        assertThat(write(AnyCodec.read(new ByteReader(Bytes.ofHex("7b3ff0000000000000")))))
                .isEqualTo(Bytes.ofHex("7d01"));
        assertThat(write(AnyCodec.read(new ByteReader(Bytes.ofHex("7c80000000")))))
                .isEqualTo(Bytes.ofHex("7d40"));
        assertThat(write(AnyCodec.read(new ByteReader(Bytes.ofHex("7cffc00001")))))
                .isEqualTo(Bytes.ofHex("7b7ff8000000000000"));
    }

    @Test
    void aRepeatedKeyKeepsItsFirstPlaceAndItsLastValueAndProtoIsLost() {
        Any value = AnyCodec.read(new ByteReader(new ByteWriter()
                .uint8(118)
                .varUint(4)
                .varString("a")
                .uint8(126)
                .varString("b")
                .uint8(126)
                .varString("__proto__")
                .uint8(126)
                .varString("a")
                .uint8(120)
                .toBytes()));
        assertThat(((Any.Obj) value).values()).containsExactly(Map.entry("a", Any.TRUE), Map.entry("b", Any.NULL));
    }

    @Test
    void keysThatLookLikeArrayIndexesComeFirst() {
        Map<String, Any> values = new LinkedHashMap<>();
        List.of("b", "10", "01", "4294967295", "4294967294", "2", "-1", "a", "0")
                .forEach(key -> values.put(key, Any.NULL));
        assertThat(((Any.Obj) Any.obj(values)).values().keySet())
                .containsExactly("0", "2", "10", "4294967294", "b", "01", "4294967295", "-1", "a");
    }

    static Bytes write(Any value) {
        ByteWriter out = new ByteWriter();
        AnyCodec.write(out, value);
        return out.toBytes();
    }

    static Any randomAny(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 9 : 11)) {
            case 0 -> Any.UNDEFINED;
            case 1 -> Any.NULL;
            case 2 -> Any.of(random.nextBoolean());
            case 3 -> Any.of(random.nextInt());
            case 4 -> Any.of(random.nextFloat());
            case 5 -> Any.of(Double.longBitsToDouble(random.nextLong()));
            case 6 -> Any.bigInt(random.nextLong());
            case 7 -> Any.of(randomString(random));
            case 8 -> {
                byte[] bytes = new byte[random.nextInt(5)];
                random.nextBytes(bytes);
                yield Any.of(Bytes.wrap(bytes));
            }
            case 9 ->
                Any.list(IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> randomAny(random, depth - 1))
                        .toList());
            default -> {
                Map<String, Any> values = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    values.put(random.nextBoolean() ? randomString(random) : "" + random.nextInt(20), Any.of(i));
                }
                yield Any.obj(values);
            }
        };
    }

    static String randomString(Random random) {
        return random.ints(random.nextInt(8), 0, random.nextBoolean() ? 0x80 : 0x11_0000)
                .filter(point -> point < 0xd800 || point > 0xdfff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
