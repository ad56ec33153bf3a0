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
        private final Columns.UintReader clients;
        private final Columns.DiffReader leftClocks;
        private final Columns.DiffReader rightClocks;
        private final Columns.RleReader infos;
        private final Columns.StringReader strings;
        private final Columns.RleReader parentInfos;
        private final Columns.UintReader typeRefs;
        private final Columns.UintReader lengths;
        private final ByteReader rest;
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
        private final Columns.DiffWriter keyClocks = new Columns.DiffWriter(16);
        private final Columns.UintWriter clients;
        private final Columns.DiffWriter leftClocks;
        private final Columns.DiffWriter rightClocks;
        private final Columns.RleWriter infos;
        private final Columns.StringWriter strings;
        private final Columns.RleWriter parentInfos = new Columns.RleWriter(16);
        private final Columns.UintWriter typeRefs = new Columns.UintWriter(16);
        private final Columns.UintWriter lengths;
        private final ByteWriter rest;
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
        boolean takesStructs() {
            return false;
        }

        @Override
        void structs(byte[] encoded) {
            throw new UnsupportedOperationException("structs stand in columns");
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
            List<ByteWriter> columns = List.of(
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
            for (ByteWriter column : columns) {
                size += column.length();
            }
            ByteWriter out = new ByteWriter(size).varUint(0);
            columns.forEach(out::byteArray);
            return out.bytes(rest).takeBytes();
        }
    }

    /// Goes through the columns of an update, struct by struct; texts and values are examined and passed.
    static final class Cursor extends UpdateCursor {
        private static final int NO_PARENT = 0;
        private static final int ROOT = 1;
        private static final int ITEM = 2;

        private final Input in;
        private final Columns.StringReader strings;
        private final ByteReader rest;
        private final boolean pastSkips;
        private long blocksLeft;
        private long structsLeft;
        private long nextClient;
        private long nextClock;

        // The struct; what it does not have, is what an earlier one had.
        private int info;
        private long originClient;
        private long originClock;
        private long rightClient;
        private long rightClock;
        private int parent;
        private long parentClient;
        private long parentClock;
        /// In [#strings]: a root's name, then a key, then a text.
        private int nameBegin;

        private int keyBegin;
        private int keyEnd;
        private int textBegin;
        private int textEnd;
        private int typeRef;
        private @Nullable String typeName;
        /// In [#rest]: bytes or values.
        private int valuesBegin;

        private int valuesEnd;
        /// Is what stands in [#rest] what would be written?
        private boolean plain;
        /// Other contents.
        private @Nullable Object content;

        private @Nullable DecodedUpdate row;
        /// Where the length of a Deleted and of a String stands. Which of them comes next cannot be guessed, so it is
        /// looked up and not asked.
        private final Columns.UintReader[] deletedOrText;

        Cursor(Bytes update, boolean pastSkips) {
            in = new Input(new ByteReader(update));
            strings = in.strings;
            rest = in.rest;
            deletedOrText = new Columns.UintReader[] {in.lengths, strings.lengths()};
            this.pastSkips = pastSkips;
            blocksLeft = rest.varUint();
            advance();
        }

        @Override
        void advance() {
            do {
                while (structsLeft == 0) {
                    if (blocksLeft == 0) {
                        done = true;
                        return;
                    }
                    blocksLeft--;
                    structsLeft = rest.varUint();
                    nextClient = in.clients.next();
                    nextClock = rest.varUint();
                }
                structsLeft--;
                in.countStruct();
                client = nextClient;
                clock = nextClock;
                info = in.infos.next();
                kind = info & UpdateReader.KIND;
                long length = switch (kind) {
                    case Content.GC -> in.lengths.next();
                    case Content.SKIP -> rest.varUint();
                    default -> item();
                };
                if (length == 0) {
                    throw in.malformed("an empty struct");
                }
                end = clock + length;
                if (end > ByteReader.MAX_SAFE_INTEGER) {
                    throw in.malformed("a clock above 2^53 - 1");
                }
                nextClock = end;
            } while (pastSkips && kind == Content.SKIP);
        }

        private long item() {
            if ((info & UpdateReader.ORIGIN) != 0) {
                originClient = in.clients.next();
                originClock = earlier(originClient, in.leftClocks.next());
            }
            if ((info & UpdateReader.RIGHT_ORIGIN) != 0) {
                rightClient = in.clients.next();
                rightClock = earlier(rightClient, in.rightClocks.next());
            }
            parent = NO_PARENT;
            if ((info & (UpdateReader.ORIGIN | UpdateReader.RIGHT_ORIGIN)) == 0) {
                place();
            }
            return content();
        }

        private long earlier(long of, long at) {
            if (of == client && at >= clock) {
                throw in.malformed("a struct that refers to a later one of its own client");
            }
            return at;
        }

        private void place() {
            nameBegin = strings.position();
            if (in.parentInfos.next() == 1) {
                parent = ROOT;
                strings.skip();
            } else {
                parent = ITEM;
                parentClient = in.clients.next();
                parentClock = earlier(parentClient, in.leftClocks.next());
            }
            keyBegin = strings.position();
            if ((info & UpdateReader.KEY) != 0) {
                strings.skip();
            }
            keyEnd = strings.position();
        }

        private boolean hasKey() {
            return parent != NO_PARENT && (info & UpdateReader.KEY) != 0;
        }

        private long content() {
            if (kind == Content.DELETED | kind == Content.STRING) {
                int text = kind >> 2; // 1 for a String, 0 for a Deleted
                long length = deletedOrText[text].next();
                textBegin = strings.position();
                textEnd = strings.skip(length & -text);
                return length;
            }
            return otherContent();
        }

        private long otherContent() {
            switch (kind) {
                case Content.BINARY -> {
                    valuesBegin = rest.position();
                    rest.skipByteArray();
                    valuesEnd = rest.position();
                    plain = !rest.padded();
                    return 1;
                }
                case Content.ANY -> {
                    int count = in.valueCount();
                    valuesBegin = rest.position();
                    plain = true;
                    for (int i = 0; i < count; i++) {
                        plain &= AnyCodec.skip(rest);
                    }
                    valuesEnd = rest.position();
                    return count;
                }
                case Content.TYPE -> {
                    Content.TypeRef type = UpdateReader.readType(in);
                    typeRef = type.ref();
                    typeName = type.name();
                    return 1;
                }
                default -> {
                    DecodedUpdate into = emptyRow();
                    into.set(
                            into.add(),
                            kind,
                            clock,
                            1,
                            DecodedUpdate.NONE,
                            0,
                            DecodedUpdate.NONE,
                            0,
                            null,
                            null,
                            Content.NOTHING);
                    UpdateReader.readContent(in, into, 0, kind);
                    content = into.content[0];
                    return into.length[0];
                }
            }
        }

        @Override
        void copyTo(UpdateSink out, long offset) {
            if (offset == 0
                    && out instanceof UpdateEncoder encoder
                    && encoder.format == UpdateFormat.V2
                    && write(encoder)) {
                return;
            }
            out.add(decode(), client, 0, offset);
        }

        /// @return false when the content has to be decoded first
        private boolean write(UpdateEncoder encoder) {
            switch (kind) {
                case Content.GC -> encoder.addGc(client, clock, end);
                case Content.DELETED -> writePlace(encoder).lengths.write(end - clock);
                case Content.STRING -> writePlace(encoder).strings.write(strings, textBegin, textEnd);
                case Content.BINARY, Content.ANY -> {
                    if (!plain) {
                        return false;
                    }
                    Output out = writePlace(encoder);
                    if (kind == Content.ANY) {
                        out.lengths.write(end - clock);
                    }
                    out.rest.bytes(rest, valuesBegin, valuesEnd);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private Output writePlace(UpdateEncoder encoder) {
            Output out = (Output) encoder.next(client, clock, end);
            int lost = parent == NO_PARENT ? UpdateReader.KEY : 0;
            out.infos.write(info & ~lost);
            if ((info & UpdateReader.ORIGIN) != 0) {
                out.left(originClient, originClock);
            }
            if ((info & UpdateReader.RIGHT_ORIGIN) != 0) {
                out.right(rightClient, rightClock);
            }
            if (parent == ROOT) {
                out.parentInfos.write(1);
                out.strings.write(strings, nameBegin, keyBegin);
            } else if (parent == ITEM) {
                out.parentInfos.write(0);
                out.left(parentClient, parentClock);
            }
            if (hasKey()) {
                out.strings.write(strings, keyBegin, keyEnd);
            }
            return out;
        }

        private DecodedUpdate emptyRow() {
            if (row == null) {
                row = new DecodedUpdate();
            }
            row.clear();
            return row;
        }

        private DecodedUpdate decode() {
            DecodedUpdate into = emptyRow();
            boolean bare = kind == Content.GC || kind == Content.SKIP;
            if (bare) {
                into.addBare(kind, clock, end - clock);
                return into;
            }
            boolean hasOrigin = (info & UpdateReader.ORIGIN) != 0;
            boolean hasRight = (info & UpdateReader.RIGHT_ORIGIN) != 0;
            Object holder = switch (parent) {
                case ROOT -> strings.string(nameBegin, keyBegin);
                case ITEM -> new Id(parentClient, parentClock);
                default -> null;
            };
            into.set(
                    into.add(),
                    kind,
                    clock,
                    end - clock,
                    hasOrigin ? originClient : DecodedUpdate.NONE,
                    originClock,
                    hasRight ? rightClient : DecodedUpdate.NONE,
                    rightClock,
                    holder,
                    hasKey() ? strings.string(keyBegin, keyEnd) : null,
                    decodeContent());
            return into;
        }

        private Object decodeContent() {
            return switch (kind) {
                case Content.DELETED -> Content.NOTHING;
                case Content.STRING -> strings.text(textBegin, textEnd);
                case Content.BINARY -> values().byteArray().compact();
                case Content.ANY -> {
                    ByteReader from = values();
                    Any[] values = new Any[(int) (end - clock)];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = AnyCodec.read(from);
                    }
                    yield values;
                }
                case Content.TYPE -> new Content.TypeRef(typeRef, typeName);
                default -> java.util.Objects.requireNonNull(content);
            };
        }

        private ByteReader values() {
            return new ByteReader(rest.between(valuesBegin, valuesEnd));
        }

        @Override
        void readDeletions(DeleteSet into) {
            UpdateReader.readDeleteSet(in, into);
        }
    }
}
