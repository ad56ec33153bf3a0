package org.civicpress.realtime.crdt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What can be done with updates without building a document: to keep them, to send them on. Static
/// functions; bytes in, bytes out. All throw [org.civicpress.realtime.crdt.lib0.MalformedBytesException] when
/// bytes are not what they claim to be.
///
/// The results are those of yjs 13.6 `updates.js` byte for byte. In two ways they differ from what a document would
/// say: keys of items that have a neighbour are not known here, so their bit is lost; items are never joined.
public final class Updates {
    private Updates() {}

    /// One update that says what all of them say, however they overlap. What lies between two stretches of one
    /// client and is in none of them is marked as a gap. A single update is returned as it is, without a look at
    /// it.
    public static Bytes merge(List<Bytes> updates) {
        return merge(updates, UpdateFormat.V1);
    }

    /// The same for updates in any encoding.
    public static Bytes merge(List<Bytes> updates, UpdateFormat format) {
        if (updates.size() == 1) {
            return updates.getFirst();
        }
        int size = 64;
        for (Bytes update : updates) {
            size += update.length();
        }
        int sizeHint = size;
        return UpdateMerge.of(
                () -> open(updates, format), () -> new UpdateEncoder(format, sizeHint), (out, readers) -> {
                    UpdateWriter.writeDeleteSet(out.finish(), deletionsOf(readers));
                    return out.toBytes();
                });
    }

    private static UpdateCursor[] open(List<Bytes> updates, UpdateFormat format) {
        UpdateCursor[] readers = new UpdateCursor[updates.size()];
        for (int i = 0; i < readers.length; i++) {
            readers[i] = format.cursor(updates.get(i), true);
        }
        return readers;
    }

    private static DeleteSet deletionsOf(UpdateCursor[] readers) {
        DeleteSet deletes = new DeleteSet();
        for (UpdateCursor reader : readers) {
            reader.readDeletions(deletes);
        }
        return deletes.normalised();
    }

    /// The same update in another encoding. What V1 has no words for (undefined and NaN as marks or embedded
    /// values, say) becomes what JSON makes of it.
    public static Bytes convert(Bytes update, UpdateFormat from, UpdateFormat to) {
        UpdateEncoder out = new UpdateEncoder(to, update.length() + 64);
        UpdateCursor at = from.cursor(update, false);
        for (; !at.done; at.advance()) {
            at.copyTo(out, 0);
        }
        return finish(out, at);
    }

    private static Bytes finish(UpdateEncoder out, UpdateCursor at) {
        DeleteSet deletes = new DeleteSet();
        at.readDeletions(deletes);
        UpdateWriter.writeDeleteSet(out.finish(), deletes);
        return out.toBytes();
    }

    /// What of an update is beyond a state vector. Its deletions stay whole, because a state vector does not speak
    /// of them.
    public static Bytes diff(Bytes update, Bytes stateVector) {
        return diff(update, stateVector, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Bytes diff(Bytes update, Bytes stateVector, UpdateFormat format) {
        UpdateEncoder out = new UpdateEncoder(format, update.length() + 64);
        UpdateCursor at = format.cursor(update, false);
        diff(at, StateVector.decode(stateVector), out);
        return finish(out, at);
    }

    /// How far an update by itself leads: for each client whose first unit is in it, up to the first gap.
    public static Bytes stateVectorOf(Bytes update) {
        return stateVectorOf(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Bytes stateVectorOf(Bytes update, UpdateFormat format) {
        ByteWriter out = new ByteWriter();
        int clients = 0;
        UpdateCursor at = format.cursor(update, false);
        while (!at.done) {
            long client = at.client;
            long state = 0;
            for (boolean whole = at.clock == 0; !at.done && at.client == client; at.advance()) {
                whole = whole && !at.isSkip();
                state = whole ? at.end : state;
            }
            if (state > 0) {
                out.varUint(client).varUint(state);
                clients++;
            }
        }
        at.readDeletions(new DeleteSet());
        return new ByteWriter().varUint(clients).bytes(out.toBytes()).toBytes();
    }

    /// Which clocks of each client an update covers, gaps included. Immutable.
    ///
    /// @param from first clock, inclusive
    /// @param to last clock, exclusive
    public record Meta(Map<Long, Long> from, Map<Long, Long> to) {
        public Meta {
            from = Map.copyOf(from);
            to = Map.copyOf(to);
        }
    }

    /// Which clocks an update covers.
    public static Meta meta(Bytes update) {
        return meta(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Meta meta(Bytes update, UpdateFormat format) {
        Map<Long, Long> from = new LinkedHashMap<>();
        Map<Long, Long> to = new LinkedHashMap<>();
        UpdateCursor at = format.cursor(update, false);
        while (!at.done) {
            long client = at.client;
            from.put(client, at.clock);
            long end = at.end;
            for (; !at.done && at.client == client; at.advance()) {
                end = at.end;
            }
            to.put(client, end);
        }
        at.readDeletions(new DeleteSet());
        return new Meta(from, to);
    }

    /// What an update deletes, in the order in which it says so.
    public static List<IdRange> deletionsOf(Bytes update) {
        return deletionsOf(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static List<IdRange> deletionsOf(Bytes update, UpdateFormat format) {
        UpdateCursor at = format.cursor(update, false);
        while (!at.done) {
            at.advance();
        }
        DeleteSet deletes = new DeleteSet();
        at.readDeletions(deletes);
        return IdRange.of(deletes.clients());
    }

    /// Does an update change nothing at all?
    public static boolean isEmpty(Bytes update) {
        UpdateCursor at = UpdateFormat.V1.cursor(update, false);
        boolean empty = at.done;
        while (!at.done) {
            at.advance();
        }
        DeleteSet deletes = new DeleteSet();
        at.readDeletions(deletes);
        return empty && deletes.isEmpty();
    }

    static DecodedUpdate mergeDecoded(List<DecodedUpdate> updates) {
        if (updates.size() == 1) {
            return updates.getFirst();
        }
        return UpdateMerge.of(
                () -> updates.stream()
                        .map(update -> UpdateCursor.of(update, true))
                        .toArray(UpdateCursor[]::new),
                UpdateSink.Rows::new,
                (out, readers) -> {
                    out.update().deletes.addAll(deletionsOf(readers));
                    return out.update();
                });
    }

    static DecodedUpdate diffDecoded(DecodedUpdate update, StateVector known) {
        UpdateSink.Rows out = new UpdateSink.Rows();
        diff(UpdateCursor.of(update, false), known, out);
        out.update().deletes.addAll(update.deletes);
        return out.update();
    }

    private static void diff(UpdateCursor at, StateVector known, UpdateSink out) {
        while (!at.done) {
            long client = at.client;
            long clock = known.clock(client);
            while (!at.done && at.client == client && (at.isSkip() || at.end <= clock)) {
                at.advance();
            }
            if (at.done || at.client != client) {
                continue;
            }
            at.copyTo(out, Math.max(clock - at.clock, 0));
            for (at.advance(); !at.done && at.client == client; at.advance()) {
                at.copyTo(out, 0);
            }
        }
    }
}
