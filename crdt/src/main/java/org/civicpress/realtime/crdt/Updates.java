package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// What can be done with updates (encoding V1) without building a document. Static functions; bytes in, bytes out.
///
/// The results are those of yjs 13.6 `updates.js` byte for byte. In two ways they differ from what a document would
/// say:
/// keys of items that have a neighbour are not known here, so their bit is lost; items are never joined.
public final class Updates {
    private Updates() {}

    /// One update with all that the given ones hold. Gaps within a client are kept as such.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when one of them is not an update
    public static Bytes merge(List<Bytes> updates) {
        if (updates.size() == 1) {
            return updates.getFirst();
        }
        List<DecodedUpdate> decoded = new ArrayList<>(updates.size());
        updates.forEach(update -> decoded.add(UpdateV1.read(update)));
        return UpdateV1.write(mergeDecoded(decoded));
    }

    /// What of an update is beyond a state vector. Its deletions are kept whole.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when either is malformed
    public static Bytes diff(Bytes update, Bytes stateVector) {
        return UpdateV1.write(diffDecoded(UpdateV1.read(update), StateVector.read(stateVector)));
    }

    /// How far an update by itself leads: for each client whose first unit is in it, up to the first gap.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    public static Bytes stateVectorOf(Bytes update) {
        DecodedUpdate decoded = UpdateV1.read(update);
        Map<Long, Long> clocks = new LinkedHashMap<>();
        for (int block = 0; block < decoded.blocks; block++) {
            int begin = decoded.begin(block);
            int end = begin;
            while (end < decoded.end(block) && decoded.kind[end] != Content.SKIP) {
                end++;
            }
            if (end > begin && decoded.clock[begin] == 0) {
                clocks.put(decoded.blockClient[block], decoded.clock[end - 1] + decoded.length[end - 1]);
            }
        }
        return new StateVector(clocks).write();
    }

    /// Which clocks of each client an update covers, gaps included. Immutable.
    ///
    /// @param from first clock, inclusive
    /// @param to last clock, exclusive
    public record Meta(Map<Long, Long> from, Map<Long, Long> to) {}

    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    public static Meta meta(Bytes update) {
        DecodedUpdate decoded = UpdateV1.read(update);
        Map<Long, Long> from = new LinkedHashMap<>();
        Map<Long, Long> to = new LinkedHashMap<>();
        for (int block = 0; block < decoded.blocks; block++) {
            int begin = decoded.begin(block);
            int last = decoded.end(block) - 1;
            if (last >= begin) {
                long client = decoded.blockClient[block];
                from.put(client, decoded.clock[begin]);
                to.put(client, decoded.clock[last] + decoded.length[last]);
            }
        }
        return new Meta(from, to);
    }

    /// Does an update change nothing at all?
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    public static boolean isEmpty(Bytes update) {
        DecodedUpdate decoded = UpdateV1.read(update);
        return decoded.size == 0 && decoded.deletes.isEmpty();
    }

    static DecodedUpdate mergeDecoded(List<DecodedUpdate> updates) {
        if (updates.size() == 1) {
            return updates.getFirst();
        }
        DecodedUpdate merged = new Merge(updates).run();
        DeleteSet deletes = new DeleteSet();
        updates.forEach(update -> deletes.addAll(update.deletes));
        merged.deletes.addAll(deletes.normalised());
        return merged;
    }

    static DecodedUpdate diffDecoded(DecodedUpdate update, StateVector known) {
        DecodedUpdate result = new DecodedUpdate();
        boolean open = false;
        long openClient = -1;
        for (int block = 0; block < update.blocks; block++) {
            long client = update.blockClient[block];
            long clock = known.clock(client);
            boolean begun = false;
            for (int i = update.begin(block); i < update.end(block); i++) {
                if (!begun) {
                    if (update.kind[i] == Content.SKIP || update.clock[i] + update.length[i] <= clock) {
                        continue;
                    }
                    begun = true;
                    if (!open || openClient != client) {
                        result.beginBlock(client);
                        open = true;
                        openClient = client;
                    }
                    result.addFrom(update, client, i, Math.max(clock - update.clock[i], 0));
                } else {
                    result.addFrom(update, client, i, 0);
                }
            }
        }
        result.deletes.addAll(update.deletes);
        return result;
    }

    /// Reads one update struct by struct, gaps left out.
    private static final class Reader {
        final DecodedUpdate update;
        private int block = -1;
        private int index = -1;
        private int end;

        Reader(DecodedUpdate update) {
            this.update = update;
            next();
        }

        boolean isAtEnd() {
            return index >= update.size;
        }

        int index() {
            return index;
        }

        long client() {
            return update.blockClient[block];
        }

        long clock() {
            return update.clock[index];
        }

        long end() {
            return update.clock[index] + update.length[index];
        }

        void next() {
            do {
                index++;
                while (index >= end && block + 1 < update.blocks) {
                    block++;
                    end = update.end(block);
                }
            } while (index < update.size && update.kind[index] == Content.SKIP);
        }
    }

    /// Writes the union of several updates: the highest client first, each client by clock. What stands last in the
    /// result is still open: a Gc after a Gc joins it, a gap in front of what follows is filled with a Skip.
    private static final class Merge {
        private final List<Reader> readers = new ArrayList<>();
        private final DecodedUpdate out = new DecodedUpdate();
        private long client = -1;

        Merge(List<DecodedUpdate> updates) {
            updates.forEach(update -> readers.add(new Reader(update)));
        }

        DecodedUpdate run() {
            for (Reader reader = front(); reader != null; reader = front()) {
                long first = reader.client();
                if (out.size > 0) {
                    boolean moved = false;
                    while (!reader.isAtEnd() && reader.end() <= end() && reader.client() >= client) {
                        reader.next();
                        moved = true;
                    }
                    if (reader.isAtEnd() || reader.client() != first || (moved && reader.clock() > end())) {
                        continue;
                    }
                    if (first != client) {
                        begin(reader);
                    } else if (end() < reader.clock()) {
                        out.addBare(Content.SKIP, end(), reader.clock() - end());
                        continue;
                    } else if (joinGc(reader)) {
                        continue;
                    } else {
                        out.addFrom(reader.update, client, reader.index(), end() - reader.clock());
                        reader.next();
                    }
                } else {
                    begin(reader);
                }
                while (!reader.isAtEnd() && reader.client() == first && reader.clock() == end()) {
                    out.addFrom(reader.update, client, reader.index(), 0);
                    reader.next();
                }
            }
            return out;
        }

        private void begin(Reader reader) {
            client = reader.client();
            out.beginBlock(client);
            out.addFrom(reader.update, client, reader.index(), 0);
            reader.next();
        }

        /// The clock after the last struct written.
        private long end() {
            return out.clock[out.size - 1] + out.length[out.size - 1];
        }

        private boolean joinGc(Reader reader) {
            int last = out.size - 1;
            if (out.kind[last] != Content.GC || reader.update.kind[reader.index()] != Content.GC) {
                return false;
            }
            out.length[last] = reader.end() - out.clock[last];
            return true;
        }

        /// The reader to take from: highest client, then lowest clock, then the first of the given order.
        private @Nullable Reader front() {
            readers.removeIf(Reader::isAtEnd);
            if (readers.isEmpty()) {
                return null;
            }
            readers.sort((a, b) -> a.client() != b.client()
                    ? Long.compare(b.client(), a.client())
                    : Long.compare(a.clock(), b.clock()));
            return readers.getFirst();
        }
    }
}
