package org.civicpress.realtime.server.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.civicpress.realtime.server.hooks.EventPattern;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.WebhookFile;
import org.civicpress.realtime.server.webhooks.Sender.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Days of delivering, on a simulated clock.
final class DeliveryTest {
    private static final Target HALL = new Target(URI.create("https://hall.example/"), List.of(new EventPattern("*")));
    private static final Target PRESS =
            new Target(URI.create("https://press.example/"), List.of(new EventPattern("*")));
    private static final Answer OK = new Answer.Status(200, OptionalLong.empty());
    private static final Answer REFUSED = new Answer.Status(500, OptionalLong.empty());
    private static final Answer DOWN = new Answer.None("cannot be reached");
    private static final int MAX_WAITING = 50;

    @TempDir
    private Path dir;

    private final SimulatedClock clock = new SimulatedClock();
    private final Queue<Delivery.Answered> answers = new ArrayDeque<>();
    private final List<Sent> sent = new ArrayList<>();
    private BiFunction<Target, String, Answer> world = (target, room) -> OK;
    private WebhookFile file;
    private Delivery delivery;

    private record Sent(Target target, String room, String id, long time, Answer answer) {}

    private static final class SimulatedClock extends Clock {
        long now = 1_700_000_000_000L;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }

        @Override
        public long millis() {
            return now;
        }
    }

    @BeforeEach
    void open() {
        begin(HALL, PRESS);
    }

    private void begin(Target... targets) {
        file = WebhookFile.open(dir.resolve("w.db"));
        delivery = new Delivery(file, MAX_WAITING, this::send, answers::add, clock, new Random(7));
        file.inTransaction(() -> delivery.begin(List.of(targets)));
    }

    @AfterEach
    void close() {
        file.close();
    }

    private CompletableFuture<Answer> send(Target target, Sender.Message message) {
        String room = message.body().replaceAll(".*\"roomId\":\"[a-z]+:([^\"]*)\".*", "$1");
        Answer answer = world.apply(target, room);
        sent.add(new Sent(target, room, message.id(), clock.now, answer));
        return CompletableFuture.completedFuture(answer);
    }

    private void happens(String room) {
        file.inTransaction(() -> {
            delivery.add(new RoomEvent.RoomCreated(new RoomId("docs", room), clock.now));
            delivery.tidy();
        });
    }

    private void passes(Duration time) {
        long end = clock.now + time.toMillis();
        while (true) {
            long next = delivery.sendDue();
            if (!answers.isEmpty()) {
                Delivery.Answered answered = answers.remove();
                file.inTransaction(() -> delivery.on(answered));
            } else if (next > end) {
                clock.now = end;
                return;
            } else {
                clock.now = Math.max(clock.now, next);
            }
        }
    }

    private List<String> taken(Target target) {
        return sent.stream()
                .filter(one -> one.target() == target && one.answer() == OK)
                .map(Sent::room)
                .toList();
    }

    private List<Sent> tries(Target target) {
        return sent.stream().filter(one -> one.target() == target).toList();
    }

    private List<String> dead() {
        return file.dead(1_000).stream()
                .map(one -> one.target() + " " + one.error())
                .toList();
    }

    @Test
    void aTargetThatIsDownHoldsUpNobodyElse() {
        world = (target, room) -> target == HALL ? DOWN : OK;
        happens("a");
        happens("b");
        passes(Duration.ofSeconds(1));
        assertThat(taken(PRESS)).containsExactly("a", "b");
        assertThat(tries(HALL)).extracting(Sent::room).containsExactly("a");
    }

    @Test
    void whatWaitedForATargetComesInOrderWhenItIsBack() {
        world = (target, room) -> DOWN;
        happens("a");
        passes(Duration.ofHours(5));
        happens("b");
        passes(Duration.ofHours(5));
        world = (target, room) -> OK;
        happens("c");
        passes(Duration.ofHours(1));
        assertThat(taken(HALL)).containsExactly("a", "b", "c");
        assertThat(tries(HALL).stream()
                        .filter(one -> one.room().equals("a"))
                        .map(Sent::id)
                        .distinct())
                .hasSize(1);
        assertThat(dead()).isEmpty();
    }

    @Test
    void pausesDoubleFromFiveSecondsToAnHour() {
        world = (target, room) -> DOWN;
        happens("a");
        passes(Duration.ofHours(12));
        List<Sent> tries = tries(HALL);
        long pause = 5_000;
        for (int i = 1; i < tries.size(); i++) {
            long waited = tries.get(i).time() - tries.get(i - 1).time();
            assertThat(waited).isBetween(Math.min(pause, 3_000_000), Math.min(2 * pause, 3_600_000));
            pause *= 2;
        }
        assertThat(tries).hasSizeBetween(18, 24);
    }

    @Test
    void anEventIsADeadLetterAfterItsLastTryAboutADayLater() {
        world = (target, room) -> target == HALL ? DOWN : OK;
        happens("a");
        passes(Duration.ofHours(20));
        assertThat(dead()).isEmpty();
        passes(Duration.ofHours(6));
        assertThat(dead()).containsExactly("https://hall.example/ cannot be reached");
        assertThat(tries(HALL)).hasSizeBetween(30, Delivery.MAX_TRIES);
        int before = sent.size();
        passes(Duration.ofDays(2));
        assertThat(sent).hasSize(before);
    }

    @Test
    void eventsBehindTheFirstHaveADayToo() {
        world = (target, room) -> DOWN;
        happens("a");
        passes(Duration.ofHours(12));
        happens("b");
        passes(Duration.ofHours(14));
        assertThat(dead()).hasSize(2); // a, for each of the two
        passes(Duration.ofHours(12));
        assertThat(dead()).hasSize(4);
    }

    @Test
    void timeInWhichThisServerDoesNotRunIsNotHeldAgainstATarget() {
        world = (target, room) -> DOWN;
        happens("a");
        happens("b");
        passes(Duration.ofHours(1));
        file.close();
        clock.now += Duration.ofDays(7).toMillis();
        begin(HALL, PRESS);
        passes(Duration.ofHours(5));
        assertThat(dead()).isEmpty();
        world = (target, room) -> OK;
        passes(Duration.ofHours(1));
        assertThat(taken(HALL)).containsExactly("a", "b");
    }

    @Test
    void anEventThatIsRefusedStepsAsideAndIsTriedForADay() {
        world = (target, room) -> room.equals("bad") ? REFUSED : OK;
        happens("bad");
        happens("b");
        happens("c");
        passes(Duration.ofSeconds(30));
        assertThat(taken(HALL)).isEmpty();
        passes(Duration.ofMinutes(10));
        assertThat(taken(HALL)).containsExactly("b", "c");
        passes(Duration.ofHours(18));
        assertThat(dead()).isEmpty();
        happens("d");
        passes(Duration.ofSeconds(1));
        assertThat(taken(HALL)).containsExactly("b", "c", "d");
        passes(Duration.ofHours(8));
        assertThat(dead())
                .containsExactlyInAnyOrder("https://hall.example/ answered 500", "https://press.example/ answered 500");
        assertThat(tries(HALL).stream().filter(one -> one.room().equals("bad"))).hasSize(Delivery.MAX_TRIES);
    }

    @Test
    void anEventThatStoodAsideIsTakenLater() {
        world = (target, room) -> room.equals("bad") ? REFUSED : OK;
        happens("bad");
        passes(Duration.ofHours(2));
        world = (target, room) -> OK;
        passes(Duration.ofHours(2));
        assertThat(taken(HALL)).containsExactly("bad");
    }

    @Test
    void aTargetThatIsBusyIsLeftAloneAsLongAsItAsksWithinAnHour() {
        world = (target, room) -> new Answer.Status(503, OptionalLong.of(1_800_000));
        happens("a");
        passes(Duration.ofMinutes(29));
        assertThat(tries(HALL)).hasSize(1);
        world = (target, room) -> new Answer.Status(429, OptionalLong.of(Long.MAX_VALUE));
        passes(Duration.ofMinutes(60));
        assertThat(tries(HALL)).hasSize(2);
        world = (target, room) -> OK;
        passes(Duration.ofMinutes(1));
        assertThat(taken(HALL)).containsExactly("a");
    }

    @Test
    void aTargetThatIsBusyKeepsItsOrder() {
        world = (target, room) -> new Answer.Status(503, OptionalLong.empty());
        happens("a");
        happens("b");
        passes(Duration.ofHours(6));
        world = (target, room) -> OK;
        passes(Duration.ofHours(1));
        assertThat(taken(HALL)).containsExactly("a", "b");
    }

    @Test
    void whatIsGoneIsGivenUpAtOnceAndTheNextIsSent() {
        world = (target, room) -> room.equals("a") ? new Answer.Status(410, OptionalLong.empty()) : OK;
        happens("a");
        happens("b");
        passes(Duration.ofSeconds(1));
        assertThat(taken(HALL)).containsExactly("b");
        assertThat(tries(HALL)).hasSize(2);
        assertThat(dead()).contains("https://hall.example/ answered 410");
    }

    @Test
    void theOldestOfTooManyBecomeDeadLetters() {
        world = (target, room) -> DOWN;
        for (int i = 0; i < MAX_WAITING; i++) {
            happens("r" + i); // twice, for two targets
        }
        assertThat(file.targets().stream()
                        .mapToLong(WebhookFile.Target::waiting)
                        .sum())
                .isEqualTo(MAX_WAITING);
        assertThat(dead()).hasSize(MAX_WAITING).allMatch(one -> one.endsWith("too many events waited"));
        world = (target, room) -> OK;
        passes(Duration.ofHours(1));
        assertThat(taken(HALL)).hasSize(MAX_WAITING / 2).endsWith("r" + (MAX_WAITING - 1));
    }

    @Test
    void deadLettersAreForgottenAfterAMonthAndNotBefore() {
        world = (target, room) -> new Answer.Status(410, OptionalLong.empty());
        happens("a");
        passes(Duration.ofDays(29));
        file.inTransaction(delivery::forgetOldDeadLetters);
        assertThat(dead()).hasSize(2);
        passes(Duration.ofDays(2));
        file.inTransaction(delivery::forgetOldDeadLetters);
        assertThat(dead()).isEmpty();
    }

    @Test
    void whatWaitsForATargetThatIsNamedNoMoreIsGivenUp() {
        world = (target, room) -> DOWN;
        happens("a");
        file.close();
        begin(PRESS);
        assertThat(dead()).containsExactly("https://hall.example/ the target is not in realtime.yml any more");
        long letter = file.dead(1).getFirst().seq();
        assertThat(delivery.revive(letter)).isEqualTo(Delivery.Revived.TARGET_IS_GONE);
        assertThat(delivery.revive(letter + 1)).isEqualTo(Delivery.Revived.THERE_IS_NONE);
    }

    @Test
    void aDeadLetterThatIsSentAgainHasAnotherDay() {
        world = (target, room) -> target == HALL ? DOWN : OK;
        happens("a");
        passes(Duration.ofHours(26));
        assertThat(delivery.revive(file.dead(1).getFirst().seq())).isEqualTo(Delivery.Revived.DONE);
        passes(Duration.ofHours(10));
        assertThat(dead()).isEmpty();
        world = (target, room) -> OK;
        passes(Duration.ofHours(1));
        assertThat(taken(HALL)).containsExactly("a");
    }
}
