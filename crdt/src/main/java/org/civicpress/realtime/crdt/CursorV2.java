package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// Goes through the columns of an update, struct by struct; texts and values are examined and passed.
final class CursorV2 extends EncodedCursor {
    private static final int NO_PARENT = 0;
    private static final int ROOT = 1;
    private static final int ITEM = 2;

    private final FormatV2.Input in;
    private final Columns.StringReader strings;
    private final ByteReader rest;

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

    CursorV2(Bytes update, boolean pastSkips) {
        super(pastSkips);
        in = new FormatV2.Input(new ByteReader(update));
        strings = in.strings;
        rest = in.rest;
        deletedOrText = new Columns.UintReader[] {in.lengths, strings.lengths()};
        begin();
    }

    @Override
    long number() {
        return rest.varUint();
    }

    @Override
    long blockClient() {
        return in.clients.next();
    }

    @Override
    long struct() {
        in.countStruct();
        info = in.infos.next();
        kind = info & UpdateReader.KIND;
        return switch (kind) {
            case Content.GC -> in.lengths.next();
            case Content.SKIP -> rest.varUint();
            default -> item();
        };
    }

    @Override
    MalformedBytesException malformed(String what) {
        return in.malformed(what);
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
                into.addBare(kind, clock, 1);
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
                FormatV2.Output out = writePlace(encoder);
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

    private FormatV2.Output writePlace(UpdateEncoder encoder) {
        FormatV2.Output out = (FormatV2.Output) encoder.next(client, clock, end);
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
