package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.Bytes;

/// The other side of [UpdateInput]. Confined to its user.
abstract class UpdateOutput {
    abstract void number(long value);

    abstract void client(long client);

    abstract void info(int info);

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

    abstract void json(Any value);

    abstract void bytes(Bytes bytes);

    abstract void beginDeletions();

    abstract void deletion(long clock, long length);

    /// What was written outside all columns: numbers and deletions. With nothing else written, this is how
    /// deletions stand alone.
    abstract Bytes bareBytes();

    /// All that was written.
    abstract Bytes toBytes();
}
