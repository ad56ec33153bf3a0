package org.civicpress.realtime.server.room;

/// One thread, and the rooms that belong to it. What is handed to it happens on that thread, one thing at a
/// time, in the order in which it was handed in.
///
/// A *tick* is the handling of everything that is ready now. What is to be sent is gathered during a tick
/// and leaves at its end, so that many edits cost one write to a socket.
///
/// Shared, except for [#atEndOfTick].
public interface Loop {
    void execute(Runnable work);

    /// Does the work on this loop, not before the delay has passed.
    Timer schedule(long delayMillis, Runnable work);

    /// Does the work once, after everything that is ready now was handled. Only from inside.
    void atEndOfTick(Runnable work);

    boolean isInside();

    default void requireInside() {
        if (!isInside()) {
            throw new IllegalStateException("not on the loop");
        }
    }

    /// Since the epoch.
    long nowMillis();

    /// Something that will happen. Confined to its loop.
    interface Timer {
        /// Without effect once it has happened.
        void cancel();
    }
}
