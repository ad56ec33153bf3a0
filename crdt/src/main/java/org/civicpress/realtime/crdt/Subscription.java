package org.civicpress.realtime.crdt;

/// What a listener holds on to in order to stop listening. Confined to the document it belongs to.
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
