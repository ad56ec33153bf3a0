package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// Updates in encoding V1.
///
/// ```
/// update    := varUint(n) n × block  deleteSet                    what follows is ignored
/// block     := varUint(n) varUint(client) varUint(clock) n × struct
/// struct    := uint8(0) varUint(length)                           Gc
///            | uint8(10) varUint(length)                          Skip: a gap
///            | uint8(kind | 0x80 | 0x40 | 0x20) [origin] [rightOrigin] [place] content
/// origin    := id                                                 with 0x80: last unit of the left neighbour
/// rightOrigin := id                                               with 0x40: first unit of the right neighbour
/// place     := parent [varString(key)]                            without both; the key with 0x20
/// parent    := varUint(1) varString(root) | varUint(0) id
/// id        := varUint(client) varUint(clock)
/// content   := varUint(length)                                    1 Deleted
///            | varUint(n) n × varString(json)                     2 JSON, "undefined" stands for itself
///            | byteArray                                          3 Binary
///            | varString                                          4 String
///            | varString(json)                                    5 Embed
///            | varString(key) varString(json)                     6 Format
///            | varUint(ref) [varString(name)]                     7 Type; a name with refs 3 and 5
///            | varUint(n) n × any                                 8 Any
///            | varString(guid) any(options)                       9 Doc
/// deleteSet := varUint(n) n × (varUint(client) varUint(m) m × (varUint(clock) varUint(length)))
/// ```
///
/// A struct's clock is where the one before it ends. The highest client comes first. Reading refuses what no Yjs
/// document could have made and what would poison one: unknown kinds, empty structs, structs that refer to units
/// which their own client had yet to make.
///
/// Source: yjs 13.6 `UpdateEncoder.js`, `UpdateDecoder.js`, `encoding.js`, `DeleteSet.js`.
final class UpdateV1 {
    private static final int ORIGIN = 0x80;
    private static final int RIGHT_ORIGIN = 0x40;
    private static final int KEY = 0x20;
    private static final int KIND = 0x1f;

    private static final int PARENT_IS_ROOT = 1;

    private UpdateV1() {}

    // ---- reading

    static DecodedUpdate read(Bytes update) {
        DecodedUpdate decoded = new DecodedUpdate();
        read(update, decoded);
        return decoded;
    }

    /// Fills a cleared `into`; when this throws, its content means nothing.
    ///
    /// @throws MalformedBytesException when the bytes are not an update
    static void read(Bytes update, DecodedUpdate into) {
        ByteReader in = new ByteReader(update);
        long blocks = in.varUint();
        for (long i = 0; i < blocks; i++) {
            readBlock(in, into);
        }
        readDeleteSet(in, into.deletes);
    }

    private static void readBlock(ByteReader in, DecodedUpdate into) {
        long structs = in.varUint();
        long client = in.varUint();
        long clock = in.varUint();
        into.beginBlock(client);
        for (long i = 0; i < structs; i++) {
            clock += readStruct(in, into, client, clock);
            if (clock > ByteReader.MAX_SAFE_INTEGER) {
                throw in.malformed("a clock above 2^53 - 1");
            }
        }
    }

    /// @return the length of the struct
    private static long readStruct(ByteReader in, DecodedUpdate into, long client, long clock) {
        int info = in.uint8();
        int kind = info & KIND;
        int index = into.add();
        if (kind == Content.GC || kind == Content.SKIP) {
            long length = positive(in);
            into.set(
                    index,
                    kind,
                    clock,
                    length,
                    DecodedUpdate.NONE,
                    0,
                    DecodedUpdate.NONE,
                    0,
                    null,
                    null,
                    Content.NOTHING);
            return length;
        }
        long originClient = DecodedUpdate.NONE;
        long originClock = 0;
        if ((info & ORIGIN) != 0) {
            originClient = in.varUint();
            originClock = earlier(in, client, clock, originClient);
        }
        long rightClient = DecodedUpdate.NONE;
        long rightClock = 0;
        if ((info & RIGHT_ORIGIN) != 0) {
            rightClient = in.varUint();
            rightClock = earlier(in, client, clock, rightClient);
        }
        Object parent = null;
        String key = null;
        if ((info & (ORIGIN | RIGHT_ORIGIN)) == 0) {
            if (in.varUint() == PARENT_IS_ROOT) {
                parent = in.varString();
            } else {
                long parentClient = in.varUint();
                parent = new Id(parentClient, earlier(in, client, clock, parentClient));
            }
            if ((info & KEY) != 0) {
                key = in.varString();
            }
        }
        into.set(
                index,
                kind,
                clock,
                1,
                originClient,
                originClock,
                rightClient,
                rightClock,
                parent,
                key,
                Content.NOTHING);
        readContent(in, into, index, kind);
        return into.length[index];
    }

