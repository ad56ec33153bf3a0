package org.civicpress.realtime.crdt;

/// A place in an update, going from struct to struct across its blocks: in one that was taken apart ([Rows]), or
/// in bytes, of which no more is read than is asked for, though all of it is examined ([EncodedCursor]). Confined
/// to its user.
abstract class UpdateCursor {
    /// Is there no struct any more? Then the fields below mean nothing.
    boolean done;

    long client;
    long clock;
    /// The clock after the struct.
    long end;

    int kind;

    /// Which of two at the same place comes first; used by [UpdateMerge].
    int rank;

    abstract void advance();

    /// Appends the struct to an update, without its first `offset` units.
    abstract void copyTo(UpdateSink out, long offset);

    /// Adds the deletions of an update whose structs have all been passed.
    abstract void readDeletions(DeleteSet into);

    final boolean isSkip() {
        return kind == Content.SKIP;
    }

    /// @param pastSkips to not stop at gaps
    static UpdateCursor of(DecodedUpdate update, boolean pastSkips) {
        return new Rows(update, pastSkips);
    }

    private static final class Rows extends UpdateCursor {
        private final DecodedUpdate update;
        private final boolean pastSkips;
        private int block;
        private int index = -1;

        Rows(DecodedUpdate update, boolean pastSkips) {
            this.update = update;
            this.pastSkips = pastSkips;
            advance();
        }

        @Override
        void advance() {
            index++;
            while (pastSkips && index < update.size && update.kind[index] == Content.SKIP) {
                index++;
            }
            if (index >= update.size) {
                done = true;
                return;
            }
            while (index >= update.end(block)) {
                block++;
            }
            client = update.blockClient[block];
            clock = update.clock[index];
            end = clock + update.length[index];
            kind = update.kind[index];
        }

        @Override
        void copyTo(UpdateSink out, long offset) {
            out.add(update, client, index, offset);
        }

        @Override
        void readDeletions(DeleteSet into) {
            into.addAll(update.deletes);
        }
    }
}
