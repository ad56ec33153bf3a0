package org.civicpress.realtime.crdt;

import java.util.Arrays;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Encodes structs as they come. How many there are of a client is known at the end only, and stands before them:
/// the places of those counts are remembered, and [UpdateOutput#toBytes(int[], long[], int)] puts them in.
///
/// In V1, structs that are to be written as they were read are only noted as a stretch of the bytes that were
/// read, so that many which follow each other are copied at once. A Gc that may yet grow is held back. Confined to
/// its user.
///
/// Source: yjs 13.6 `updates.js#LazyStructWriter`.
final class UpdateEncoder extends UpdateSink {
    final UpdateFormat format;
    private final UpdateOutput out;

    private int blocks;
    private int[] blockAt = new int[4];
    private long[] blockSize = new long[4];

    /// A stretch of V1 that is yet to be copied.
    private @Nullable ByteReader source;

    private int from;
    private int to;
    /// Where in that stretch its last struct begins.
    private int lastFrom;

    private boolean holdsGc;
    private long gcLength;
    private final DecodedUpdate cut = new DecodedUpdate();

    UpdateEncoder(UpdateFormat format, int sizeHint) {
        this.format = format;
        out = format.output(sizeHint);
    }

    /// The same struct as bytes of V1, which have to be as this would write them. Only into V1.
    void addBytes(ByteReader in, int begin, int next, UpdateCursor struct) {
        if (holdsGc) {
            settle();
        }
        if (empty || struct.client != client) {
            copySource();
            begin(struct.client, struct.clock);
        }
        if (source == in && to == begin) {
            to = next;
        } else {
            copySource();
            source = in;
            from = begin;
            to = next;
        }
        lastFrom = begin;
        blockSize[blocks - 1]++;
        end = struct.end;
        endsInGc = struct.kind == Content.GC;
        if (endsInGc) {
            gcLength = end - struct.clock;
        }
    }

    /// To be called before a struct is written to [#out].
    UpdateOutput next(long client, long clock, long end) {
        settle();
        if (empty || client != this.client) {
            begin(client, clock);
        }
        blockSize[blocks - 1]++;
        this.end = end;
        endsInGc = false;
        return out;
    }

    @Override
    void add(DecodedUpdate from, long client, int index, long offset) {
        long clock = from.clock[index] + offset;
        long end = from.clock[index] + from.length[index];
        if (from.kind[index] == Content.GC) {
            addGc(client, clock, end);
            return;
        }
        next(client, clock, end);
        if (offset == 0) {
            UpdateWriter.writeStruct(out, from, index);
        } else {
            cut.clear();
            cut.addFrom(from, client, index, offset);
            UpdateWriter.writeStruct(out, cut, 0);
        }
    }

    void addGc(long client, long clock, long end) {
        next(client, clock, end);
        holdsGc = true;
        endsInGc = true;
        gcLength = end - clock;
    }

    @Override
    void skip(long length) {
        next(client, end, end + length);
        out.info(Content.SKIP);
        out.number(length);
    }

    @Override
    void growGc(long more) {
        if (!holdsGc) {
            to = lastFrom;
            holdsGc = true;
        }
        gcLength += more;
        end += more;
    }

    private void begin(long client, long clock) {
        if (blocks == blockAt.length) {
            blockAt = Arrays.copyOf(blockAt, blocks * 2);
            blockSize = Arrays.copyOf(blockSize, blocks * 2);
        }
        blockAt[blocks] = out.bareLength();
        blockSize[blocks++] = 0;
        out.client(client);
        out.number(clock);
        empty = false;
        this.client = client;
    }

    /// Writes what was put off.
    private void settle() {
        copySource();
        if (holdsGc) {
            holdsGc = false;
            out.info(Content.GC);
            out.length(gcLength);
        }
    }

    private void copySource() {
        if (source != null) {
            out.bareBytes(source, from, to);
            source = null;
        }
    }

    /// The end of the structs; the deletions go here.
    UpdateOutput finish() {
        settle();
        return out;
    }

    Bytes toBytes() {
        return out.toBytes(blockAt, blockSize, blocks);
    }
}
