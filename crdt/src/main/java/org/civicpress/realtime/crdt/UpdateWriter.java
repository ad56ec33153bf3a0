package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;
import static org.civicpress.realtime.crdt.UpdateReader.KEY;
import static org.civicpress.realtime.crdt.UpdateReader.ORIGIN;
import static org.civicpress.realtime.crdt.UpdateReader.RIGHT_ORIGIN;

import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Makes updates: of documents and transactions, and of what was read. The grammar is that of [UpdateReader].
/// Static functions.
final class UpdateWriter {
    private UpdateWriter() {}

    /// A struct without its text takes about so many bytes.
    private static final int STRUCT_SIZE = 20;

    private static final int DELETION_SIZE = 6;
    /// Not more than this before it is needed.
    private static final int MOST_RESERVED = 1 << 30;

    /// What a document holds beyond `known`, and all its deletions.
    static Bytes write(StructStore store, StateVector known, UpdateFormat format) {
        DeleteSet deletions = store.deletions();
        int blocks = 0;
        long size = 64;
        for (ClientStructs client : store.descending()) {
            long clock = known.clock(client.client);
            if (client.state > clock) {
                blocks++;
                size += sizeHint(store, client, client.find((int) clock), format);
            }
        }
        for (DeleteSet.Ranges ranges : deletions.clients()) {
            size += 16 + (long) ranges.size() * DELETION_SIZE;
        }
        UpdateOutput out = format.output((int) Math.min(size, MOST_RESERVED));
        out.number(blocks);
        for (ClientStructs client : store.descending()) {
            long clock = known.clock(client.client);
            if (client.state > clock) {
                writeBlock(out, store, client, (int) clock, format);
            }
        }
        writeDeleteSet(out, deletions);
        return out.toBytes();
    }

    /// About how many bytes the structs from a place on take.
    private static long sizeHint(StructStore store, ClientStructs client, int first, UpdateFormat format) {
        long size = 16;
        for (int place = first; place != NONE; place = client.next(place)) {
            UpdateOutput chunk = chunk(store, client, place, format);
            if (chunk != null) {
                size += chunk.sizeInOthers();
                place = client.lastOfChunk(place);
            } else {
                int item = client.get(place);
                size += STRUCT_SIZE + (store.kind(item) == Content.STRING ? store.length(item) : 0);
            }
        }
        return size;
    }

    /// What was added since a transaction began, and what it deleted.
    static Bytes write(StructStore store, Transaction transaction, UpdateFormat format) {
        UpdateOutput out = format == UpdateFormat.V1 ? new FormatV1.Output(store.writer()) : format.output(64);
        IntMap before = transaction.before;
        out.number(before.size());
        if (before.size() == 1) {
            writeBlock(out, store, store.client(before.keyAt(0)), before.valueAt(0), format);
        } else if (before.size() > 1) {
            for (ClientStructs client : store.descending()) {
                int clock = before.get(client.index);
                if (clock != IntMap.NONE) {
                    writeBlock(out, store, client, clock, format);
                }
            }
        }
        writeDeleteSet(out, transaction.deletions());
        return out.toBytes();
    }

    /// The structs below `known`, which has to be cut there, and the given deletions.
    static Bytes writeBelow(StructStore store, StateVector known, DeleteSet deletes, UpdateFormat format) {
        UpdateOutput out = format.output(STRUCT_SIZE * Math.min(store.rowsInUse(), MOST_RESERVED / STRUCT_SIZE));
        out.number(known.clocks().values().stream().filter(clock -> clock > 0).count());
        known.clocks().forEach((client, clock) -> {
            if (clock > 0) {
                ClientStructs structs = store.clientOf(client);
                int last = structs.find((int) (clock - 1));
                out.number(structs.countBefore(last) + 1);
                out.client(client);
                out.number(0);
                for (int place = structs.first(); place != NONE; place = structs.next(place)) {
                    writeStruct(out, store, structs.get(place), 0);
                    if (place == last) {
                        break;
                    }
                }
            }
        });
        writeDeleteSet(out, deletes);
        return out.toBytes();
    }

    private static void writeBlock(
            UpdateOutput out, StructStore store, ClientStructs client, int clock, UpdateFormat format) {
        int place = client.find(clock);
        out.number(client.size() - client.countBefore(place));
        out.client(client.client);
        out.number(clock);
        int offset = clock - store.clock(client.get(place));
        if (offset > 0) {
            writeStruct(out, store, client.get(place), offset);
            place = client.next(place);
        }
        while (place != NONE) {
            UpdateOutput chunk = chunk(store, client, place, format);
            if (chunk != null) {
                out.structs(chunk);
                place = client.lastOfChunk(place);
            } else {
                writeStruct(out, store, client.get(place), 0);
            }
            place = client.next(place);
        }
    }

    /// The chunk that begins at a place as it is written; null when none does, or its structs are better written one
    /// by one.
    private static @Nullable UpdateOutput chunk(
            StructStore store, ClientStructs client, int begin, UpdateFormat format) {
        ClientStructs.Written written = client.isFirstOfChunk(begin) ? client.written(begin) : null;
        if (written == null) {
            return null;
        }
        UpdateOutput kept = format == UpdateFormat.V1 ? written.v1 : written.v2;
        if (kept != null) {
            return kept;
        }
        UpdateOutput out = format.output(0);
        int end = client.next(client.lastOfChunk(begin));
        for (int place = begin; place != end; place = client.next(place)) {
            if (store.kind(client.get(place)) == Content.DOC) {
                return null; // its options may change
            }
            writeStruct(out, store, client.get(place), 0);
        }
        if (!out.isWhole()) {
            return null;
        }
        if (format == UpdateFormat.V1) {
            written.v1 = out;
        } else {
            written.v2 = out;
        }
        return out;
    }

