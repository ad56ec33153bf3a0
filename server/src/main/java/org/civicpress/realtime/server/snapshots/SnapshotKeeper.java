package org.civicpress.realtime.server.snapshots;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.civicpress.SnapshotStore;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Snapshots;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps snapshots in the installation's [SnapshotStore], on one platform thread of its own, one after the other.
/// Those that are older than [#LIFETIME] go, every few hours, unless their room is open. Shared.
///
/// A store that fails is said once in the log until it does not fail any more. What could not be kept is handed in
/// again by its room with the next pass.
public final class SnapshotKeeper implements Snapshots, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);
    static final Duration LIFETIME = Duration.ofHours(48);
    private static final Duration SWEEP_PERIOD = Duration.ofHours(6);
    private static final long MAX_QUEUED_BYTES = 256L << 20;
    private static final long CLOSE_SECONDS = 10;

    private final SnapshotStore store;
    private final Supplier<RealtimeConfig.Snapshots> settings;
    private final RoomEvents events;
    private final Clock clock;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("snapshot-keeper").factory());
    private boolean isFailing; // touched on the thread only

    /// @param settings asked each time; only what may change while the server runs is taken from it
    public SnapshotKeeper(
            SnapshotStore store, Supplier<RealtimeConfig.Snapshots> settings, RoomEvents events, Clock clock) {
        this.store = store;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public boolean covers(RoomId room) {
        return settings.get().enabled() && SnapshotStore.isRoom(room.toString());
    }

    @Override
    public Times times() {
        RealtimeConfig.Snapshots now = settings.get();
        if (!now.enabled()) {
            return new Times(0, 0);
        }
        double millis = now.intervalSeconds() * 1_000;
        return new Times(millis <= 0 ? 0 : Math.max(1, Math.round(millis)), Math.max(0, now.maxUpdates()));
    }

    @Override
    public void compare(RoomId room, Bytes state, Consumer<Boolean> whenKnown) {
        onThread(
                () -> whenKnown.accept(store.newestWhole(room.toString())
                        .map(snapshot -> snapshot.state()
                                .map(kept -> !isSame(Bytes.wrap(kept), state))
                                .orElse(true))
                        .orElse(false)),
                reason -> {
                    LOG.debug("{}: not compared with its snapshot: {}", room, reason);
                    whenKnown.accept(false);
                });
    }

    /// Whether two states are of documents that hold the same structs and have deleted the same of them.
    private static boolean isSame(Bytes one, Bytes other) {
        try {
            return one.equals(other)
                    || (Updates.stateVectorOf(one).equals(Updates.stateVectorOf(other))
                            && Updates.deletionsOf(one).equals(Updates.deletionsOf(other)));
        } catch (MalformedBytesException e) {
            return false;
        }
    }

    @Override
    public void keep(RoomId room, Bytes state, Consumer<Outcome> whenDone) {
        if (queuedBytes.addAndGet(state.length()) > MAX_QUEUED_BYTES) {
            queuedBytes.addAndGet(-state.length());
            whenDone.accept(new Outcome.Failed("too many snapshots wait to be kept"));
            return;
        }
        Consumer<Outcome> answer = outcome -> {
            queuedBytes.addAndGet(-state.length());
            whenDone.accept(outcome);
        };
        onThread(() -> answer.accept(write(room, state)), reason -> answer.accept(failed(room, reason)));
    }

    private Outcome write(RoomId room, Bytes state) {
        SnapshotStore.Written written = store.write(room.toString(), state.toArray(), clock.millis());
        if (isFailing) {
            isFailing = false;
            LOG.info("snapshots can be kept again");
        }
        LOG.debug("{}: snapshot {} kept, {} bytes", room, written.version(), written.byteSize());
        if (written.byteSize() > SnapshotStore.SOFT_CAP_BYTES) {
            LOG.warn(
                    "{}: snapshot {} has {} bytes, more than {}",
                    room,
                    written.version(),
                    written.byteSize(),
                    SnapshotStore.SOFT_CAP_BYTES);
            events.on(new RoomEvent.SnapshotOversize(
                    room, written.byteSize(), SnapshotStore.SOFT_CAP_BYTES, clock.millis()));
        }
        for (long version : written.pruned()) {
            events.on(new RoomEvent.SnapshotPruned(room, version, SnapshotStore.KEPT_VERSIONS, clock.millis()));
        }
        return new Outcome.Kept(written.version(), written.createdMillis());
    }

    private Outcome failed(RoomId room, String reason) {
        events.on(new RoomEvent.WritebackFailed(room, RoomEvent.WritebackFailed.Stage.PERSIST, reason, clock.millis()));
        return new Outcome.Failed(reason);
    }

    @Override
    public void newest(RoomId room, Consumer<Outcome> whenFound) {
        if (!covers(room)) {
            whenFound.accept(new Outcome.None());
            return;
        }
        onThread(() -> whenFound.accept(newest(room)), reason -> whenFound.accept(new Outcome.Failed(reason)));
    }

    private Outcome newest(RoomId room) {
        Optional<SnapshotStore.Version> newest = store.newest(room.toString());
        return newest.isPresent()
                ? new Outcome.Kept(newest.get().version(), newest.get().createdMillis())
                : new Outcome.None();
    }

    /// Removes what is too old now and every few hours from now on.
    ///
    /// @param isOpen whether a room is in memory; asked on the keeper's thread
    public void sweepFromNowOn(Predicate<RoomId> isOpen) {
        thread.scheduleAtFixedRate(() -> sweep(isOpen), 0, SWEEP_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sweep(Predicate<RoomId> isOpen) {
        try {
            long now = clock.millis();
            List<SnapshotStore.Version> gone =
                    store.sweep(now - LIFETIME.toMillis(), room -> isOpen.test(roomId(room)));
            for (SnapshotStore.Version version : gone) {
                events.on(new RoomEvent.SnapshotExpired(
                        roomId(version.room()), version.version(), now - version.createdMillis(), now));
            }
            if (!gone.isEmpty()) {
                LOG.info("{} snapshots older than {} hours were removed", gone.size(), LIFETIME.toHours());
            }
        } catch (RuntimeException e) {
            trouble("old snapshots cannot be removed", e);
        }
    }

    private static RoomId roomId(String room) {
        int colon = room.indexOf(':');
        return colon < 0 ? new RoomId("", room) : new RoomId(room.substring(0, colon), room.substring(colon + 1));
    }

    /// @param whenFailed told instead when the work throws, or cannot be begun any more
    private void onThread(Runnable work, Consumer<String> whenFailed) {
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | OutOfMemoryError e) {
                    trouble("snapshots cannot be kept or read now", e);
                    whenFailed.accept(String.valueOf(e.getMessage()));
                }
            });
        } catch (RejectedExecutionException e) {
            whenFailed.accept("the server is stopping");
        }
    }

    private void trouble(String what, Throwable e) {
        if (!isFailing) {
            isFailing = true;
            LOG.error("{}; it is tried again with the next one: {}", what, String.valueOf(e.getMessage()), e);
        }
    }

    /// Keeps what was handed in, then ends its thread.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("a snapshot is still being kept");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
