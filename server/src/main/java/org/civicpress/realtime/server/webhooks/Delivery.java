package org.civicpress.realtime.server.webhooks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.store.WebhookFile;
import org.civicpress.realtime.server.store.WebhookFile.Line;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Which event goes to which target next, and when. Everything that has to last is in the file. Confined to the thread
/// of the file; its owner puts what it changes into transactions.
///
/// One request is under way per target, and its events go in the order in which they came. One that fails is tried
/// again, after a pause that doubles, and the target's other events wait with it: mostly it is the target that is down.
/// When a target answers but refuses one event again and again, that event steps aside, is tried at times of its own,
/// and the others go on. Given up is an event that failed [#MAX_TRIES] times, which takes about a day; one that waited
/// a day for a target that failed all that day; one that the target answers with 410; and the oldest of more than
/// [#MAX_WAITING].
final class Delivery {
    static final int MAX_WAITING = 100_000;
    static final int MAX_TRIES = 35;
    static final int REFUSALS_UNTIL_ASIDE = 6;
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    static final Duration PATIENCE = Duration.ofDays(1);
    static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final long FIRST_PAUSE_MILLIS = 6_000;
    private static final double JITTER = 0.15;

    private final WebhookFile file;
    private final int maxWaiting;
    private final Sender sender;
    private final Consumer<Answered> answers;
    private final Clock clock;
    private final RandomGenerator random;
    private final JsonMapper json = JsonMapper.shared();
    private final Map<Long, Target> targets = new LinkedHashMap<>();
    private final Map<Long, Long> underWay = new LinkedHashMap<>(); // the line, by target
    private final Map<Long, Boolean> lastWasAside = new LinkedHashMap<>();

    /// What became of a try; to be handed to [#on].
    record Answered(long target, long seq, Sender.Answer answer) {}

    /// What became of a dead letter that was to be tried again.
    enum Revived {
        DONE,
        THERE_IS_NONE,
        /// Its target is not in `realtime.yml` any more.
        TARGET_IS_GONE
    }

    /// @param maxWaiting [#MAX_WAITING]
    /// @param answers told on any thread; returns at once
    Delivery(
            WebhookFile file,
            int maxWaiting,
            Sender sender,
            Consumer<Answered> answers,
            Clock clock,
            RandomGenerator random) {
        this.file = file;
        this.maxWaiting = maxWaiting;
        this.sender = sender;
        this.answers = answers;
        this.clock = clock;
        this.random = random;
    }

    /// Whom there is to tell. What waits for others is given up.
    void begin(List<Target> configured) {
        for (Target target : configured) {
            targets.put(file.register(target.hash(), target.shown()), target);
        }
        for (WebhookFile.Target known : file.targets()) {
            if (!targets.containsKey(known.id())) {
                int dead =
                        file.buryOlder(known.id(), Long.MAX_VALUE, "the target is not in realtime.yml any more", now());
                if (dead > 0) {
                    LOG.warn("{} events become dead letters: {} is not in realtime.yml any more", dead, known.shown());
                }
            }
        }
    }

    void add(RoomEvent event) {
        String id = null;
        String body = null;
        for (Map.Entry<Long, Target> target : targets.entrySet()) {
            if (target.getValue().wants(event.name())) {
                if (id == null || body == null) {
                    id = newId();
                    body = body(id, event);
                }
                file.add(target.getKey(), id, event.name(), body, now());
            }
        }
    }

