package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;

/// However much an input declares, no more memory is asked for than a multiple of its own size; and in V2, where a
/// struct may stand in no byte at all, than a number of structs costs that is fixed.
class BoundedWorkTest {
    private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// The worst, embedded objects of two bytes each that are merged, takes 250.
    private static final long PER_BYTE = 400;

    /// What is there whatever comes: columns, tables, the exception.
    private static final long FREE = 256 << 10;

    /// What may be declared for nothing in V2, taken apart and put into a document: about 400 bytes for each of
    /// 131,072 nested types.
    private static final long FREE_IN_V2 = 96 << 20;

    private static final long MOST = ByteReader.MAX_SAFE_INTEGER;
    private static final int SIZE = 60_000;

    private static void isBounded(Bytes input, Consumer<Bytes> decoder) {
        isBounded(input, decoder, FREE);
    }

    private static void isBounded(Bytes input, Consumer<Bytes> decoder, long free) {
        long before = MEMORY.getCurrentThreadAllocatedBytes();
        try {
            decoder.accept(input);
        } catch (MalformedBytesException refused) {
            // It may be refused or not.
        }
        long allocated = MEMORY.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated)
                .as("bytes asked for by an input of %d bytes", input.length())
                .isLessThan(free + input.length() * PER_BYTE);
    }

    private static Bytes repeated(ByteWriter start, String hex, int size) {
        Bytes unit = Bytes.ofHex(hex);
        while (start.length() < size) {
            start.bytes(unit);
        }
        return start.toBytes();
    }

    private static ByteWriter writer(String hex) {
        return new ByteWriter().bytes(Bytes.ofHex(hex));
    }

    private static ByteWriter declaring(String hex) {
        return writer(hex).varUint(MOST);
    }

    private static void update(Bytes bytes) {
        Doc doc = new Doc(1);
        doc.apply(bytes, null);
        doc.state();
    }

    private static void update2(Bytes bytes) {
        new Doc(1).apply(bytes, UpdateFormat.V2, null);
    }

    private static void tools(Bytes bytes, UpdateFormat format) {
        Updates.meta(bytes, format);
        Updates.merge(List.of(bytes, bytes), format);
    }

    @Test
    void updates() {
        List<Bytes> inputs = new ArrayList<>();
        inputs.add(structs("0001")); // Gcs
        inputs.add(structs("01010001")); // Deleted, in a root
        inputs.add(structs("07010000")); // arrays
        inputs.add(structs("070100" + "03" + "00")); // elements
        inputs.add(structs("0401000161")); // letters
        inputs.add(structs("04010002c3a9"));
        inputs.add(structs("060100" + "0162" + "027b7d")); // formats
        inputs.add(structs("050100" + "027b7d")); // embedded objects
        inputs.add(structs("090100" + "0161" + "7600")); // documents
        inputs.add(structs("270100" + "0161" + "01")); // maps under one key
        inputs.add(repeated(declaring("01"), "0001", SIZE));
        inputs.add(repeated(declaring(""), "000200", SIZE)); // blocks
        inputs.add(repeated(declaring("00"), "0200", SIZE)); // clients of deletions
        inputs.add(repeated(declaring("000102"), "0001", SIZE)); // deletions
        inputs.add(repeated(writer("01010200080101" + "74").varUint(20_000), "7e", SIZE));
        inputs.add(repeated(writer("01010200080101" + "74").varUint(20_000), "7600", SIZE));
        inputs.add(repeated(writer("01010200020101" + "74").varUint(20_000), "027b7d", SIZE));
        inputs.add(declaring("01010200080101" + "74").toBytes());
        inputs.add(declaring("01010200040101" + "74").toBytes());
        inputs.add(declaring("01010200030101" + "74").toBytes());
        for (Bytes input : inputs) {
            isBounded(input, BoundedWorkTest::update);
            isBounded(input, bytes -> tools(bytes, UpdateFormat.V1));
        }
    }

    /// As many structs of one client as there is room for.
    private static Bytes structs(String struct) {
        int count = (SIZE - 20) / (struct.length() / 2);
        ByteWriter start = new ByteWriter().varUint(1).varUint(count).varUint(2).varUint(0);
        return new ByteWriter()
                .bytes(repeated(start, struct, start.length() + count * struct.length() / 2))
                .varUint(0)
                .toBytes();
    }

    @Test
    void updatesInV2() {
        List<Bytes> inputs = new ArrayList<>();
        for (int kind : new int[] {Content.GC, Content.DELETED, Content.TYPE}) {
            inputs.add(sameStructs(100_000, kind, ""));
            inputs.add(sameStructs(10_000_000, kind, ""));
            inputs.add(sameStructs(MOST, kind, ""));
        }
        inputs.add(sameStructs(10_000, Content.SKIP, "01".repeat(10_000)));
        inputs.add(sameStructs(10_000, Content.FORMAT, "7e".repeat(10_000)));
        inputs.add(Bytes.ofHex("00".repeat(10)));
        for (int column = 0; column < 9; column++) {
            inputs.add(declaring("00".repeat(1 + column)).toBytes()); // its length
        }
        for (Bytes input : inputs) {
            isBounded(input, BoundedWorkTest::update2, FREE_IN_V2);
            isBounded(input, bytes -> tools(bytes, UpdateFormat.V2), FREE_IN_V2);
        }
    }

    /// Very many structs in very few bytes.
    ///
    /// @param contents what of them stands outside the columns
    private static Bytes sameStructs(long count, int kind, String contents) {
        Bytes ones = new ByteWriter().varInt(-1).varUint(MOST).toBytes();
        Bytes zeros = new ByteWriter().varInt(-0.0).varUint(MOST).toBytes();
        return new ByteWriter()
                .varUint(0)
                .byteArray(new ByteWriter().varInt(1).varUint(MOST).toBytes()) // keys: always the first
                .byteArray(ones) // clients
                .byteArray(Bytes.EMPTY)
                .byteArray(Bytes.EMPTY)
                .byteArray(new ByteWriter().uint8(kind).toBytes())
                .byteArray(new ByteWriter().varString("").bytes(zeros).toBytes())
                .byteArray(new ByteWriter().uint8(1).toBytes())
                .byteArray(zeros) // type refs
                .byteArray(ones) // lengths
                .varUint(1)
                .varUint(count)
                .varUint(0)
                .bytes(Bytes.ofHex(contents))
                .varUint(0)
                .toBytes();
    }

    @Test
    void stateVectorsSnapshotsAndPositions() {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "here");
        for (Bytes input : List.of(
                repeated(declaring(""), "0100", SIZE),
                repeated(writer("").varUint(29_990), "0100", SIZE),
                manyClients(12_000),
                declaring("").toBytes())) {
            isBounded(input, doc::stateSince);
            isBounded(input, bytes -> Updates.diff(Bytes.ofHex("0000"), bytes));
            isBounded(new ByteWriter().varUint(0).bytes(input).toBytes(), Snapshot::decode);
            isBounded(input, Snapshot::decode);
            isBounded(input, bytes -> Snapshot.decode(bytes, UpdateFormat.V2));
        }
        isBounded(declaring("01").toBytes(), RelativePosition::decode);
        isBounded(repeated(declaring("01"), "61", SIZE), RelativePosition::decode);
    }

    private static Bytes manyClients(int count) {
        ByteWriter out = new ByteWriter().varUint(count);
        for (int client = 0; client < count; client++) {
            out.varUint(client).varUint(1);
        }
        return out.toBytes();
    }

    @Test
    void values() {
        for (Bytes input : List.of(
                repeated(writer("75").varUint(20_000), "7600", SIZE),
                repeated(writer("75").varUint(20_000), "7500", SIZE),
                repeated(writer("75").varUint(SIZE - 10), "7e", SIZE),
                repeated(writer("76").varUint(10_000), "0161" + "7e", SIZE),
                repeated(writer(""), "75ffff01", 2_000),
                repeated(writer(""), "76ffff01" + "0161", 2_000),
                declaring("77").toBytes(),
                declaring("74").toBytes())) {
            isBounded(input, bytes -> AnyCodec.read(new ByteReader(bytes)));
        }
        for (String json : List.of("[" + "{},".repeat(SIZE / 3), "[" + "[],".repeat(SIZE / 3), "[".repeat(SIZE))) {
            isBounded(writer("").varString(json).toBytes(), bytes -> Json.parse(new ByteReader(bytes).varString()));
        }
    }

    @Test
    void bytesWithoutSense() {
        Seeds.each(300, random -> {
            Bytes input = senseless(random);
            isBounded(input, BoundedWorkTest::update);
            isBounded(input, BoundedWorkTest::update2, FREE_IN_V2);
            isBounded(input, Snapshot::decode);
            isBounded(input, bytes -> AnyCodec.read(new ByteReader(bytes)));
        });
    }

    private static Bytes senseless(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(4_000)];
        int most = random.nextBoolean() ? 256 : 12;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(most);
        }
        return Bytes.wrap(bytes);
    }
}
