package org.civicpress.realtime.server.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.WebhookFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Real requests to real receivers.
final class WebhooksTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    private Webhooks open(String... urls) {
        var targets = Arrays.stream(urls)
                .map(url -> new RealtimeConfig.Webhooks.Target(url, List.of("realtime:room:*")))
                .toList();
        return Webhooks.open(new RealtimeConfig.Webhooks(Optional.of(SECRET), targets), dir, Clock.systemUTC())
                .orElseThrow();
    }

    private static String url(Receiver receiver) {
        return url(receiver.port());
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port + "/hook?key=hidden";
    }

    private static RoomEvent created(int number) {
        return new RoomEvent.RoomCreated(new RoomId("docs", "d" + number), 1_700_000_000_000L + number);
    }

    private static List<String> expected(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "realtime:room:created " + created(i).room())
                .toList();
    }

    @Test
    void eventsComeSignedAndInOrder() {
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open(url(receiver))) {
            for (int i = 0; i < 100; i++) {
                webhooks.on(created(i));
                webhooks.on(new RoomEvent.ClientConnected("client_1", created(i).room(), i)); // nobody wants it
            }
            await().atMost(LONG).until(() -> receiver.got.size() == 100);
            assertThat(receiver.taken()).isEqualTo(expected(100));
            assertThat(receiver.got).allMatch(one -> one.isSignedWith(SECRET));
            Receiver.Got first = receiver.got.getFirst();
            assertThat(first.path()).isEqualTo("/hook?key=hidden");
            assertThat(first.body())
                    .isEqualTo("{\"id\":\"" + first.id() + "\",\"event\":\"realtime:room:created\","
                            + "\"timestamp\":\"2023-11-14T22:13:20Z\",\"data\":{\"roomId\":\""
                            + created(0).room()
                            + "\",\"roomType\":\"docs\",\"timestamp\":1700000000000}}");
            assertThat(receiver.got.stream().map(Receiver.Got::id).distinct()).hasSize(100);
        }
    }

    @Test
    void whatWasNotSentBeforeClosingIsSentAfterTheNextStart() {
        int port;
        try (Receiver receiver = Receiver.start(0)) {
            port = receiver.port(); // and nobody listens there
        }
        try (Webhooks webhooks = open(url(port))) {
            for (int i = 0; i < 20; i++) {
                webhooks.on(created(i));
            }
        }
        try (Receiver receiver = Receiver.start(port);
                Webhooks webhooks = open(url(port))) {
            webhooks.on(created(20));
            await().atMost(LONG).until(() -> receiver.taken().size() >= 21);
            assertThat(receiver.taken()).isEqualTo(expected(21));
        }
    }

    /// The files as they are at some moment are what a kill leaves.
    @Test
    void whatWasKeptBeforeAKillIsSentAfterTheNextStart(@TempDir Path left) throws IOException {
        int port;
        try (Receiver receiver = Receiver.start(0)) {
            port = receiver.port(); // and nobody listens there
        }
        try (Webhooks webhooks = open(url(port))) {
            for (int i = 0; i < 20; i++) {
                webhooks.on(created(i));
            }
            webhooks.report().join(); // answered after all of them are on the disk
            for (String file : List.of(Webhooks.FILE, Webhooks.FILE + "-wal")) {
                Files.copy(dir.resolve(file), left.resolve(file));
            }
        }
        dir = left;
        try (Receiver receiver = Receiver.start(port);
                Webhooks ignored = open(url(port))) {
            await().atMost(LONG).until(() -> receiver.taken().size() >= 20);
            assertThat(receiver.taken()).isEqualTo(expected(20));
        }
    }

    @Test
    void everyEventComesWhileTheReceiverFailsAndThisServerIsStartedAgain() {
        Receiver receiver = Receiver.start(0);
        int port = receiver.port();
        receiver.answers(500);
        try (Webhooks webhooks = open(url(port))) {
            webhooks.on(created(0));
            webhooks.on(created(1));
            await().atMost(LONG).until(() -> !receiver.got.isEmpty());
        }
        receiver.close();
        try (Webhooks webhooks = open(url(port))) {
            webhooks.on(created(2));
        }
        try (Receiver again = Receiver.start(port);
                Webhooks webhooks = open(url(port))) {
            webhooks.on(created(3));
            await().atMost(LONG).until(() -> again.taken().size() >= 4);
            assertThat(again.taken()).isEqualTo(expected(4));
            assertThat(again.got.getFirst().id())
                    .isEqualTo(receiver.got.getFirst().id());
        }
    }

    @Test
    void whatASilentReceiverMayOrMayNotHaveTakenIsSentAgain() {
        int port;
        String id;
        try (Receiver silent = Receiver.silent();
                Webhooks webhooks = open(url(silent))) {
            port = silent.port();
            webhooks.on(created(0));
            await().atMost(LONG).until(() -> !silent.got.isEmpty());
            id = silent.got.getFirst().id();
            webhooks.close();
        }
        try (Receiver receiver = Receiver.start(port);
                Webhooks ignored = open(url(port))) {
            await().atMost(LONG).until(() -> !receiver.got.isEmpty());
            assertThat(receiver.got.getFirst().id()).isEqualTo(id);
        }
    }

    @Test
    void aSilentReceiverHoldsUpNobodyElse() {
        try (Receiver silent = Receiver.silent();
                Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open(url(silent), url(receiver))) {
            for (int i = 0; i < 20; i++) {
                webhooks.on(created(i));
            }
            await().atMost(LONG).until(() -> receiver.got.size() == 20);
            assertThat(receiver.taken()).isEqualTo(expected(20));
            assertThat(silent.got).hasSize(1);
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open(url(receiver))) {
            receiver.answers(307);
            webhooks.on(created(0));
            await().atMost(LONG)
                    .until(() -> webhooks.report().join().targets().getFirst().failures() == 1);
            assertThat(receiver.got).extracting(Receiver.Got::path).containsExactly("/hook?key=hidden");
        }
    }

    @Test
    void whatAUrlHidesIsSentAndNeverShown() throws IOException {
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks =
                        open("http://clerk:pass%40word@127.0.0.1:" + receiver.port() + "/hook?key=hidden")) {
            receiver.answers(410);
            webhooks.on(created(0));
            await().atMost(LONG).until(() -> webhooks.report().join().dead() == 1);
            assertThat(receiver.got.getFirst().authorization()).isEqualTo("Basic Y2xlcms6cGFzc0B3b3Jk");
            assertThat(webhooks.report().join().targets().getFirst().shown())
                    .isEqualTo("http://127.0.0.1:" + receiver.port() + "/hook");
        }
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .doesNotContain("hidden", "clerk", "word", SECRET);
            }
        }
    }

    @Test
    void aDeadLetterIsSentAgainWhenAsked() {
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open(url(receiver))) {
            receiver.answers(410);
            webhooks.on(created(0));
            await().atMost(LONG).until(() -> webhooks.report().join().dead() == 1);
            WebhookFile.Dead dead = webhooks.deadLetters().join().letters().getFirst();
            assertThat(dead.error()).isEqualTo("answered 410");
            receiver.answers(200);
            assertThat(webhooks.retry(dead.seq() + 1).join()).isEqualTo(Webhooks.Retry.THERE_IS_NONE);
            assertThat(webhooks.retry(dead.seq()).join()).isEqualTo(Webhooks.Retry.DONE);
            await().atMost(LONG).until(() -> receiver.taken().equals(expected(1)));
            assertThat(webhooks.deadLetters().join().total()).isZero();
        }
    }

    @Test
    void eventsWaitWhileTheFileCannotBeWritten() throws SQLException {
        var log = new ListAppender<ILoggingEvent>();
        Logger logger = (Logger) LoggerFactory.getLogger(Webhooks.class);
        log.start();
        logger.addAppender(log);
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open(url(receiver));
                var other = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(Webhooks.FILE));
                var statement = other.createStatement()) {
            webhooks.report().join(); // the file is there
            statement.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END");
            webhooks.on(created(0));
            await().atMost(LONG)
                    .until(() -> List.copyOf(log.list).stream()
                            .anyMatch(line -> line.getMessage().startsWith("events for webhooks wait")));
            webhooks.on(created(1));
            assertThat(receiver.got).isEmpty();
            statement.execute("DROP TRIGGER full");
            await().atMost(LONG).until(() -> receiver.got.size() == 2);
            assertThat(receiver.taken()).isEqualTo(expected(2));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void anAddressThatIsNoneHoldsUpNobodyElse() {
        try (Receiver receiver = Receiver.start(0);
                Webhooks webhooks = open("http://127.0.0.1:99999/", "http://no.such.host.invalid/", url(receiver))) {
            webhooks.on(created(0));
            await().atMost(LONG)
                    .until(() -> webhooks.report().join().targets().stream()
                            .map(WebhookFile.Target::failures)
                            .toList()
                            .equals(List.of(1, 1, 0)));
            await().atMost(LONG).until(() -> receiver.taken().equals(expected(1)));
        }
    }

    @Test
    void withoutTargetsThereIsNothing() throws IOException {
        assertThat(Webhooks.open(new RealtimeConfig.Webhooks(Optional.of(SECRET), List.of()), dir, Clock.systemUTC()))
                .isEmpty();
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).isEmpty();
        }
    }
}
