package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// The other side of [UpdateInput]. Confined to its user.
abstract class UpdateOutput {
    /// May what was written be given to [#structs]? Not when it begins or ends amid a pair of surrogates.
    abstract boolean isWhole();

    /// About how many bytes another output has to reserve for this in [#structs].
    abstract int sizeInOthers();

    /// All structs that another output of the same encoding has written; it holds nothing else, and
    /// must not change any more.
    abstract void structs(UpdateOutput written);

    abstract void number(long value);

    abstract void client(long client);

    abstract void info(int info);

    /// What stands before the content of an item with a neighbour.
    ///
    /// @param left null without
    /// @param right null without
    abstract void place(
            int info, @Nullable ClientStructs left, int leftClock, @Nullable ClientStructs right, int rightClock);

    abstract void left(long client, long clock);

    abstract void right(long client, long clock);

    abstract void parentIsRoot(boolean root);

    abstract void string(String text);

    /// Units `begin` to `end` of a run of text.
    abstract void text(Object text, int begin, int end);

    abstract void key(String key);

    abstract void typeRef(int ref);

    abstract void length(long length);

    abstract void any(Any value);

    /// Values `begin` to `length` of an item.
    abstract void values(Object content, int begin, int length);

    abstract void json(Any value);

    abstract void bytes(Bytes bytes);

    abstract void beginDeletions();

    abstract void deletion(long clock, long length);

    /// May a deletion begin before the end of the one written before it?
    abstract boolean goesBack();

    /// What was written outside all columns: numbers and deletions. With nothing else written, this is how
    /// deletions stand alone.
    abstract Bytes bareBytes();

    /// How much was written outside all columns.
    abstract int bareLength();

    /// What a reader had outside all columns from one position to another.
    abstract void bareBytes(ByteReader in, int begin, int end);

    /// All that was written.
    abstract Bytes toBytes();

    /// All that was written, with the number of blocks before it, and at the start of each block the number of its
    /// structs.
    ///
    /// @param blockAt the [#bareLength] at which each block began
    abstract Bytes toBytes(int[] blockAt, long[] blockSize, int blocks);

    /// The same for what stands outside all columns.
    static ByteWriter withCounts(ByteWriter bare, int[] blockAt, long[] blockSize, int blocks) {
        ByteWriter out = new ByteWriter(bare.length() + 9 * blocks + 9).varUint(blocks);
        for (int block = 0; block < blocks; block++) {
            int end = block + 1 < blocks ? blockAt[block + 1] : bare.length();
            out.varUint(blockSize[block]).bytes(bare, blockAt[block], end);
        }
        return blocks == 0 ? out.bytes(bare) : out;
    }
}