    private static void writeStruct(UpdateOutput out, StructStore store, int item, int offset) {
        int kind = store.kind(item);
        int length = store.length(item);
        if (kind == Content.GC) {
            out.info(Content.GC);
            out.length(length - offset);
            return;
        }
        ClientStructs left = store.client(store.clientIndex(item));
        int leftClock = store.clock(item) + offset - 1;
        if (offset == 0) {
            left = store.clientAt(store.originClient(item));
            leftClock = store.originClock(item);
        }
        ClientStructs right = store.clientAt(store.rightOriginClient(item));
        int key = store.key(item);
        int info = kind | (left != null ? ORIGIN : 0) | (right != null ? RIGHT_ORIGIN : 0) | (key >= 0 ? KEY : 0);
        if (left != null || right != null) {
            out.place(info, left, leftClock, right, store.rightOriginClock(item));
        } else {
            out.info(info);
            YType parent = store.type(store.parent(item));
            if (parent.rootName != null) {
                out.parentIsRoot(true);
                out.string(parent.rootName);
            } else {
                Id holder = java.util.Objects.requireNonNull(parent.itemId());
                out.parentIsRoot(false);
                out.left(holder.client(), holder.clock());
            }
            if (key >= 0) {
                out.string(store.keyName(key));
            }
        }
        writeContent(out, kind, store.content(item), offset, length);
    }

    /// Units `offset` to `length` of a content.
    private static void writeContent(UpdateOutput out, int kind, Object content, long offset, long length) {
        switch (kind) {
            case Content.DELETED -> out.length(length - offset);
            case Content.JSON -> {
                Any[] values = (Any[]) content;
                out.length(length - offset);
                for (int i = (int) offset; i < length; i++) {
                    out.string(values[i] instanceof Any.Undefined ? "undefined" : Json.stringify(values[i]));
                }
            }
            case Content.BINARY -> out.bytes((Bytes) content);
            case Content.STRING -> out.text(content, (int) offset, (int) length);
            case Content.EMBED -> out.json((Any) content);
            case Content.FORMAT -> {
                Content.Format format = (Content.Format) content;
                out.key(format.key());
                out.json(format.value());
            }
            case Content.TYPE -> {
                Content.TypeRef type = content instanceof YType live ? live.typeRef() : (Content.TypeRef) content;
                out.typeRef(type.ref());
                if (type.name() != null) {
                    out.key(type.name());
                }
            }
            case Content.ANY -> {
                out.length(length - offset);
                out.values(content, (int) offset, (int) length);
            }
            case Content.DOC -> {
                Doc.Options doc = content instanceof LazyDoc live ? live.options() : (Doc.Options) content;
                out.string(java.util.Objects.requireNonNull(doc.guid()));
                out.any(LazyDoc.written(doc));
            }
            default -> throw new IllegalStateException("content of kind " + kind);
        }
    }

    /// An update without a document, as it is: the blocks in their order, the deletions with the highest client
    /// first.
    static Bytes write(DecodedUpdate update, UpdateFormat format) {
        UpdateOutput out = format.output(update.size * 12 + 64);
        out.number(update.blocks);
        for (int block = 0; block < update.blocks; block++) {
            int begin = update.begin(block);
            int end = update.end(block);
            long client = update.blockClient[block];
            out.number(end - begin);
            out.client(client);
            out.number(update.clock[begin]);
            for (int i = begin; i < end; i++) {
                writeStruct(out, update, i);
            }
        }
        writeDeleteSet(out, update.deletes);
        return out.toBytes();
    }

    static void writeStruct(UpdateOutput out, DecodedUpdate update, int index) {
        int kind = update.kind[index];
        if (kind == Content.GC) {
            out.info(Content.GC);
            out.length(update.length[index]);
            return;
        }
        if (kind == Content.SKIP) {
            out.info(Content.SKIP);
            out.number(update.length[index]);
            return;
        }
        boolean hasOrigin = update.originClient[index] >= 0;
        boolean hasRight = update.rightClient[index] >= 0;
        String key = update.key[index];
        out.info(kind | (hasOrigin ? ORIGIN : 0) | (hasRight ? RIGHT_ORIGIN : 0) | (key != null ? KEY : 0));
        if (hasOrigin) {
            out.left(update.originClient[index], update.originClock[index]);
        }
        if (hasRight) {
            out.right(update.rightClient[index], update.rightClock[index]);
        }
        if (!hasOrigin && !hasRight) {
            switch (update.parent[index]) {
                case String root -> {
                    out.parentIsRoot(true);
                    out.string(root);
                }
                case Id(var client, var clock) -> {
                    out.parentIsRoot(false);
                    out.left(client, clock);
                }
                case null, default -> throw new IllegalStateException("a struct without a place");
            }
            if (key != null) {
                out.string(key);
            }
        }
        writeContent(out, kind, update.content[index], 0, update.length[index]);
    }

    static void writeDeleteSet(UpdateOutput out, DeleteSet deletes) {
        out.number(deletes.clients().size());
        for (DeleteSet.Ranges read : deletes.descending()) {
            // V2 has no way to go back. What Yjs writes there, nobody can read.
            DeleteSet.Ranges ranges = out.goesBack() || read.isAscending() ? read : read.normalised();
            out.beginDeletions();
            out.number(ranges.client);
            out.number(ranges.size());
            for (int i = 0; i < ranges.size(); i++) {
                out.deletion(ranges.clock(i), ranges.length(i));
            }
        }
    }
}
