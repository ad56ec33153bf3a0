package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// How far somebody knows each client: the clock expected next. Immutable once read.
///
/// ```
/// stateVector := varUint(n) n × (varUint(client) varUint(clock))
/// ```
///
/// Source: yjs 13.6 `encoding.js`. A client that is named twice has the clock named last.
final class StateVector {
    static final StateVector EMPTY = new StateVector(new LinkedHashMap<>());

    private final Map<Long, Long> clocks;

    StateVector(Map<Long, Long> clocks) {
        this.clocks = clocks;
    }

    /// @throws MalformedBytesException when the bytes are not a state vector
    static StateVector read(Bytes bytes) {
        return read(new ByteReader(bytes));
    }

    static StateVector read(ByteReader in) {
        long count = in.varUint();
        if (count > in.remaining() / 2) {
            throw in.malformed("a state vector of " + count + " clients in " + in.remaining() + " bytes");
        }
        Map<Long, Long> clocks = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            long client = in.varUint();
            clocks.put(client, in.varUint());
        }
        return new StateVector(clocks);
    }

    /// The clock expected next of a client, 0 when nothing of it is known.
    long clock(long client) {
        Long clock = clocks.get(client);
        return clock == null ? 0 : clock;
    }

    boolean isEmpty() {
        return clocks.isEmpty();
    }

    Map<Long, Long> clocks() {
        return clocks;
    }

    /// In the order in which the clients were added.
    Bytes write() {
        ByteWriter out = new ByteWriter(clocks.size() * 8 + 8);
        out.varUint(clocks.size());
        clocks.forEach((client, clock) -> out.varUint(client).varUint(clock));
        return out.toBytes();
    }

    /// The same with the highest client first, as Yjs writes that of a document.
    StateVector descending() {
        List<Long> clients = new ArrayList<>(clocks.keySet());
        clients.sort(Comparator.reverseOrder());
        Map<Long, Long> sorted = new LinkedHashMap<>();
        clients.forEach(client -> sorted.put(client, clock(client)));
        return new StateVector(sorted);
    }
}
