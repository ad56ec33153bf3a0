package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    private static final String CLERK = "{\"user\":{\"name\":\"Clerk One\",\"color\":\"#3b82f6\"},\"cursor\":null}";

    @Test
    void theExchangeCapturedFromCivicPressIsUnderstoodAndWrittenTheSame() {
        same("00000701b6f7be81040c", new Message.SyncStep1(Bytes.ofHex("01b6f7be81040c")));
        same("0001020000", new Message.SyncStep2(Bytes.ofHex("0000")));
        same(
                "0002140101e9070084b6f7be81040b0620776f726c6400",
                new Message.Update(Bytes.ofHex("0101e9070084b6f7be81040b0620776f726c6400")));
        same(
                "014201e907013d7b2275736572223a7b226e616d65223a22436c65726b204f6e65222c22636f6c6f72223a22233362383266"
                        + "36227d2c22637572736f72223a6e756c6c7d",
                new Message.AwarenessUpdate(List.of(new AwarenessEntry(1001, 1, CLERK))));
        same(
                "010901e90702046e756c6c",
                new Message.AwarenessUpdate(List.of(new AwarenessEntry(1001, 2, AwarenessEntry.GONE))));
    }

    @Test
    void whatTheServerAddsHasItsOwnTags() {
        same("03", new Message.QueryAwareness());
        same("66020102", new Message.SyncStatus(Bytes.ofHex("0102")));
        same("020009726561642d6f6e6c79", new Message.PermissionDenied("read-only"));
    }

    private static void same(String hex, Message message) {
        assertThat(Messages.read(Bytes.ofHex(hex))).isEqualTo(message);
        assertThat(Messages.write(message).toHex()).isEqualTo(hex);
    }

    @Test
    void aMessageOfAnUnknownTypeIsReadAndMeansNothing() {
        assertThat(Messages.read(Bytes.ofHex("05ffff"))).isEqualTo(new Message.Unknown(5));
        assertThat(Messages.read(Bytes.ofHex("ffffffff0f00"))).isEqualTo(new Message.Unknown(0xffff_ffffL));
        assertThat(Messages.read(Bytes.ofHex("0201"))).isEqualTo(new Message.Unknown(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0003",
                "000005",
                "00010a00",
                "0102",
                "010101",
                "0000010000",
                "0300",
                "01050101017b7b",
                "0109ffffffff0f000000",
                "8080808080808080808080"
            })
    void aMessageThatIsNotOneIsRefused(String hex) {
        assertThatThrownBy(() -> Messages.read(Bytes.ofHex(hex))).isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void presenceThatWouldExhaustAReaderIsRefused() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThatThrownBy(() -> Messages.read(presence("[".repeat(80) + "]".repeat(80))))
                .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> Messages.read(presence(deep))).isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> Messages.read(presence("\"" + "x".repeat(70_000) + "\"")))
                .isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void aPresenceAfterWhichNothingCouldBeSaidIsRefused() {
        assertThat(Messages.read(presence("{}", Messages.MAX_CLOCK)))
                .isEqualTo(new Message.AwarenessUpdate(List.of(new AwarenessEntry(7, Messages.MAX_CLOCK, "{}"))));
        assertThatThrownBy(() -> Messages.read(presence("{}", (1L << 53) - 1)))
                .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> Messages.read(presence("null", (1L << 53) - 1)))
                .isInstanceOf(MalformedBytesException.class);
    }

    /// 64 KB of the cheapest entries, and counts beyond all bounds, ask for no more than a multiple of their size.
    @Test
    void framesAskForNoMoreMemoryThanAMultipleOfTheirSize() {
        ByteWriter many = new ByteWriter().varUint(12_000);
        for (int i = 0; i < 12_000; i++) {
            many.varUint(i & 63).varUint(1).varString("{}");
        }
        List<Bytes> frames = List.of(
                new ByteWriter().varUint(1).byteArray(many.toBytes()).toBytes(),
                new ByteWriter().varUint(1).varUint((1L << 53) - 1).toBytes(),
                new ByteWriter().varUint(0).varUint(2).varUint((1L << 53) - 1).toBytes(),
                new ByteWriter().varUint(2).varUint(0).varUint((1L << 53) - 1).toBytes());
        var memory = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (Bytes frame : frames) {
            long before = memory.getCurrentThreadAllocatedBytes();
            try {
                Messages.read(frame);
            } catch (MalformedBytesException refused) {
                // It may be refused or not.
            }
            assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan((64 << 10) + frame.length() * 100L);
        }
    }

    private static Bytes presence(String json) {
        return presence(json, 1);
    }

    private static Bytes presence(String json, long clock) {
        Bytes update = new ByteWriter()
                .varUint(1)
                .varUint(7)
                .varUint(clock)
                .varString(json)
                .toBytes();
        return new ByteWriter().varUint(1).byteArray(update).toBytes();
    }

    @Test
    void anyBytesAreAMessageOrRefused() {
        Seeds.each(20_000, random -> {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextBoolean()) {
                bytes[0] = (byte) random.nextInt(4);
                bytes[1] = (byte) random.nextInt(3);
            }
            try {
                Messages.read(Bytes.wrap(bytes));
            } catch (MalformedBytesException expected) {
                assertThat(expected.getMessage()).contains("byte");
            }
        });
    }
}