    private static void readContent(ByteReader in, DecodedUpdate into, int index, int kind) {
        switch (kind) {
            case Content.DELETED -> into.length[index] = positive(in);
            case Content.JSON -> {
                Any[] values = new Any[notEmpty(in, in.count())];
                for (int i = 0; i < values.length; i++) {
                    String json = in.varString();
                    values[i] = json.equals("undefined") ? Any.UNDEFINED : json(in, json);
                }
                into.content[index] = values;
                into.length[index] = values.length;
            }
            case Content.BINARY -> into.content[index] = in.byteArray().compact();
            case Content.STRING -> {
                Object text = TextContent.read(in);
                into.content[index] = text;
                into.length[index] = notEmpty(in, TextContent.length(text));
            }
            case Content.EMBED -> into.content[index] = json(in, in.varString());
            case Content.FORMAT -> into.content[index] = new Content.Format(in.varString(), json(in, in.varString()));
            case Content.TYPE -> into.content[index] = readType(in);
            case Content.ANY -> {
                Any[] values = new Any[notEmpty(in, in.count())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = AnyCodec.read(in);
                }
                into.content[index] = values;
                into.length[index] = values.length;
            }
            case Content.DOC -> {
                String guid = in.varString();
                Any options = AnyCodec.read(in);
                if (options instanceof Any.Null || options instanceof Any.Undefined) {
                    throw in.malformed("a document without options");
                }
                into.content[index] = Content.Subdoc.of(guid, options);
            }
            default -> throw in.malformed("unknown content " + kind);
        }
    }

    private static Content.TypeRef readType(ByteReader in) {
        int ref = in.tag();
        if (ref < Content.TypeRef.ARRAY || ref > Content.TypeRef.XML_TEXT) {
            throw in.malformed("unknown type");
        }
        return new Content.TypeRef(ref, Content.TypeRef.hasName(ref) ? in.varString() : null);
    }

    private static void readDeleteSet(ByteReader in, DeleteSet into) {
        long clients = in.varUint();
        for (long i = 0; i < clients; i++) {
            long client = in.varUint();
            long ranges = in.varUint();
            DeleteSet.Ranges mine = ranges > 0 ? into.of(client) : null;
            for (long j = 0; j < ranges; j++) {
                long clock = in.varUint();
                long length = in.varUint();
                if (clock + length > ByteReader.MAX_SAFE_INTEGER) {
                    throw in.malformed("a deletion above 2^53 - 1");
                }
                if (mine != null && length > 0) {
                    mine.add(clock, length);
                }
            }
        }
    }

    /// The clock of an id that a struct refers to; one of its own client has to come before it.
    private static long earlier(ByteReader in, long client, long clock, long referred) {
        long at = in.varUint();
        if (referred == client && at >= clock) {
            throw in.malformed("a struct that refers to a later one of its own client");
        }
        return at;
    }

    private static long positive(ByteReader in) {
        long length = in.varUint();
        if (length == 0) {
            throw in.malformed("an empty struct");
        }
        return length;
    }

    private static int notEmpty(ByteReader in, int length) {
        if (length == 0) {
            throw in.malformed("an empty struct");
        }
        return length;
    }

    private static Any json(ByteReader in, String json) {
        try {
            return Json.parse(json);
        } catch (MalformedBytesException e) {
            throw in.malformed("a value that is not JSON");
        }
    }

    // ---- writing

    /// What a document holds beyond `known`, and all its deletions.
    static Bytes write(StructStore store, StateVector known) {
        ByteWriter out = new ByteWriter(store.encodedSizeHint());
        int blocks = 0;
        for (ClientStructs client : store.descending()) {
            if (client.state > known.clock(client.client)) {
                blocks++;
            }
        }
        out.varUint(blocks);
        for (ClientStructs client : store.descending()) {
            long clock = known.clock(client.client);
            if (client.state > clock) {
                writeBlock(out, store, client, (int) clock);
            }
        }
        writeDeleteSet(out, store.deletions());
        return out.toBytes();
    }

    /// What was added since a transaction began, and what it deleted.
    static Bytes write(StructStore store, Transaction transaction) {
        ByteWriter out = new ByteWriter();
        IntMap before = transaction.before;
        out.varUint(before.size());
        if (before.size() == 1) {
            writeBlock(out, store, store.client(before.keyAt(0)), before.valueAt(0));
        } else if (before.size() > 1) {
            for (ClientStructs client : store.descending()) {
                int clock = before.get(client.index);
                if (clock != IntMap.NONE) {
                    writeBlock(out, store, client, clock);
                }
            }
        }
        writeDeleteSet(out, transaction.deletions());
        return out.toBytes();
    }

    private static void writeBlock(ByteWriter out, StructStore store, ClientStructs client, int clock) {
        int first = client.find(clock);
        out.varUint(client.size() - first).varUint(client.client).varUint(clock);
        writeStruct(out, store, client.get(first), clock - store.clock(client.get(first)));
        for (int i = first + 1; i < client.size(); i++) {
            writeStruct(out, store, client.get(i), 0);
        }
    }

