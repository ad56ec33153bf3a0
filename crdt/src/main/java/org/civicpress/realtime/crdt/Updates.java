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
        return updates.size() == 1
                ? updates.getFirst()
                : UpdateWriter.write(
                        mergeDecoded(updates.stream()
                                .map(update -> UpdateReader.read(update, format))
                                .toList()),
                        format);
    }

    /// The same update in another encoding. What V1 has no words for (undefined and NaN as marks or embedded
    /// values, say) becomes what JSON makes of it.
    public static Bytes convert(Bytes update, UpdateFormat from, UpdateFormat to) {
        return UpdateWriter.write(UpdateReader.read(update, from), to);
    }

    /// What of an update is beyond a state vector. Its deletions stay whole, because a state vector does not speak
    /// of them.
    public static Bytes diff(Bytes update, Bytes stateVector) {
        return diff(update, stateVector, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Bytes diff(Bytes update, Bytes stateVector, UpdateFormat format) {
        return UpdateWriter.write(
                diffDecoded(UpdateReader.read(update, format), StateVector.read(stateVector)), format);
    }

    /// How far an update by itself leads: for each client whose first unit is in it, up to the first gap.
    public static Bytes stateVectorOf(Bytes update) {
        return stateVectorOf(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Bytes stateVectorOf(Bytes update, UpdateFormat format) {
        ByteWriter out = new ByteWriter();
        int clients = 0;
        for (UpdateCursor at = UpdateCursor.withSkips(UpdateReader.read(update, format)); !at.done(); ) {
            long client = at.client();
            long state = 0;
            for (boolean whole = at.clock() == 0; !at.done() && at.client() == client; at.advance()) {
                whole = whole && !at.isSkip();
                state = whole ? at.end() : state;
            }
            if (state > 0) {
                out.varUint(client).varUint(state);
                clients++;
            }
        }
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

    public static Meta meta(Bytes update) {
        return meta(update, UpdateFormat.V1);
    }

    /// The same for an update in any encoding.
    public static Meta meta(Bytes update, UpdateFormat format) {
        Map<Long, Long> from = new LinkedHashMap<>();
        Map<Long, Long> to = new LinkedHashMap<>();
        for (UpdateCursor at = UpdateCursor.withSkips(UpdateReader.read(update, format)); !at.done(); ) {
            long client = at.client();
            from.put(client, at.clock());
            for (; !at.done() && at.client() == client; at.advance()) {
                to.put(client, at.end());
            }
        }
        return new Meta(from, to);
    }

    /// Does an update change nothing at all?
    public static boolean isEmpty(Bytes update) {
        DecodedUpdate decoded = UpdateReader.read(update, UpdateFormat.V1);
        return decoded.size == 0 && decoded.deletes.isEmpty();
    }

    static DecodedUpdate mergeDecoded(List<DecodedUpdate> updates) {
        return updates.size() == 1 ? updates.getFirst() : UpdateMerge.of(updates);
    }

    static DecodedUpdate diffDecoded(DecodedUpdate update, StateVector known) {
        DecodedUpdate out = new DecodedUpdate();
        UpdateCursor at = UpdateCursor.withSkips(update);
        while (!at.done()) {
            long client = at.client();
            long clock = known.clock(client);
            if (at.isSkip() || at.end() <= clock) {
                at.advance();
                continue;
            }
            at.copyTo(out, Math.max(clock - at.clock(), 0));
            for (at.advance(); !at.done() && at.client() == client; at.advance()) {
                at.copyTo(out, 0);
            }
        }
        out.deletes.addAll(update.deletes);
        return out;
    }
}
