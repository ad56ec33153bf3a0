package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// Encoding V2: fields of one kind stand together in columns, so that what repeats costs next to nothing.
///
/// ```
/// update := varUint(0)                      flags, not used
///           byteArray(keyClocks)            intDiffOptRle: the number of a key
///           byteArray(clients)              uintOptRle: of blocks, origins and parents
///           byteArray(leftClocks)           intDiffOptRle: of origins and parents
///           byteArray(rightClocks)          intDiffOptRle
///           byteArray(infos)                rle
///           byteArray(strings)              root names, map keys, texts, JSON, keys, guids
///           byteArray(parentInfos)          rle
///           byteArray(typeRefs)             uintOptRle
///           byteArray(lengths)              uintOptRle: of Gcs, deletions, values
///           rest                            numbers, values, bytes, deletions
/// deletion := varUint(gap before) varUint(length - 1)       per client from 0 on
/// ```
///
/// A key may refer to an earlier one by its number; no writer does that, because no older reader could have read
/// it. Columns are in [Columns]. Source: yjs 13.6 `UpdateEncoder.js`, `UpdateDecoder.js`.
final class FormatV2 {
    private FormatV2() {}

    static final class Input extends UpdateInput {
        /// A struct may stand in no byte of its own: columns of equal values say how often, and that costs
        /// nothing. So many are read anyway; what people write has a byte for each at least, most has more.
        private static final long FREE_STRUCTS = 1 << 17;

        private static final long STRUCTS_PER_BYTE = 8;

        private static final Bytes NO_STRINGS = Bytes.ofHex("00");

        private final Columns.DiffReader keyClocks;
        final Columns.UintReader clients;
        final Columns.DiffReader leftClocks;
        final Columns.DiffReader rightClocks;
        final Columns.RleReader infos;
        final Columns.StringReader strings;
        final Columns.RleReader parentInfos;
        private final Columns.UintReader typeRefs;
        final Columns.UintReader lengths;
        final ByteReader rest;
        /// Of all columns together.
        private final int size;

        private final List<String> keys = new ArrayList<>(0);
        private long deletionClock;

        Input(ByteReader in) {
            this(in, true);
        }

        /// @param columns false when only deletions follow, which stand in no column
        Input(ByteReader in, boolean columns) {
            super(FREE_STRUCTS + in.remaining() * STRUCTS_PER_BYTE);
            size = in.remaining();
            if (columns) {
                in.varUint();
            }
            keyClocks = Columns.DiffReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            clients = Columns.UintReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            leftClocks = Columns.DiffReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            rightClocks = Columns.DiffReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            infos = Columns.RleReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            strings = new Columns.StringReader(columns ? in.byteArray() : NO_STRINGS);
            parentInfos = Columns.RleReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            typeRefs = Columns.UintReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            lengths = Columns.UintReader.of(columns ? in.byteArray() : Bytes.EMPTY);
            rest = in;
        }

        @Override
        long number() {
            return rest.varUint();
        }

        @Override
        long client() {
            return clients.next();
        }

        @Override
        int info() {
            return infos.next();
        }

        @Override
        long leftClient() {
            return clients.next();
        }

        @Override
        long leftClock() {
            return leftClocks.next();
        }

        @Override
        long rightClient() {
            return clients.next();
        }

        @Override
        long rightClock() {
            return rightClocks.next();
        }

        @Override
        boolean parentIsRoot() {
            return parentInfos.next() == 1;
        }

        @Override
        String string() {
            return strings.next();
        }

        @Override
        Object text() {
            return strings.nextText();
        }

        @Override
        String key() {
            long clock = keyClocks.next();
            if (clock < keys.size()) {
                return keys.get((int) clock);
            }
            String key = strings.next();
            keys.add(key);
            return key;
        }

        @Override
        int typeRef() {
            return (int) Math.min(typeRefs.next(), Integer.MAX_VALUE);
        }

        @Override
        long length() {
            return lengths.next();
        }

        @Override
        int valueCount() {
            long count = lengths.next();
            if (count > (long) rest.remaining() + strings.remaining()) {
                throw malformed(count + " values where fewer bytes remain");
            }
            return (int) count;
        }

        @Override
        Any any() {
            return AnyCodec.read(rest);
        }

        @Override
        Object values(int count) {
            return ValuesContent.read(rest, count);
        }

        @Override
        Any json() {
            Any value = AnyCodec.read(rest);
            try {
                Json.stringify(value);
            } catch (IllegalArgumentException e) {
                throw malformed("a value that V1 could not say");
            }
            return value;
        }

        @Override
        Bytes bytes() {
            return rest.byteArray().compact();
        }

        @Override
        void beginDeletions() {
            deletionClock = 0;
        }

        @Override
        long deletionClock() {
            deletionClock += rest.varUint();
            return deletionClock;
        }

        @Override
        long deletionLength() {
            long length = rest.varUint() + 1;
            deletionClock += length;
            return length;
        }

        @Override
        int remaining() {
            return size;
        }

        @Override
        MalformedBytesException malformed(String what) {
            return rest.malformed(what);
        }
    }

