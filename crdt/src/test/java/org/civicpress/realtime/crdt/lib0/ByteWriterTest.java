package org.civicpress.realtime.crdt.lib0;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;

class ByteWriterTest {
    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.each(2_000, random -> {
            long number = random.nextLong() >>> (11 + random.nextInt(53));
            String text = random.ints(random.nextInt(20), 0, 0x11_0000)
                    .filter(point -> point < 0xd800 || point > 0xdfff)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            var bytes = new ByteWriter().varUint(number).varString(text).toBytes();
            var in = new ByteReader(bytes);
            assertThat(in.varUint()).isEqualTo(number);
            assertThat(in.varString()).isEqualTo(text);
            assertThat(in.hasRemaining()).isFalse();
        });
    }

    @Test
    void theLargestSafeIntegerIsTheLargestAccepted() {
        assertThat(new ByteWriter()
                        .varUint(ByteReader.MAX_SAFE_INTEGER)
                        .toBytes()
                        .toHex())
                .isEqualTo("ffffffffffffff0f");
        assertThat(new ByteReader(Bytes.ofHex("ffffffffffffff0f")).varUint()).isEqualTo(ByteReader.MAX_SAFE_INTEGER);
        assertThatThrownBy(() -> new ByteReader(Bytes.ofHex("8080808080808010")).varUint())
                .isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void aLoneSurrogateIsWrittenAsTheReplacementCharacter() {
        assertThat(new ByteWriter().varString("a\ud83d").toBytes().toHex()).isEqualTo("0461efbfbd");
    }

    @Test
    void malformedUtf8IsRefused() {
        assertThatThrownBy(() -> new ByteReader(Bytes.ofHex("02c080")).varString())
                .isInstanceOf(MalformedBytesException.class)
                .hasMessage("text is not UTF-8 at byte 1");
    }

    @Test
    void aLengthBeyondTheEndIsRefusedBeforeAnythingIsAllocated() {
        assertThatThrownBy(() -> new ByteReader(Bytes.ofHex("ffffffff0f")).byteArray())
                .isInstanceOf(MalformedBytesException.class);
    }
}
