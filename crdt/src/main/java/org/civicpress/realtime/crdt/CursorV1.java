package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// Goes through the bytes of an update; contents are examined and passed.
final class CursorV1 extends EncodedCursor {
    private final ByteReader in;
    /// Where the struct begins.
    private int begin;
    /// Are its bytes those that would be written?
    private boolean plain;

    private @Nullable DecodedUpdate decoded;

    CursorV1(Bytes update, boolean pastSkips) {
        super(pastSkips);
        in = new ByteReader(update);
        begin();
    }

    @Override
    long number() {
        return in.varUint();
    }

    @Override
    long blockClient() {
        return in.varUint();
    }

    @Override
    long struct() {
        begin = in.position();
        int info = in.uint8();
        kind = info & UpdateReader.KIND;
        plain = true;
        return kind == Content.GC || kind == Content.SKIP ? bare(info) : item(info);
    }

    @Override
    MalformedBytesException malformed(String what) {
        return in.malformed(what);
    }

    private long bare(int info) {
        plain = info == kind;
        return in.varUint();
    }

    private long item(int info) {
        if ((info & UpdateReader.ORIGIN) != 0) {
            id();
        }
        if ((info & UpdateReader.RIGHT_ORIGIN) != 0) {
            id();
        }
        if ((info & (UpdateReader.ORIGIN | UpdateReader.RIGHT_ORIGIN)) == 0) {
            place(info);
        } else {
            plain = (info & UpdateReader.KEY) == 0;
        }
        return content();
    }

    private void id() {
        long of = in.varUint();
        earlier(of, in.varUint());
    }

    private void place(int info) {
        long root = in.varUint();
        if (root == 1) {
            in.skipString();
        } else {
            plain = root == 0;
            id();
        }
        if ((info & UpdateReader.KEY) != 0) {
            in.skipString();
        }
    }

    private long content() {
        switch (kind) {
            case Content.DELETED -> {
                return in.varUint();
            }
            case Content.BINARY -> {
                in.skipByteArray();
                return 1;
            }
            case Content.STRING -> {
                return in.skipString();
            }
            case Content.TYPE -> {
                int ref = in.tag();
                if (!Content.TypeRef.isKnown(ref)) {
                    throw in.malformed("unknown type");
                }
                if (Content.TypeRef.hasName(ref)) {
                    in.skipString();
                }
                return 1;
            }
            case Content.ANY -> {
                int count = in.count();
                for (int i = 0; i < count; i++) {
                    plain &= AnyCodec.skip(in);
                }
                return count;
            }
            default -> {
                plain = false;
                DecodedUpdate row = decoded();
                row.addBare(kind, clock, 1);
                UpdateReader.readContent(new FormatV1.Input(in), row, 0, kind);
                return row.length[0];
            }
        }
    }

    private DecodedUpdate decoded() {
        if (decoded == null) {
            decoded = new DecodedUpdate();
        }
        decoded.clear();
        return decoded;
    }

    @Override
    void copyTo(UpdateSink out, long offset) {
        if (plain
                && offset == 0
                && !in.padded()
                && out instanceof UpdateEncoder encoder
                && encoder.format == UpdateFormat.V1) {
            encoder.addBytes(in, begin, in.position(), this);
            return;
        }
        DecodedUpdate row = decoded();
        UpdateReader.readStruct(
                new FormatV1.Input(new ByteReader(in.between(begin, in.position()))), row, client, clock);
        out.add(row, client, 0, offset);
    }

    @Override
    void readDeletions(DeleteSet into) {
        if (in.hasRemaining() && in.at(in.position()) == 0) {
            return;
        }
        UpdateReader.readDeleteSet(new FormatV1.Input(in), into);
    }
}
