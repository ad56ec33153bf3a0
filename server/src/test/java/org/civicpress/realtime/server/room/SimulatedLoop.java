package org.civicpress.realtime.server.room;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A loop without a thread and with a clock of its own: work is done when the test says so, in the order in which
/// it was handed in. Confined to the test's thread.
public final class SimulatedLoop implements Loop {
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final ArrayDeque<Runnable> atEnd = new ArrayDeque<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::order));
    private long nowMillis = 1_800_000_000_000L;
    private long orders;
    private boolean isRunning;

    private record Due(long atMillis, long order, Runnable work) {}

    @Override
    public void execute(Runnable work) {
        ready.add(work);
    }

    @Override
    public Timer schedule(long delayMillis, Runnable work) {
        Due due = new Due(nowMillis + Math.max(delayMillis, 0), orders++, work);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public void atEndOfTick(Runnable work) {
        requireInside();
        atEnd.add(work);
    }

    @Override
    public boolean isInside() {
        return isRunning;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    /// Does what is ready as one tick, and what follows from it, until nothing is.
    public void run() {
        while (!ready.isEmpty() || !atEnd.isEmpty()) {
            tick();
        }
    }

    /// Does what is ready now as one tick.
    public void tick() {
        isRunning = true;
        try {
            for (int i = ready.size(); i > 0; i--) {
                ready.remove().run();
            }
            for (int i = atEnd.size(); i > 0; i--) {
                atEnd.remove().run();
            }
        } finally {
            isRunning = false;
        }
    }

    /// Lets time pass, with everything that falls due.
    public void advance(long millis) {
        run();
        long until = nowMillis + millis;
        for (Due next = timers.peek(); next != null && next.atMillis() <= until; next = timers.peek()) {
            timers.remove();
            nowMillis = next.atMillis();
            ready.add(next.work());
            run();
        }
        nowMillis = until;
    }

    /// The thread is gone, with everything it was to do.
    public void crash() {
        ready.clear();
        atEnd.clear();
        timers.clear();
    }
}
