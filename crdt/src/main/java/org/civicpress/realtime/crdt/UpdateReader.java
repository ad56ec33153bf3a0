package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// How an update is made up; what its fields look like, an encoding says ([UpdateInput], [FormatV1], [FormatV2]).
///
/// ```
/// update    := number(n) n × block  deleteSet                     what follows is ignored
/// block     := number(n) client number(clock) n × struct
/// struct    := info(0) length                                     Gc
///            | info(10) number(length)                            Skip: a gap
///            | info(kind | 0x80 | 0x40 | 0x20) [left] [right] [place] content
/// left      := client clock                                       with 0x80: last unit of the left neighbour
/// right     := client clock                                       with 0x40: first unit of the right neighbour
/// place     := parent [string(key)]                               without both; the key with 0x20
/// parent    := parentIsRoot string(root) | parentIsRoot left      a root's name, or the item that holds it
/// content   := length                                             1 Deleted
///            | length n × string(json)                            2 JSON, "undefined" stands for itself
///            | bytes                                              3 Binary
///            | text                                               4 String
///            | json                                               5 Embed
///            | key json                                           6 Format
///            | typeRef [key(name)]                                7 Type; a name with refs 3 and 5
///            | length n × any                                     8 Any
///            | string(guid) any(options)                          9 Doc
/// deleteSet := number(n) n × (number(client) number(m) m × deletion)
/// ```
///
/// A struct's clock is where the one before it ends. The highest client comes first. Reading refuses what no Yjs
/// document could have made and what would poison one: unknown kinds, empty structs, structs that refer to units
/// which their own client had yet to make.
///
/// Source: yjs 13.6 `encoding.js`, `DeleteSet.js`. Static functions; [UpdateWriter] is the other side.
final class UpdateReader {
    static final int ORIGIN = 0x80;
    static final int RIGHT_ORIGIN = 0x40;
    static final int KEY = 0x20;

    static final int KIND = 0x1f;

    private UpdateReader() {}

    static DecodedUpdate read(Bytes update, UpdateFormat format) {
        DecodedUpdate decoded = new DecodedUpdate();
        read(update, format, decoded);
        return decoded;
    }

    /// Fills a cleared `into`; when this throws, its content means nothing.
    ///
    /// @throws MalformedBytesException when the bytes are not an update
    static void read(Bytes update, UpdateFormat format, DecodedUpdate into) {
        UpdateInput in = format.input(update);
        long blocks = in.number();
        for (long i = 0; i < blocks; i++) {
            readBlock(in, into);
        }
        readDeleteSet(in, into.deletes);
    }

    private static void readBlock(UpdateInput in, DecodedUpdate into) {
        long structs = in.number();
        long client = in.client();
        long clock = in.number();
        into.beginBlock(client);
        into.reserve(Math.min(structs, in.remaining() / 4));
        for (long i = 0; i < structs; i++) {
            clock += readStruct(in, into, client, clock);
            if (clock > ByteReader.MAX_SAFE_INTEGER) {
                throw in.malformed("a clock above 2^53 - 1");
            }
        }
    }

    /// @return the length of the struct
    static long readStruct(UpdateInput in, DecodedUpdate into, long client, long clock) {
        in.countStruct();
        int info = in.info();
        int kind = info & KIND;
        int index = into.add();
        if (kind == Content.GC || kind == Content.SKIP) {
            long length = positive(in, kind == Content.GC ? in.length() : in.number());
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
            originClient = in.leftClient();
            originClock = earlier(in, in.leftClock(), client, clock, originClient);
        }
        long rightClient = DecodedUpdate.NONE;
        long rightClock = 0;
        if ((info & RIGHT_ORIGIN) != 0) {
            rightClient = in.rightClient();
            rightClock = earlier(in, in.rightClock(), client, clock, rightClient);
        }
        Object parent = null;
        String key = null;
        if ((info & (ORIGIN | RIGHT_ORIGIN)) == 0) {
            if (in.parentIsRoot()) {
                parent = in.string();
            } else {
                long parentClient = in.leftClient();
                parent = new Id(parentClient, earlier(in, in.leftClock(), client, clock, parentClient));
            }
            if ((info & KEY) != 0) {
                key = in.string();
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

    static void readContent(UpdateInput in, DecodedUpdate into, int index, int kind) {
        switch (kind) {
            case Content.DELETED -> into.length[index] = positive(in, in.length());
            case Content.JSON -> {
                Any[] values = new Any[(int) positive(in, in.valueCount())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = oldJson(in, in.string());
                }
                into.content[index] = values;
                into.length[index] = values.length;
            }
            case Content.BINARY -> into.content[index] = in.bytes();
            case Content.STRING -> {
                Object text = in.text();
                into.content[index] = text;
                into.length[index] = positive(in, TextContent.length(text));
            }
            case Content.EMBED -> into.content[index] = in.json();
            case Content.FORMAT -> into.content[index] = new Content.Format(in.key(), in.json());
            case Content.TYPE -> into.content[index] = readType(in);
            case Content.ANY -> {
                int count = (int) positive(in, in.valueCount());
                into.content[index] = in.values(count);
                into.length[index] = count;
            }
            case Content.DOC -> {
                String guid = in.string();
                Any options = in.any();
                if (options instanceof Any.Null || options instanceof Any.Undefined) {
                    throw in.malformed("a document without options");
                }
                into.content[index] = LazyDoc.read(guid, options);
            }
            default -> throw in.malformed("unknown content " + kind);
        }
    }

    static Content.TypeRef readType(UpdateInput in) {
        int ref = in.typeRef();
        if (!Content.TypeRef.isKnown(ref)) {
            throw in.malformed("unknown type");
        }
        return new Content.TypeRef(ref, Content.TypeRef.hasName(ref) ? in.key() : null);
    }

    /// A value of the legacy content, which is text in both encodings.
    private static Any oldJson(UpdateInput in, String text) {
        if (text.equals("undefined")) {
            return Any.UNDEFINED;
        }
        try {
            return Json.parse(text);
        } catch (MalformedBytesException e) {
            throw in.malformed("a value that is not JSON");
        }
    }

    static void readDeleteSet(UpdateInput in, DeleteSet into) {
        long clients = in.number();
        for (long i = 0; i < clients; i++) {
            in.beginDeletions();
            long client = in.number();
            long ranges = in.number();
            DeleteSet.Ranges mine = null;
            for (long j = 0; j < ranges; j++) {
                long clock = in.deletionClock();
                long length = in.deletionLength();
                if (clock + length > ByteReader.MAX_SAFE_INTEGER) {
                    throw in.malformed("a deletion above 2^53 - 1");
                }
                if (length > 0) {
                    mine = mine == null ? into.of(client) : mine;
                    mine.add(clock, length);
                }
            }
        }
    }

    /// The clock of an id that a struct refers to; one of its own client has to come before it.
    private static long earlier(UpdateInput in, long at, long client, long clock, long referred) {
        if (referred == client && at >= clock) {
            throw in.malformed("a struct that refers to a later one of its own client");
        }
        return at;
    }

    private static long positive(UpdateInput in, long length) {
        if (length == 0) {
            throw in.malformed("an empty struct");
        }
        return length;
    }
}
