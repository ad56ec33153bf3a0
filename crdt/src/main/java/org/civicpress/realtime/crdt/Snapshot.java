package org.civicpress.realtime.crdt;

import java.util.List;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// What a document had at one moment, without its content: how far each client had come, and what was
/// deleted. From a document that keeps what is deleted (gc off), the state of that moment can be made again.
/// Immutable.
///
/// ```
/// snapshot := deleteSet stateVector
/// ```
///
/// in either encoding. Source: yjs 13.6 `Snapshot.js`.
public final class Snapshot {
    /// Of a document in which nothing happened yet.
    public static final Snapshot EMPTY = new Snapshot(new DeleteSet(), StateVector.EMPTY);

    final DeleteSet deletes;
    final StateVector state;

    private Snapshot(DeleteSet deletes, StateVector state) {
        this.deletes = deletes;
        this.state = state;
    }

    /// Of a document as it is now.
    public static Snapshot of(Doc doc) {
        return new Snapshot(doc.store.deletions(), doc.store.stateVector());
    }

    /// @throws MalformedBytesException when it is not a snapshot in encoding V1
    public static Snapshot decode(Bytes bytes) {
        return decode(bytes, UpdateFormat.V1);
    }

    /// @throws MalformedBytesException when it is not a snapshot
    public static Snapshot decode(Bytes bytes, UpdateFormat format) {
        ByteReader in = new ByteReader(bytes);
        DeleteSet deletes = new DeleteSet();
        UpdateReader.readDeleteSet(format.deletionsInput(in), deletes);
        for (DeleteSet.Ranges ranges : deletes.clients()) {
            if (!ranges.isAscending()) {
                throw in.malformed("deletions that overlap or are out of order");
            }
        }
        return new Snapshot(deletes, StateVector.read(in));
    }

    /// In encoding V1.
    public Bytes encode() {
        return encode(UpdateFormat.V1);
    }

    /// In any encoding.
    public Bytes encode(UpdateFormat format) {
        UpdateOutput out = format.output(64);
        UpdateWriter.writeDeleteSet(out, deletes);
        return new ByteWriter()
                .bytes(out.bareBytes())
                .bytes(state.descending().encode())
                .toBytes();
    }

    /// How far each client had come.
    public StateVector stateVector() {
        return state;
    }

    /// What was deleted then: the clients with the highest first, of each the ranges in ascending order.
    public List<IdRange> deletions() {
        return IdRange.of(deletes.descending());
    }

    /// Was a unit there and not deleted?
    public boolean shows(Id unit) {
        return state.clock(unit.client()) > unit.clock() && !deletes.contains(unit.client(), unit.clock());
    }

    /// Makes the document again as it was, in a new one that collects garbage.
    ///
    /// @param origin the document of which this is a snapshot, or one that has all of it
    /// @throws IllegalStateException when `origin` does not keep what is deleted, or is inside a transaction
    /// @throws IllegalArgumentException when this is a snapshot of something that `origin` has not
    public Doc restore(Doc origin) {
        Doc restored = new Doc();
        restore(origin, restored);
        return restored;
    }

    /// Brings the document as it was into another one. Listeners there see the origin `"snapshot"`.
    ///
    /// @throws IllegalStateException when `origin` does not keep what is deleted, or `into` is inside a
    ///     transaction
    /// @throws IllegalArgumentException when this is a snapshot of something that `origin` has not
    public void restore(Doc origin, Doc into) {
        if (origin.collectsGarbage()) {
            throw new IllegalStateException("a document that collects garbage cannot show what it was");
        }
        StructStore store = origin.store;
        state.clocks().forEach((client, clock) -> {
            if (clock > store.state(client)) {
                throw new IllegalArgumentException("a snapshot of client " + client + " up to " + clock
                        + ", of which the document has " + store.state(client));
            }
        });
        Bytes[] update = new Bytes[1];
        origin.edit(transaction -> {
            cutAtEnds(transaction);
            update[0] = UpdateWriter.writeBelow(store, state, deletes, UpdateFormat.V2);
        });
        into.apply(update[0], UpdateFormat.V2, "snapshot");
    }

    /// Is everything that an update says in this snapshot?
    ///
    /// @throws MalformedBytesException when it is not an update in encoding V1
    public boolean contains(Bytes update) {
        return contains(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public boolean contains(Bytes update, UpdateFormat format) {
        DecodedUpdate decoded = UpdateReader.read(update, format);
        for (int block = 0; block < decoded.blocks; block++) {
            int end = decoded.end(block);
            if (end > decoded.begin(block)
                    && decoded.clock[end - 1] + decoded.length[end - 1] > state.clock(decoded.blockClient[block])) {
                return false;
            }
        }
        DeleteSet merged = new DeleteSet();
        merged.addAll(deletes);
        merged.addAll(decoded.deletes);
        return deletes.sameAs(merged.normalised());
    }

    /// Was the first unit of an item there, deleted or not?
    boolean knows(StructStore store, int item) {
        return state.clock(store.client(store.clientIndex(item)).client) > store.clock(item);
    }

    /// Was the first unit of an item there and not deleted?
    boolean shows(StructStore store, int item) {
        return shows(store, item, 0);
    }

    /// @param unit how far into the item
    boolean shows(StructStore store, int item, int unit) {
        long client = store.client(store.clientIndex(item)).client;
        long clock = (long) store.clock(item) + unit;
        return state.clock(client) > clock && !deletes.contains(client, clock);
    }

    /// Cuts the structs that were partly there.
    void cutAtEnds(Transaction transaction) {
        StructStore store = transaction.doc.store;
        state.clocks().forEach((client, clock) -> {
            ClientStructs structs = store.clientOrNull(client);
            if (structs != null && clock < structs.state) {
                store.cleanStart(transaction, structs.index, (int) (long) clock);
            }
        });
    }

    /// The same moment, as far as a snapshot says.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Snapshot snapshot
                && state.clocks().equals(snapshot.state.clocks())
                && deletes.sameAs(snapshot.deletes);
    }

    @Override
    public int hashCode() {
        return state.clocks().hashCode();
    }

    @Override
    public String toString() {
        return "Snapshot" + state.clocks();
    }
}
