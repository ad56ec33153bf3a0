package org.civicpress.realtime.bench.load;

import io.netty.buffer.ByteBuf;

/// Of an update in encoding V1, only how far it brings each client. It knows what typists write: text, and what a
/// server makes of it (runs, collected stretches, gaps). Confined to its user.
///
/// ```
/// payload := varUint(length) update
/// update  := varUint(n) n × (varUint(structs) varUint(client) varUint(clock) struct*) deleteSet
/// struct  := info=0 varUint(length) | info=10 varUint(length)                 collected, gap
///          | info [id] [id] [parent] [varString] content                      item
/// ```
final class ClockReader {
    @FunctionalInterface
    interface Sink {
        /// The update holds this client's structs up to this clock (exclusive).
        void reaches(long client, long clock);
    }

    private static final int LEFT = 0x80;
    private static final int RIGHT = 0x40;
    private static final int KEY = 0x20;
    private static final int REF = 0x1f;
    private static final int GC = 0;
    private static final int DELETED = 1;
    private static final int STRING = 4;
    private static final int SKIP = 10;

    private final ByteBuf in;
    private final int end;
    private int next;

    ClockReader(ByteBuf in, int begin, int end) {
        this.in = in;
        this.next = begin;
        this.end = end;
    }

    void read(Sink sink) {
        varUint(); // the length of the rest
        for (long clients = varUint(); clients > 0; clients--) {
            long structs = varUint();
            long client = varUint();
            long clock = varUint();
            for (; structs > 0; structs--) {
                clock += struct();
            }
            sink.reaches(client, clock);
        }
    }

    private long struct() {
        int info = in.getByte(next++) & 0xff;
        int ref = info & REF;
        if (ref == GC || ref == SKIP) {
            return varUint();
        }
        if ((info & LEFT) != 0) {
            skipId();
        }
        if ((info & RIGHT) != 0) {
            skipId();
        }
        if ((info & (LEFT | RIGHT)) == 0) {
            if (varUint() == 1) {
                skipString();
            } else {
                skipId();
            }
            if ((info & KEY) != 0) {
                skipString();
            }
        }
        return switch (ref) {
            case DELETED -> varUint();
            case STRING -> skipString();
            default -> throw new IllegalStateException("a typist does not write content " + ref);
        };
    }

    private void skipId() {
        varUint();
        varUint();
    }

    /// Its length in bytes, which is that in UTF-16 units: typists write ASCII.
    private long skipString() {
        long length = varUint();
        next += (int) length;
        return length;
    }

    private long varUint() {
        long value = 0;
        for (int shift = 0; next < end; shift += 7) {
            int b = in.getByte(next++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("the update ends too early");
    }
}