    private String newId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return "evt_" + HexFormat.of().formatHex(bytes);
    }

    private String body(String id, RoomEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("event", event.name());
        fields.put("timestamp", Instant.ofEpochMilli(event.timeMillis()).toString());
        fields.put("data", event.payload());
        return json.writeValueAsString(fields);
    }

    /// Keeps the file within its bounds.
    void tidy() {
        int dead = file.buryAbove(maxWaiting, "too many events waited", now());
        if (dead > 0) {
            LOG.warn("the {} oldest events become dead letters: more than {} wait for webhooks", dead, maxWaiting);
        }
    }

    /// Forgets what is no longer of interest.
    void forgetOldDeadLetters() {
        file.forget(now() - DEAD_LETTERS_KEPT.toMillis(), maxWaiting);
    }

    /// Sends what may be sent now.
    ///
    /// @return when to ask again, unless something happens before; [Long#MAX_VALUE] when there is no such time
    long sendDue() {
        long now = now();
        long next = Long.MAX_VALUE;
        for (long target : targets.keySet()) {
            if (underWay.containsKey(target)) {
                continue;
            }
            long notBefore = file.target(target).notBefore();
            if (notBefore > now && notBefore <= now + LONGEST_PAUSE.toMillis()) { // else the clock was set back
                next = Math.min(next, notBefore);
                continue;
            }
            Optional<Line> line = choose(target, now);
            if (line.isPresent()) {
                send(target, line.get());
            } else {
                next = Math.min(next, file.asideUntil(target).orElse(Long.MAX_VALUE));
            }
        }
        return next;
    }

    /// Turn by turn, when both there are.
    private Optional<Line> choose(long target, long now) {
        Optional<Line> first = file.first(target);
        Optional<Line> aside = file.firstAside(target, now);
        return first.isEmpty() || (aside.isPresent() && !lastWasAside.getOrDefault(target, false)) ? aside : first;
    }

    private void send(long target, Line line) {
        underWay.put(target, line.seq());
        lastWasAside.put(target, line.isAside());
        Target to = targets.get(target);
        if (to == null) {
            throw new IllegalStateException("no target " + target);
        }
        sender.send(to, new Sender.Message(line.id(), line.body()))
                .thenAccept(answer -> answers.accept(new Answered(target, line.seq(), answer)));
    }

    boolean isAnythingUnderWay() {
        return !underWay.isEmpty();
    }

    void on(Answered answered) {
        long target = answered.target();
        underWay.remove(target);
        switch (answered.answer()) {
            case Sender.Answer.Status(int status, OptionalLong ignored)
            when status >= 200 && status <= 299 -> {
                file.remove(answered.seq());
                WebhookFile.Target before = file.target(target);
                if (before.failures() > 0) {
                    LOG.info("{} takes events again", before.shown());
                }
                file.succeeded(target, now());
            }
            case Sender.Answer.Status(int status, OptionalLong ignored)
            when status == 410 -> {
                file.bury(answered.seq(), "answered 410", now());
                file.noteError(target, "answered 410", now());
            }
            case Sender.Answer.Status(int status, OptionalLong retryAfter) ->
                failed(
                        target,
                        answered.seq(),
                        "answered " + status,
                        !isOfTheTarget(status),
                        Math.min(retryAfter.orElse(0), LONGEST_PAUSE.toMillis()));
            case Sender.Answer.None(String why) -> failed(target, answered.seq(), why, false, 0);
        }
    }

    /// Whether an answer says that nothing at all is taken now, rather than that this event is not.
    private static boolean isOfTheTarget(int status) {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    private void failed(long target, long seq, String error, boolean isRefusal, long atLeastMillis) {
        Optional<Line> line = file.line(seq);
        boolean wasAside = line.isPresent() && line.get().isAside();
        line.ifPresent(one -> failed(one, error, isRefusal));
        if (wasAside && isRefusal) {
            file.noteError(target, error, now());
        } else {
            failed(file.target(target), error, atLeastMillis);
        }
    }

    private void failed(Line line, String error, boolean isRefusal) {
        int tries = line.tries() + 1;
        int refusals = line.refusals() + (isRefusal ? 1 : 0);
        file.failed(line.seq(), tries, refusals, refusals >= REFUSALS_UNTIL_ASIDE, now() + pause(tries), error);
        if (tries >= MAX_TRIES) {
            file.bury(line.seq(), error, now());
            LOG.warn("event {} becomes a dead letter after {} tries: {}", line.id(), tries, error);
        }
    }

    private void failed(WebhookFile.Target target, String error, long atLeastMillis) {
        long now = now();
        int failures = target.failures() + 1;
        long since = failingSince(target, now);
        if (failures == 1) {
            LOG.warn("{} takes no events ({}) and is tried again", target.shown(), error);
        }
        file.failing(target.id(), failures, since, now + Math.max(pause(failures), atLeastMillis), error, now);
        long dayAgo = now - PATIENCE.toMillis();
        if (since <= dayAgo) {
            int dead = file.buryOlder(target.id(), dayAgo, error, now);
            if (dead > 0) {
                LOG.warn("{} events become dead letters: {} has taken none for a day", dead, target.shown());
            }
        }
    }

    /// Time in which this server did not run is not held against a target.
    private static long failingSince(WebhookFile.Target target, long now) {
        if (target.failingSince().isEmpty()) {
            return now;
        }
        long since = target.failingSince().getAsLong();
        long sinceLastTry = now - target.lastTry().orElse(now);
        return sinceLastTry > 2 * LONGEST_PAUSE.toMillis() ? since + sinceLastTry : since;
    }

    /// After so many failures: doubling, from five seconds to an hour, and never quite the same.
    private long pause(int failures) {
        long whole = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE_MILLIS << Math.min(failures - 1, 20));
        return (long) (whole * (1 - JITTER * random.nextDouble()));
    }

    /// Of those whom there is to tell.
    List<WebhookFile.Target> report() {
        return file.targets().stream()
                .filter(target -> targets.containsKey(target.id()))
                .toList();
    }

    Revived revive(long seq) {
        OptionalLong target = file.targetOfDead(seq);
        if (target.isEmpty()) {
            return Revived.THERE_IS_NONE;
        }
        if (!targets.containsKey(target.getAsLong())) {
            return Revived.TARGET_IS_GONE;
        }
        file.revive(seq, now());
        file.forgive(target.getAsLong());
        return Revived.DONE;
    }

    private long now() {
        return clock.millis();
    }
}
