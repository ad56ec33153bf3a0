package org.civicpress.realtime.server.hooks;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.civicpress.realtime.civicpress.ActivityLog;
import org.civicpress.realtime.civicpress.HookSettings;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells events to listeners in this process, to the activity log and to the webhooks, as `hooks.yml` has it, and
/// hears those that CivicPress tells. Shared: everything returns at once.
///
/// Listeners run on one thread of the hooks, one after the other, in order; a slow one makes the others wait, but
/// no room. When too many events wait for it, the newest are dropped and counted. The log has a thread of its own.
/// A thread is there only while there is something to do.
public final class Hooks implements RoomEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);
    private static final String SESSIONS_REVOKED = "auth:sessions:revoked";
    private static final int MAX_WAITING = 10_000;
    private static final int IDLE_SECONDS = 10;
    private static final int CLOSE_SECONDS = 5;

    private final Supplier<HookSettings> settings;
    private final ActivityLog activityLog;
    private final Optional<RoomEvents> webhooks;
    private final BiConsumer<String, Optional<String>> sessionsRevoked;
    private final Clock clock;
    private final List<Listening> listening = new CopyOnWriteArrayList<>();
    private final AtomicLong dropped = new AtomicLong();
    private final ThreadPoolExecutor listeners = thread("hooks");
    private final ThreadPoolExecutor audit = thread("activity-log");

    private record Listening(EventPattern pattern, Consumer<HookEvent> listener) {}

    /// Somebody who listens, until this is closed. Shared.
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /// @param settings asked for every event
    /// @param webhooks where events go besides, when there are any
    /// @param sessionsRevoked told the id of a user whose sessions were ended, and why; returns at once
    public Hooks(
            Supplier<HookSettings> settings,
            ActivityLog activityLog,
            Optional<RoomEvents> webhooks,
            BiConsumer<String, Optional<String>> sessionsRevoked,
            Clock clock) {
        this.settings = settings;
        this.activityLog = activityLog;
        this.webhooks = webhooks;
        this.sessionsRevoked = sessionsRevoked;
        this.clock = clock;
    }

    private static ThreadPoolExecutor thread(String name) {
        var one = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                Thread.ofPlatform().name(name).daemon().factory());
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /// Listens from now on.
    ///
    /// @param pattern a name, or a pattern in which `*` stands for any characters
    /// @param listener runs on the thread of the hooks; what it throws is logged
    public Registration on(String pattern, Consumer<HookEvent> listener) {
        Listening one = new Listening(new EventPattern(pattern), listener);
        listening.add(one);
        return () -> listening.removeIf(other -> other == one);
    }

    @Override
    public void on(RoomEvent event) {
        HookSettings now = settings.get();
        if (!now.isDelivered(event.name())) {
            return;
        }
        webhooks.ifPresent(hooks -> hooks.on(event));
        HookEvent told = new HookEvent(event.name(), event.timeMillis(), event.payload());
        if (now.isAudited(event.name())) {
            boolean isFailure =
                    event instanceof RoomEvent.WritebackFailed || event instanceof RoomEvent.SnapshotIntegrityFailed;
            hand(audit, () -> activityLog.note(told.name(), told.timeMillis(), isFailure, told.payload()));
        }
        tell(told);
    }

    /// An event of CivicPress, for a program that has both in one process. `auth:sessions:revoked` with `userId`
    /// (number or text) and perhaps `reason` ends that user's connections, whatever `hooks.yml` says; malformed, it
    /// does nothing. Listeners hear it as well.
    public void emit(String name, Map<String, Object> payload) {
        if (name.equals(SESSIONS_REVOKED)) {
            String user = switch (payload.get("userId")) {
                case String text when !text.isEmpty() -> text;
                case Integer number -> number.toString();
                case Long number -> number.toString();
                case null, default -> "";
            };
            if (user.isEmpty()) {
                LOG.debug("{} without a user is ignored", name);
                return;
            }
            sessionsRevoked.accept(
                    user, payload.get("reason") instanceof String reason ? Optional.of(reason) : Optional.empty());
        }
        if (settings.get().isDelivered(name)) {
            tell(new HookEvent(name, clock.millis(), payload));
        }
    }

    private void tell(HookEvent event) {
        for (Listening one : listening) {
            if (one.pattern.matches(event.name())) {
                hand(listeners, () -> tell(one, event));
            }
        }
    }

    private void tell(Listening one, HookEvent event) {
        if (!listening.contains(one)) {
            return; // it was closed meanwhile
        }
        try {
            one.listener.accept(event);
        } catch (RuntimeException e) {
            LOG.warn("a listener failed on {}", event.name(), e);
        }
    }

    private void hand(ThreadPoolExecutor to, Runnable work) {
        try {
            to.execute(work);
        } catch (RejectedExecutionException e) {
            if (dropped.getAndIncrement() % 1_000 == 0) {
                LOG.warn("events are dropped: {} wait for a slow listener or disk", MAX_WAITING);
            }
        }
    }

    /// How many events somebody did not hear because too many waited.
    public long dropped() {
        return dropped.get();
    }

    /// Tells what waits, for a few seconds at most, and nothing more. Not from a listener.
    @Override
    public void close() {
        listeners.shutdown();
        audit.shutdown();
        try {
            if (!listeners.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a listener takes too long and is interrupted");
                listeners.shutdownNow();
            }
            if (!audit.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the activity log is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
