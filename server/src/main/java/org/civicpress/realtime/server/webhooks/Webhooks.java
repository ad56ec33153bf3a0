package org.civicpress.realtime.server.webhooks;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.store.JournalException;
import org.civicpress.realtime.server.store.WebhookFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells events to the targets of `realtime.yml`. Every event is in a file, fsynced, before it is sent, and stays there
/// until it was taken or given up, across restarts: it comes at least once. Shared: everything returns at once, except
/// [#close].
///
/// One thread has the file. What was handed in meanwhile, events, answers and questions, it does in one transaction;
/// then it sends. While the file cannot be written, all of that waits.
public final class Webhooks implements RoomEvents, AutoCloseable {
    public static final String FILE = "realtime-webhooks.db";

    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_CLEANINGS = Duration.ofHours(1);
    private static final int MAX_BATCH = 1_000;
    private static final int MOST_DEAD_LETTERS_TOLD = 1_000;
    private static final int PAUSE_AFTER_TROUBLE_MILLIS = 1_000;
    private static final int CLOSE_SECONDS = 10;
    private static final long ANSWERS_PATIENCE_MILLIS = 1_000;

    private final WebhookFile file;
    private final HttpSender sender;
    private final Delivery delivery;
    private final Clock clock;
    private final BlockingQueue<Work> waiting = new LinkedBlockingQueue<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private boolean isInTrouble; // of the thread, as those below
    private long nextCleaning;

    /// Done by the thread. The change may be made again when the file could not be written.
    ///
    /// @param change in a transaction
    /// @param then when that is on the disk
    private record Work(Runnable change, Runnable then) {}

    /// What there is to know.
    ///
    /// @param dead how many dead letters are kept
    public record Report(List<WebhookFile.Target> targets, long dead) {}

    /// @param letters the newest first, not more than 1,000
    public record DeadLetters(long total, List<WebhookFile.Dead> letters) {}

    /// What became of a dead letter that was to be sent again.
    public enum Retry {
        DONE,
        THERE_IS_NONE,
        /// Its target is not in `realtime.yml` any more.
        TARGET_IS_GONE
    }

    /// Opens the file, when there is somebody to tell.
    ///
    /// @param systemData where the file is
    /// @return empty when there is nobody
    /// @throws JournalException with one line for the operator
    public static Optional<Webhooks> open(RealtimeConfig.Webhooks config, Path systemData, Clock clock) {
        if (config.targets().isEmpty()) {
            return Optional.empty();
        }
        Signature signature;
        try {
            signature = new Signature(config.secret().orElseThrow());
        } catch (IllegalArgumentException e) {
            throw new JournalException(
                    "realtime.yml: webhooks.secret begins with whsec_, but what follows is not base64. Correct it.", e);
        }
        return Optional.of(new Webhooks(
                WebhookFile.open(systemData.resolve(FILE)), new HttpSender(signature, clock, TIMEOUT), config, clock));
    }

    private Webhooks(WebhookFile file, HttpSender sender, RealtimeConfig.Webhooks config, Clock clock) {
        this.file = file;
        this.sender = sender;
        this.clock = clock;
        delivery = new Delivery(
                file,
                Delivery.MAX_WAITING,
                sender,
                answered -> waiting.add(new Work(() -> this.delivery().on(answered), () -> {})),
                clock,
                new SecureRandom());
        List<Target> targets = Target.of(config);
        waiting.add(new Work(() -> delivery.begin(targets), () -> {}));
        thread = Thread.ofPlatform().name("webhooks").daemon().start(this::run);
    }

    private Delivery delivery() {
        return delivery;
    }

    @Override
    public void on(RoomEvent event) {
        if (waiting.size() >= Delivery.MAX_WAITING) {
            if (lost.getAndIncrement() % 1_000 == 0) {
                LOG.error("events for webhooks are lost: {} wait for the disk", Delivery.MAX_WAITING);
            }
            return;
        }
        waiting.add(new Work(() -> delivery.add(event), () -> {}));
    }

    /// How the targets are.
    public CompletableFuture<Report> report() {
        return ask(() -> new Report(delivery.report(), file.deadCount()));
    }

    public CompletableFuture<DeadLetters> deadLetters() {
        return ask(() -> new DeadLetters(file.deadCount(), file.dead(MOST_DEAD_LETTERS_TOLD)));
    }

    /// Sends a dead letter again, as if it had come now.
    public CompletableFuture<Retry> retry(long id) {
        return ask(() -> switch (delivery.revive(id)) {
            case DONE -> Retry.DONE;
            case THERE_IS_NONE -> Retry.THERE_IS_NONE;
            case TARGET_IS_GONE -> Retry.TARGET_IS_GONE;
        });
    }

    private <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        List<T> found = new ArrayList<>();
        waiting.add(new Work(
                () -> {
                    found.clear();
                    found.add(question.get());
                },
                () -> answer.complete(found.getFirst())));
        return answer;
    }

    private void run() {
        try {
            work();
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        } catch (RuntimeException e) {
            LOG.error("the webhooks stop: what cannot happen has happened; events are sent after a restart", e);
        } finally {
            file.close();
        }
    }

    private void work() throws InterruptedException {
        List<Work> batch = new ArrayList<>();
        long next = 0;
        long closeAt = Long.MAX_VALUE;
        while (true) {
            await(batch, Math.min(next, closeAt));
            try {
                commit(batch);
                batch.clear();
                if (closing.get()) {
                    closeAt = Math.min(closeAt, clock.millis() + ANSWERS_PATIENCE_MILLIS);
                    if (waiting.isEmpty() && (!delivery.isAnythingUnderWay() || clock.millis() >= closeAt)) {
                        return;
                    }
                    next = Long.MAX_VALUE;
                } else {
                    next = Math.min(delivery.sendDue(), nextCleaning);
                }
                if (isInTrouble) {
                    isInTrouble = false;
                    LOG.info("events for webhooks are kept again");
                }
            } catch (UnavailableException e) {
                if (!isInTrouble) {
                    isInTrouble = true;
                    LOG.error("events for webhooks wait: {}", e.getMessage());
                }
                if (closing.get()) {
                    LOG.error("{} events, answers and questions of webhooks are lost", batch.size() + waiting.size());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_TROUBLE_MILLIS);
            }
        }
    }

    private void await(List<Work> batch, long until) throws InterruptedException {
        if (batch.isEmpty()) {
            Work first = waiting.poll(Math.max(0, until - clock.millis()), TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
            }
        }
        waiting.drainTo(batch, Math.max(0, MAX_BATCH - batch.size()));
    }

    private void commit(List<Work> batch) {
        boolean isCleaning = clock.millis() >= nextCleaning;
        if (batch.isEmpty() && !isCleaning) {
            return;
        }
        file.inTransaction(() -> {
            batch.forEach(work -> work.change().run());
            delivery.tidy();
            if (isCleaning) {
                delivery.forgetOldDeadLetters();
            }
        });
        if (isCleaning) {
            nextCleaning = clock.millis() + BETWEEN_CLEANINGS.toMillis();
        }
        batch.forEach(work -> work.then().run());
    }

    /// Puts what has happened into the file, hears answers that are about to come, and sends nothing more.
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            waiting.add(new Work(() -> {}, () -> {}));
        }
        try {
            if (!thread.join(Duration.ofSeconds(CLOSE_SECONDS))) {
                LOG.error("events for webhooks are still being kept");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.close();
    }
}