    static final class Output extends UpdateOutput {
        /// What is written anew where two outputs are joined, of all columns.
        private static final int SEAMS = 256;

        private final Columns.DiffWriter keyClocks = new Columns.DiffWriter(16);
        private final Columns.UintWriter clients;
        private final Columns.DiffWriter leftClocks;
        private final Columns.DiffWriter rightClocks;
        final Columns.RleWriter infos;
        final Columns.StringWriter strings;
        final Columns.RleWriter parentInfos = new Columns.RleWriter(16);
        private final Columns.UintWriter typeRefs = new Columns.UintWriter(16);
        final Columns.UintWriter lengths;
        final ByteWriter rest;
        private long keys;
        private long deletionClock;

        /// @param sizeHint how many bytes may be expected in all
        Output(int sizeHint) {
            int column = sizeHint / 8;
            clients = new Columns.UintWriter(column);
            leftClocks = new Columns.DiffWriter(column * 2);
            rightClocks = new Columns.DiffWriter(column * 2);
            infos = new Columns.RleWriter(column);
            strings = new Columns.StringWriter(sizeHint / 2);
            lengths = new Columns.UintWriter(column);
            rest = new ByteWriter(column);
        }

        @Override
        void number(long value) {
            rest.varUint(value);
        }

        @Override
        void client(long client) {
            clients.write(client);
        }

        @Override
        void info(int info) {
            infos.write(info);
        }

        @Override
        boolean isWhole() {
            return strings.isWhole();
        }

        /// Columns are joined only in the end.
        @Override
        int sizeInOthers() {
            return SEAMS + rest.length();
        }

        @Override
        void structs(UpdateOutput written) {
            Output other = (Output) written;
            keyClocks.writeAscending(keys, other.keys);
            keys += other.keys;
            clients.write(other.clients);
            leftClocks.write(other.leftClocks);
            rightClocks.write(other.rightClocks);
            infos.write(other.infos);
            strings.write(other.strings);
            parentInfos.write(other.parentInfos);
            typeRefs.write(other.typeRefs);
            lengths.write(other.lengths);
            rest.bytes(other.rest);
        }

        @Override
        void place(
                int info, @Nullable ClientStructs left, int leftClock, @Nullable ClientStructs right, int rightClock) {
            infos.write(info);
            if (left != null) {
                clients.write(left.client);
                leftClocks.write(leftClock);
            }
            if (right != null) {
                clients.write(right.client);
                rightClocks.write(rightClock);
            }
        }

        @Override
        void left(long client, long clock) {
            clients.write(client);
            leftClocks.write(clock);
        }

        @Override
        void right(long client, long clock) {
            clients.write(client);
            rightClocks.write(clock);
        }

        @Override
        void parentIsRoot(boolean root) {
            parentInfos.write(root ? 1 : 0);
        }

        @Override
        void string(String text) {
            strings.write(text);
        }

        @Override
        void text(Object text, int begin, int end) {
            strings.write(text, begin, end);
        }

        @Override
        void key(String key) {
            keyClocks.write(keys++);
            strings.write(key);
        }

        @Override
        void typeRef(int ref) {
            typeRefs.write(ref);
        }

        @Override
        void length(long length) {
            lengths.write(length);
        }

        @Override
        void any(Any value) {
            AnyCodec.write(rest, value);
        }

        @Override
        void values(Object content, int begin, int length) {
            ValuesContent.write(rest, content, begin, length);
        }

        @Override
        void json(Any value) {
            AnyCodec.write(rest, value);
        }

        @Override
        void bytes(Bytes bytes) {
            rest.byteArray(bytes);
        }

        @Override
        void beginDeletions() {
            deletionClock = 0;
        }

        @Override
        void deletion(long clock, long length) {
            rest.varUint(clock - deletionClock).varUint(length - 1);
            deletionClock = clock + length;
        }

        @Override
        boolean goesBack() {
            return false;
        }

        @Override
        Bytes bareBytes() {
            return rest.toBytes();
        }

        @Override
        int bareLength() {
            return rest.length();
        }

        @Override
        void bareBytes(ByteReader in, int begin, int end) {
            rest.bytes(in, begin, end);
        }

        @Override
        Bytes toBytes() {
            return toBytes(rest);
        }

        @Override
        Bytes toBytes(int[] blockAt, long[] blockSize, int blocks) {
            return toBytes(withCounts(rest, blockAt, blockSize, blocks));
        }

        private Bytes toBytes(ByteWriter rest) {
            List<Columns.Column> columns = List.of(
                    keyClocks.finish(),
                    clients.finish(),
                    leftClocks.finish(),
                    rightClocks.finish(),
                    infos.finish(),
                    strings.finish(),
                    parentInfos.finish(),
                    typeRefs.finish(),
                    lengths.finish());
            int size = rest.length() + 64;
            for (Columns.Column column : columns) {
                size += column.length();
            }
            ByteWriter out = new ByteWriter(size).varUint(0);
            columns.forEach(column -> column.writeTo(out));
            return out.bytes(rest).takeBytes();
        }
    }
}
