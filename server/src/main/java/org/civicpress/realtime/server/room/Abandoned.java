package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.IdRange;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What older generations of a room held and the present one does not: the structs of a client from a clock on, and
/// deletions of structs that the present one has. A document that holds any of it belongs to an older generation,
/// whatever it believes itself. Immutable.
///
/// How far a client's structs went matters when a later generation has them again: what went no further than that
/// is abandoned no longer.
///
/// ```
/// abandoned := varUint(n) n × (varUint(client) varUint(clock) varUint(length))     structs
///              varUint(n) n × (varUint(client) varUint(clock) varUint(length))     deletions
/// ```
public final class Abandoned {
    public static final Abandoned NOTHING = new Abandoned(Map.of(), List.of());

    private final Map<Long, Span> structs;
    private final List<IdRange> deletions;

    /// Clocks of one client, the last one exclusive.
    private record Span(long from, long end) {
        Span and(Span other) {
            return new Span(Math.min(from, other.from), Math.max(end, other.end));
        }
    }

    private Abandoned(Map<Long, Span> structs, List<IdRange> deletions) {
        this.structs = structs;
        this.deletions = deletions;
    }

    /// What is abandoned when a state is replaced by another.
    ///
    /// @param older the whole state of the generation that ends, V1
    /// @param newer the whole state of the one that begins, V1
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when one is not an update
    public static Abandoned between(Bytes older, Bytes newer) {
        StateVector olderClocks = StateVector.decode(Updates.stateVectorOf(older));
        StateVector newerClocks = StateVector.decode(Updates.stateVectorOf(newer));
        Map<Long, Long> olderEnds = Updates.meta(older).to();
        Map<Long, Long> newerEnds = Updates.meta(newer).to();
        Map<Long, Span> structs = new HashMap<>();
        olderEnds.forEach((client, end) -> {
            long has = newerClocks.clock(client);
            if (end > newerEnds.getOrDefault(client, 0L) || olderClocks.clock(client) > has) {
                structs.put(client, new Span(has, end));
            }
        });
        List<IdRange> deletions = new ArrayList<>();
        for (IdRange range : minus(Updates.deletionsOf(older), Updates.deletionsOf(newer))) {
            long end = Math.min(range.clock() + range.length(), newerClocks.clock(range.client()));
            if (end > range.clock()) {
                deletions.add(new IdRange(range.client(), range.clock(), end - range.clock()));
            }
        }
        return new Abandoned(Map.copyOf(structs), List.copyOf(deletions));
    }

    /// What is left of it when a new generation begins, which may have some of it again.
    ///
    /// @param newer the whole state of that generation, V1
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    public Abandoned without(Bytes newer) {
        StateVector clocks = StateVector.decode(Updates.stateVectorOf(newer));
        Map<Long, Span> left = new HashMap<>();
        structs.forEach((client, span) -> {
            long from = Math.max(span.from, clocks.clock(client));
            if (from < span.end) {
                left.put(client, new Span(from, span.end));
            }
        });
        return new Abandoned(Map.copyOf(left), List.copyOf(minus(deletions, Updates.deletionsOf(newer))));
    }

    /// This and what was abandoned another time.
    public Abandoned and(Abandoned other) {
        Map<Long, Span> all = new HashMap<>(structs);
        other.structs.forEach((client, span) -> all.merge(client, span, Span::and));
        List<IdRange> both = new ArrayList<>(deletions);
        both.addAll(minus(other.deletions, deletions));
        return new Abandoned(Map.copyOf(all), List.copyOf(both));
    }

    public boolean isNothing() {
        return structs.isEmpty() && deletions.isEmpty();
    }

    /// Whether a document with this state vector holds structs of it.
    boolean isAmong(StateVector held) {
        for (Map.Entry<Long, Span> one : structs.entrySet()) {
            if (held.clock(one.getKey()) > one.getValue().from) {
                return true;
            }
        }
        return false;
    }

    /// Whether structs of it come with an update.
    ///
    /// @param ends of each client in the update, the clock after its last struct
    boolean isAmong(Map<Long, Long> ends) {
        if (structs.isEmpty()) {
            return false;
        }
        for (Map.Entry<Long, Long> end : ends.entrySet()) {
            Span span = structs.get(end.getKey());
            if (span != null && end.getValue() > span.from) {
                return true;
            }
        }
        return false;
    }

    /// Whether deletions of it are among those a client repeats, and nobody has made them again since.
    boolean isDeletedIn(Bytes update, Doc now) {
        if (deletions.isEmpty()) {
            return false;
        }
        List<IdRange> among = minus(deletions, minus(deletions, Updates.deletionsOf(update)));
        return !among.isEmpty() && !minus(among, Snapshot.of(now).deletions()).isEmpty();
    }

    public Bytes encode() {
        ByteWriter out = new ByteWriter(16);
        out.varUint(structs.size());
        new TreeMap<>(structs).forEach((client, span) -> {
            out.varUint(client);
            out.varUint(span.from);
            out.varUint(span.end - span.from);
        });
        out.varUint(deletions.size());
        for (IdRange range : deletions) {
            out.varUint(range.client());
            out.varUint(range.clock());
            out.varUint(range.length());
        }
        return out.toBytes();
    }

    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when the bytes are not what [#encode] makes
    public static Abandoned decode(Bytes bytes) {
        ByteReader in = new ByteReader(bytes);
        Map<Long, Span> structs = new HashMap<>();
        for (IdRange range : ranges(in)) {
            structs.put(range.client(), new Span(range.clock(), range.clock() + range.length()));
        }
        List<IdRange> deletions = ranges(in);
        if (in.remaining() > 0) {
            throw in.malformed(in.remaining() + " bytes after what was abandoned");
        }
        return new Abandoned(Map.copyOf(structs), List.copyOf(deletions));
    }

    private static List<IdRange> ranges(ByteReader in) {
        long count = in.varUint();
        if (count > in.remaining() / 3) {
            throw in.malformed(count + " ranges in " + in.remaining() + " bytes");
        }
        List<IdRange> ranges = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            ranges.add(new IdRange(in.varUint(), in.varUint(), in.varUint()));
        }
        return ranges;
    }

    /// The parts of the first that are in none of the second.
    private static List<IdRange> minus(List<IdRange> from, List<IdRange> what) {
        Map<Long, List<IdRange>> taken = new HashMap<>();
        what.forEach(range -> taken.computeIfAbsent(range.client(), client -> new ArrayList<>())
                .add(range));
        taken.values().forEach(ranges -> ranges.sort(Comparator.comparingLong(IdRange::clock)));
        List<IdRange> left = new ArrayList<>();
        for (IdRange range : from) {
            long at = range.clock();
            long end = range.clock() + range.length();
            for (IdRange hole : taken.getOrDefault(range.client(), List.of())) {
                long holeEnd = hole.clock() + hole.length();
                if (holeEnd <= at) {
                    continue;
                }
                if (hole.clock() >= end) {
                    break;
                }
                if (hole.clock() > at) {
                    left.add(new IdRange(range.client(), at, hole.clock() - at));
                }
                at = Math.max(at, holeEnd);
            }
            if (at < end) {
                left.add(new IdRange(range.client(), at, end - at));
            }
        }
        return left;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Abandoned that && structs.equals(that.structs) && deletions.equals(that.deletions);
    }

    @Override
    public int hashCode() {
        return structs.hashCode() * 31 + deletions.hashCode();
    }

    @Override
    public String toString() {
        return structs.size() + " clients and " + deletions.size() + " deletions abandoned";
    }
}
