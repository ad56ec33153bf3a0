package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// How far somebody knows each client: the clock expected next. Immutable.
///
/// ```
/// stateVector := varUint(n) n × (varUint(client) varUint(clock))
/// ```
///
/// Source: yjs 13.6 `encoding.js`. A client that is named twice has the clock named last.
public final class StateVector {
    /// Of somebody who knows nothing.
    public static final StateVector EMPTY = new StateVector(new LinkedHashMap<>());

    private final Map<Long, Long> clocks;

    StateVector(Map<Long, Long> clocks) {
        this.clocks = clocks;
    }

    /// @throws IllegalArgumentException when a client or a clock is not 0 to 2^53 - 1
    public static StateVector of(Map<Long, Long> clocks) {
        clocks.forEach((client, clock) -> {
            if (client < 0
                    || client > ByteReader.MAX_SAFE_INTEGER
                    || clock < 0
                    || clock > ByteReader.MAX_SAFE_INTEGER) {
                throw new IllegalArgumentException("clock " + clock + " of client " + client);
            }
        });
        return new StateVector(new LinkedHashMap<>(clocks));
    }

    /// @param bytes as [Doc#stateVector] and [Updates#stateVectorOf] give them
    /// @throws MalformedBytesException when the bytes are not a state vector
    public static StateVector decode(Bytes bytes) {
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
    public long clock(long client) {
        Long clock = clocks.get(client);
        return clock == null ? 0 : clock;
    }

    boolean isEmpty() {
        return clocks.isEmpty();
    }

    /// Of each client that is known, the clock expected next.
    public Map<Long, Long> clocks() {
        return Collections.unmodifiableMap(clocks);
    }

    /// Is everything that another one knows known here too?
    public boolean covers(StateVector other) {
        for (Map.Entry<Long, Long> entry : other.clocks.entrySet()) {
            if (clock(entry.getKey()) < entry.getValue()) {
                return false;
            }
        }
        return true;
    }

    /// In the order in which the clients were added.
    public Bytes encode() {
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StateVector vector && clocks.equals(vector.clocks);
    }

    @Override
    public int hashCode() {
        return clocks.hashCode();
    }

    @Override
    public String toString() {
        return "StateVector" + clocks;
    }
}