    private static void writeStruct(ByteWriter out, StructStore store, int item, int offset) {
        int kind = store.kind(item);
        int length = store.length(item);
        if (kind == Content.GC) {
            out.uint8(Content.GC).varUint(length - offset);
            return;
        }
        int originClient = store.originClient(item);
        int rightClient = store.rightOriginClient(item);
        int key = store.key(item);
        boolean hasOrigin = offset > 0 || originClient >= 0;
        out.uint8(kind | (hasOrigin ? ORIGIN : 0) | (rightClient >= 0 ? RIGHT_ORIGIN : 0) | (key >= 0 ? KEY : 0));
        if (offset > 0) {
            out.varUint(store.client(store.clientIndex(item)).client).varUint(store.clock(item) + offset - 1);
        } else if (hasOrigin) {
            out.varUint(store.client(originClient).client).varUint(store.originClock(item));
        }
        if (rightClient >= 0) {
            out.varUint(store.client(rightClient).client).varUint(store.rightOriginClock(item));
        }
        if (!hasOrigin && rightClient < 0) {
            YType parent = store.type(store.parent(item));
            if (parent.rootName != null) {
                out.varUint(PARENT_IS_ROOT).varString(parent.rootName);
            } else {
                out.varUint(0)
                        .varUint(store.client(store.clientIndex(parent.item)).client)
                        .varUint(store.clock(parent.item));
            }
            if (key >= 0) {
                out.varString(store.keyName(key));
            }
        }
        writeContent(out, kind, store.content(item), offset, length);
    }

    /// Units `offset` to `length` of a content.
    private static void writeContent(ByteWriter out, int kind, Object content, long offset, long length) {
        switch (kind) {
            case Content.DELETED -> out.varUint(length - offset);
            case Content.JSON -> {
                Any[] values = (Any[]) content;
                out.varUint(length - offset);
                for (int i = (int) offset; i < length; i++) {
                    out.varString(values[i] instanceof Any.Undefined ? "undefined" : Json.stringify(values[i]));
                }
            }
            case Content.BINARY -> out.byteArray((Bytes) content);
            case Content.STRING -> TextContent.write(out, content, (int) offset, (int) length);
            case Content.EMBED -> out.varString(Json.stringify((Any) content));
            case Content.FORMAT -> {
                Content.Format format = (Content.Format) content;
                out.varString(format.key()).varString(Json.stringify(format.value()));
            }
            case Content.TYPE -> {
                Content.TypeRef type = content instanceof YType live ? live.typeRef() : (Content.TypeRef) content;
                out.varUint(type.ref());
                if (type.name() != null) {
                    out.varString(type.name());
                }
            }
            case Content.ANY -> {
                Any[] values = (Any[]) content;
                out.varUint(length - offset);
                for (int i = (int) offset; i < length; i++) {
                    AnyCodec.write(out, values[i]);
                }
            }
            case Content.DOC -> {
                Content.Subdoc doc = (Content.Subdoc) content;
                out.varString(doc.guid());
                AnyCodec.write(out, doc.options());
            }
            default -> throw new IllegalStateException("content of kind " + kind);
        }
    }

    /// An update without a document, as it is: the blocks in their order, the deletions with the highest client
    /// first.
    static Bytes write(DecodedUpdate update) {
        ByteWriter out = new ByteWriter();
        out.varUint(update.blocks);
        for (int block = 0; block < update.blocks; block++) {
            int begin = update.begin(block);
            int end = update.end(block);
            long client = update.blockClient[block];
            out.varUint(end - begin).varUint(client).varUint(update.clock[begin]);
            for (int i = begin; i < end; i++) {
                writeStruct(out, update, i);
            }
        }
        writeDeleteSet(out, update.deletes);
        return out.toBytes();
    }

    private static void writeStruct(ByteWriter out, DecodedUpdate update, int index) {
        int kind = update.kind[index];
        if (kind == Content.GC || kind == Content.SKIP) {
            out.uint8(kind).varUint(update.length[index]);
            return;
        }
        boolean hasOrigin = update.originClient[index] >= 0;
        boolean hasRight = update.rightClient[index] >= 0;
        String key = update.key[index];
        out.uint8(kind | (hasOrigin ? ORIGIN : 0) | (hasRight ? RIGHT_ORIGIN : 0) | (key != null ? KEY : 0));
        if (hasOrigin) {
            out.varUint(update.originClient[index]).varUint(update.originClock[index]);
        }
        if (hasRight) {
            out.varUint(update.rightClient[index]).varUint(update.rightClock[index]);
        }
        if (!hasOrigin && !hasRight) {
            switch (update.parent[index]) {
                case String root -> out.varUint(PARENT_IS_ROOT).varString(root);
                case Id(var client, var clock) -> out.varUint(0).varUint(client).varUint(clock);
                case null, default -> throw new IllegalStateException("a struct without a place");
            }
            if (key != null) {
                out.varString(key);
            }
        }
        writeContent(out, kind, update.content[index], 0, update.length[index]);
    }

    static void writeDeleteSet(ByteWriter out, DeleteSet deletes) {
        out.varUint(deletes.clients().size());
        for (DeleteSet.Ranges ranges : deletes.descending()) {
            out.varUint(ranges.client).varUint(ranges.size());
            for (int i = 0; i < ranges.size(); i++) {
                out.varUint(ranges.clock(i)).varUint(ranges.length(i));
            }
        }
    }
}
