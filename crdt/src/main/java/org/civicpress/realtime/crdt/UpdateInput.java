package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// The fields of an update, one after the other, as an encoding has them. Everything throws
/// [MalformedBytesException] when the bytes are not what they claim to be. Confined to its user.
abstract class UpdateInput {
    /// How many structs may still be read: their number is declared, and need not cost the sender a byte.
    private long structBudget;

    UpdateInput(long structBudget) {
        this.structBudget = structBudget;
    }

    /// @throws MalformedBytesException when there are more structs than such a stretch of bytes can mean
    final void countStruct() {
        if (--structBudget < 0) {
            throw malformed("more structs than the bytes can hold");
        }
    }

    /// A number that stands outside all columns: counts, clocks of blocks, lengths of gaps.
    abstract long number();

    abstract long client();

    abstract int info();

    abstract long leftClient();

    abstract long leftClock();

    abstract long rightClient();

    abstract long rightClock();

    /// Is the parent a root, to be named by a string?
    abstract boolean parentIsRoot();

    abstract String string();

    /// Text as [TextContent] keeps it.
    abstract Object text();

    abstract String key();

    abstract int typeRef();

    abstract long length();

    /// A length that announces so many values, which has been compared with what remains.
    abstract int valueCount();

    abstract Any any();

    /// So many of them, as [ValuesContent] keeps them.
    abstract Object values(int count);

    /// A value that is JSON text in V1.
    abstract Any json();

    abstract Bytes bytes();

    /// To be called before the ranges of a client.
    abstract void beginDeletions();

    abstract long deletionClock();

    abstract long deletionLength();

    /// How many bytes remain, of all columns and outside them.
    abstract int remaining();

    abstract MalformedBytesException malformed(String what);
}
