package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.server.net.WebSocketFrames.Received;
import org.civicpress.realtime.server.net.WebSocketFrames.ViolationException;
import org.junit.jupiter.api.Test;

class WebSocketFramesTest {
    private static final int MAX_MESSAGE = 10 << 20;

    private final WebSocketFrames frames = new WebSocketFrames(() -> MAX_MESSAGE);

    @Test
    void messagesComeOutWholeHoweverTheyWereCutIntoFramesAndPackets() {
        Seeds.each(300, random -> {
            List<byte[]> messages = new ArrayList<>();
            ByteBuf wire = Unpooled.buffer();
            for (int i = 0; i < 5; i++) {
                byte[] message = new byte[sizes(random)];
                random.nextBytes(message);
                messages.add(message);
                writeInParts(wire, message, random);
            }
            List<Bytes> read = new ArrayList<>();
            WebSocketFrames reader = new WebSocketFrames(() -> MAX_MESSAGE);
            ByteBuf arrived = Unpooled.buffer();
            while (wire.isReadable()) {
                arrived.writeBytes(wire, Math.min(wire.readableBytes(), 1 + random.nextInt(50_000)));
                for (var one = reader.read(arrived); one != null; one = reader.read(arrived)) {
                    if (one instanceof Received.Binary(var message)) {
                        read.add(message);
                    } else {
                        assertThat(one).isInstanceOf(Received.Ping.class);
                    }
                }
            }
            assertThat(read)
                    .containsExactlyElementsOf(
                            messages.stream().map(Bytes::wrap).toList());
        });
    }

    private static int sizes(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextInt(126);
            case 2 -> 125 + random.nextInt(3);
            case 3 -> 65_534 + random.nextInt(4);
            default -> random.nextInt(200_000);
        };
    }

    private static void writeInParts(ByteBuf wire, byte[] message, Random random) {
        int at = 0;
        boolean first = true;
        while (true) {
            int count = random.nextBoolean() ? message.length - at : random.nextInt(message.length - at + 1);
            boolean last = at + count == message.length && random.nextBoolean();
            frame(wire, (last ? 0x80 : 0) | (first ? 2 : 0), message, at, count, random.nextInt());
            if (random.nextInt(4) == 0) {
                frame(wire, 0x89, new byte[] {1, 2, 3}, 0, 3, random.nextInt());
            }
            at += count;
            first = false;
            if (last) {
                return;
            }
        }
    }

    private static void frame(ByteBuf wire, int first, byte[] payload, int offset, int count, int mask) {
        wire.writeByte(first);
        if (count < 126) {
            wire.writeByte(0x80 | count);
        } else if (count < 65_536) {
            wire.writeByte(0x80 | 126).writeShort(count);
        } else {
            wire.writeByte(0x80 | 127).writeLong(count);
        }
        wire.writeInt(mask);
        for (int i = 0; i < count; i++) {
            wire.writeByte(payload[offset + i] ^ mask >>> 24 - 8 * (i % 4));
        }
    }

    @Test
    void aTextIsReadAsUtf8() {
        assertThat(read("81 85 37fa213d 7f9f4d5158")).isEqualTo(new Received.Text("Hello"));
    }

    @Test
    void aCloseCarriesItsCodeBackWithoutTheReason() {
        assertThat(read("88 85 00000000 03e8 627965")).isEqualTo(new Received.Close(new CloseCode(1000, "")));
        assertThat(read("88 80 00000000")).isEqualTo(new Received.Close(CloseCode.NONE));
    }

    @Test
    void whatTheStandardForbidsIsRefused() {
        for (String wire : List.of(
                "82 05 0102030405", // no mask
                "c2 80 00000000", // a reserved bit
                "83 80 00000000", // an unknown opcode
                "8b 80 00000000",
                "80 80 00000000", // goes on with a message that has not begun
                "09 80 00000000", // a control frame in parts
                "89 fe 007e 00000000", // a control frame of 126 bytes
                "88 81 00000000 03", // half a close code
                "88 82 00000000 03ed", // 1005
                "88 82 00000000 0400")) {
            assertThatThrownBy(() -> read(wire))
                    .as(wire)
                    .isInstanceOfSatisfying(
                            ViolationException.class,
                            e -> assertThat(e.code().code()).isEqualTo(1002));
        }
    }

    @Test
    void aMessageMayNotBeginInsideAnother() {
        read("02 81 00000000 61");
        assertThatThrownBy(() -> frames.read(bytes("82 81 00000000 61"))).isInstanceOf(ViolationException.class);
    }

    @Test
    void aTextThatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> read("81 81 00000000 ff"))
                .isInstanceOfSatisfying(
                        ViolationException.class,
                        e -> assertThat(e.code().code()).isEqualTo(1007));
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedBeforeAnythingOfItIsKept() {
        for (String wire : List.of(
                "82 ff 0000000000a00001 00000000", // 10 MiB and one byte
                "82 ff 7fffffffffffffff 00000000",
                "82 ff ffffffffffffffff 00000000")) {
            assertThatThrownBy(() -> read(wire))
                    .as(wire)
                    .isInstanceOfSatisfying(
                            ViolationException.class, e -> assertThat(e.code()).isEqualTo(CloseCode.TOO_BIG));
        }
    }

    @Test
    void thePartsOfAMessageCountTogether() {
        byte[] half = new byte[6 << 20];
        ByteBuf wire = Unpooled.buffer();
        frame(wire, 2, half, 0, half.length, 7);
        assertThat(frames.read(wire)).isNull();
        frame(wire, 0x80, half, 0, half.length, 7);
        assertThatThrownBy(() -> frames.read(wire)).isInstanceOf(ViolationException.class);
    }

    @Test
    void exactlyTenMebibytesAreFine() {
        byte[] message = new byte[MAX_MESSAGE];
        new Random(1).nextBytes(message);
        ByteBuf wire = Unpooled.buffer();
        frame(wire, 0x82, message, 0, message.length, 0x12345678);
        assertThat(frames.read(wire)).isEqualTo(new Received.Binary(Bytes.wrap(message)));
    }

    @Test
    void whatTheServerSendsHasTheFormOfTheStandard() {
        assertThat(hex(WebSocketFrames.binary(ByteBufAllocator.DEFAULT, Bytes.ofHex("010203"))))
                .isEqualTo("8203010203");
        assertThat(hex(WebSocketFrames.text(ByteBufAllocator.DEFAULT, "é"))).isEqualTo("8102c3a9");
        assertThat(hex(WebSocketFrames.close(ByteBufAllocator.DEFAULT, CloseCode.NONE)))
                .isEqualTo("8800");
        assertThat(hex(WebSocketFrames.close(ByteBufAllocator.DEFAULT, new CloseCode(4001, "no"))))
                .isEqualTo("88040fa16e6f");
        assertThat(hex(WebSocketFrames.binary(ByteBufAllocator.DEFAULT, Bytes.wrap(new byte[300]))))
                .startsWith("827e012c00");
        assertThat(hex(WebSocketFrames.binary(ByteBufAllocator.DEFAULT, Bytes.wrap(new byte[65_536]))))
                .startsWith("827f000000000001000000");
    }

    private Received read(String wire) {
        return frames.read(bytes(wire));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static String hex(ByteBuf frame) {
        try {
            byte[] bytes = new byte[frame.readableBytes()];
            frame.readBytes(bytes);
            return HexFormat.of().formatHex(bytes);
        } finally {
            frame.release();
        }
    }

    @Test
    void theHandshakeAnswersAsTheStandardSays() {
        assertThat(Handshake.acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
