package org.civicpress.realtime.crdt;

import org.jspecify.annotations.Nullable;

/// Runs what others gave us so that one that throws does not keep the next from running. What was thrown comes
/// out at the end: the last of it, with the earlier ones suppressed in it. Confined to its user.
final class Shield {
    private @Nullable Throwable thrown;

    void run(Runnable handler) {
        try {
            handler.run();
        } catch (RuntimeException | Error e) {
            if (thrown != null && thrown != e) {
                e.addSuppressed(thrown);
            }
            thrown = e;
        }
    }

    void rethrow() {
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(thrown);
        }
    }
}
