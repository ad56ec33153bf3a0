package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// Goes through an update as it is encoded, block by block and struct by struct; the grammar is that of
/// [UpdateReader], what the fields look like an encoding says. Confined to its user.
abstract class EncodedCursor extends UpdateCursor {
    private final boolean pastSkips;
    private long blocksLeft;
    private long structsLeft;
    private long nextClient;
    private long nextClock;

    EncodedCursor(boolean pastSkips) {
        this.pastSkips = pastSkips;
    }

    /// To be called when the encoding is ready to be read: goes to the first struct.
    final void begin() {
        blocksLeft = number();
        advance();
    }

    @Override
    final void advance() {
        do {
            while (structsLeft == 0) {
                if (blocksLeft == 0) {
                    done = true;
                    return;
                }
                blocksLeft--;
                structsLeft = number();
                nextClient = blockClient();
                nextClock = number();
            }
            structsLeft--;
            client = nextClient;
            clock = nextClock;
            long length = struct();
            if (length == 0) {
                throw malformed("an empty struct");
            }
            end = clock + length;
            if (end > ByteReader.MAX_SAFE_INTEGER) {
                throw malformed("a clock above 2^53 - 1");
            }
            nextClock = end;
        } while (pastSkips && kind == Content.SKIP);
    }

    /// A number outside all columns.
    abstract long number();

    abstract long blockClient();

    /// Examines the next struct and passes it; says its kind.
    ///
    /// @return its length
    abstract long struct();

    abstract MalformedBytesException malformed(String what);

    /// The clock of an id that the struct refers to; one of its own client has to come before it.
    final long earlier(long of, long at) {
        if (of == client && at >= clock) {
            throw malformed("a struct that refers to a later one of its own client");
        }
        return at;
    }
}
