package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Handlers in the order in which they came. One that is added while they are called is called the next time; one
/// that is closed meanwhile is not called any more. Confined to its [Doc].
final class Handlers<T> {
    private final List<Entry<T>> entries = new ArrayList<>(1);

    /// A class, not a record: the same handler may be there twice.
    private static final class Entry<T> {
        final T handler;
        boolean closed;

        Entry(T handler) {
            this.handler = handler;
        }
    }

    Subscription add(T handler, Runnable onClose) {
        Entry<T> entry = new Entry<>(handler);
        entries.add(entry);
        return () -> {
            if (!entry.closed) {
                entry.closed = true;
                entries.remove(entry);
                onClose.run();
            }
        };
    }

    void clear() {
        entries.forEach(entry -> entry.closed = true);
        entries.clear();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    void each(Shield shield, Consumer<T> call) {
        if (entries.isEmpty()) {
            return;
        }
        for (Entry<T> entry : List.copyOf(entries)) {
            if (!entry.closed) {
                shield.run(() -> call.accept(entry.handler));
            }
        }
    }
}
