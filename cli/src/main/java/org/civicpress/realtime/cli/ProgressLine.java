package org.civicpress.realtime.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.server.store.Progress;

/// Tells a person how far a command has come, when it takes longer than a second. Confined to its
/// command's thread.
final class ProgressLine implements Progress {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NEXT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintStream err;
    private long due = System.nanoTime() + FIRST_NANOS;

    ProgressLine(PrintStream err) {
        this.err = err;
    }

    @Override
    public void at(String what, long done, long total) {
        long now = System.nanoTime();
        if (now - due >= 0) {
            due = now + NEXT_NANOS;
            err.println("civic-realtime: " + done + (total > 0 ? " of " + total : "") + " " + what);
        }
    }
}
