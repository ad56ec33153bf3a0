package org.civicpress.realtime.crdt;

/// A place in an update, going from struct to struct across its blocks. Confined to its user.
final class UpdateCursor {
    private final DecodedUpdate update;
    private final boolean pastSkips;
    private int block;
    private int index;

    private UpdateCursor(DecodedUpdate update, boolean pastSkips) {
        this.update = update;
        this.pastSkips = pastSkips;
        settle();
    }

    static UpdateCursor withSkips(DecodedUpdate update) {
        return new UpdateCursor(update, false);
    }

    /// One that does not stop at gaps.
    static UpdateCursor withoutSkips(DecodedUpdate update) {
        return new UpdateCursor(update, true);
    }

    boolean done() {
        return index == update.size;
    }

    void advance() {
        index++;
        settle();
    }

    private void settle() {
        while (pastSkips && !done() && isSkip()) {
            index++;
        }
        while (!done() && index >= update.end(block)) {
            block++;
        }
    }

    boolean isSkip() {
        return update.kind[index] == Content.SKIP;
    }

    boolean isGc() {
        return update.kind[index] == Content.GC;
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

    /// Appends the struct to another update, without its first `offset` units.
    void copyTo(DecodedUpdate out, long offset) {
        long client = client();
        if (out.blocks == 0 || out.blockClient[out.blocks - 1] != client) {
            out.beginBlock(client);
        }
        out.addFrom(update, client, index, offset);
    }
}
