package org.civicpress.realtime.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Keys that come from a real HTTP server on this machine.
class JwkUrlTest {
    private static final Issuer OLD = Issuer.ec("old");
    private static final Issuer NEW = Issuer.ec("new");
    private static final Duration PATIENT = Duration.ofSeconds(60);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final AtomicInteger asked = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile Answer answer = exchange -> send(exchange, 200, Issuer.set(OLD));
    private JwkUrl keys;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/jwks.json", exchange -> {
            asked.incrementAndGet();
            answer.to(exchange);
        });
        server.start();
        keys = new JwkUrl(url(), clock, PATIENT);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json");
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private boolean has(String id) {
        return !keys.find(JWSAlgorithm.ES256, Optional.of(id)).isEmpty();
    }

    @Test
    void keysAreFetchedOnceAndKept() {
        for (int i = 0; i < 10; i++) {
            assertThat(has("old")).isTrue();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void aNewKeyServesAtOnceAndTheOldOneBesideIt() {
        assertThat(has("old")).isTrue();
        answer = exchange -> send(exchange, 200, Issuer.set(OLD, NEW));
        clock.advance(JwkUrl.PAUSE);
        assertThat(has("new")).isTrue();
        assertThat(has("old")).isTrue();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aKeyThatWasTakenOutEndsWithTheCache() {
        assertThat(has("old")).isTrue();
        answer = exchange -> send(exchange, 200, Issuer.set(NEW));
        clock.advance(JwkUrl.CACHE.minusMillis(1));
        assertThat(has("old")).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(has("old")).isFalse();
        assertThat(has("new")).isTrue();
    }

    @Test
    void tokensThatNameAnyKeyCannotMakeItFetchAllTheTime() {
        for (int i = 0; i < 100; i++) {
            assertThat(has("guessed-" + i)).isFalse();
        }
        assertThat(asked).hasValue(1);
        clock.advance(JwkUrl.PAUSE);
        assertThat(has("guessed")).isFalse();
        assertThat(asked).hasValue(2);
    }

    @Test
    void noSecretIsLookedForThere() {
        answer = exchange -> send(exchange, 200, Issuer.set(Issuer.secret("secret"), OLD));
        assertThat(keys.find(JWSAlgorithm.HS256, Optional.of("secret"))).isEmpty();
        assertThat(keys.find(JWSAlgorithm.HS256, Optional.empty())).isEmpty();
        assertThat(asked).as("it is not even asked").hasValue(0);
    }

    @Test
    void keysKnownBeforeGoOnWhileItIsDown() {
        assertThat(has("old")).isTrue();
        List<Answer> outages = List.of(
                exchange -> send(exchange, 500, "down"),
                exchange -> send(exchange, 404, Issuer.set(NEW)),
                exchange -> send(exchange, 200, "<html>sign in</html>"),
                exchange -> send(exchange, 200, "{\"keys\":[],\"x\":\"" + "x".repeat(JwkSet.MAX_BYTES) + "\"}"),
                HttpExchange::close);
        for (Answer outage : outages) {
            answer = outage;
            clock.advance(JwkUrl.CACHE);
            assertThat(has("old")).isTrue();
            assertThatThrownBy(() -> has("new")).as("it may be there").isInstanceOf(UnavailableException.class);
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(1 + outages.size());
        answer = exchange -> send(exchange, 200, Issuer.set(NEW));
        clock.advance(JwkUrl.PAUSE);
        assertThat(has("new")).isTrue();
        assertThat(has("old")).isFalse();
    }

    @Test
    void nobodyListeningIsAnOutageToo() {
        server.stop(0);
        assertThatThrownBy(() -> has("old")).isInstanceOf(UnavailableException.class);
    }

    @Test
    void aRedirectionIsNotFollowed() {
        server.createContext("/other", exchange -> send(exchange, 200, Issuer.set(OLD)));
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "/other");
            send(exchange, 302, "");
        };
        assertThatThrownBy(() -> has("old")).isInstanceOf(UnavailableException.class);
    }

    @Test
    void whileItHangsOneWaitsAndAllOthersAreAnswered() throws Exception {
        assertThat(has("old")).isTrue();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        answer = exchange -> {
            hangs.countDown();
            awaitQuietly(goOn);
            send(exchange, 200, Issuer.set(OLD, NEW));
        };
        clock.advance(JwkUrl.PAUSE);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> has("new"), threads);
        hangs.await();
        assertThat(has("old")).isTrue();
        assertThatThrownBy(() -> has("new")).isInstanceOf(UnavailableException.class);
        clock.advance(JwkUrl.CACHE);
        assertThat(has("old")).as("also when the cache is over").isTrue();
        assertThat(asked).as("one fetch at a time").hasValue(2);
        goOn.countDown();
        assertThat(waiting.get()).isTrue();
    }

    @Test
    void whoWaitsForOneThatHangsOrDripsDoesNotWaitForEver() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        keys = new JwkUrl(url(), clock, Duration.ofMillis(200));
        answer = exchange -> awaitQuietly(over);
        assertThatThrownBy(() -> has("old")).isInstanceOf(UnavailableException.class);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write('{');
            out.flush();
            awaitQuietly(over);
        };
        clock.advance(JwkUrl.PAUSE);
        assertThatThrownBy(() -> has("old")).isInstanceOf(UnavailableException.class);
        over.countDown();
        answer = exchange -> send(exchange, 200, Issuer.set(OLD));
        keys = new JwkUrl(url(), clock, PATIENT);
        await().untilAsserted(() -> assertThat(has("old")).isTrue());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void onlyAnAddressThatNobodyOnTheWayCanChangeIsTaken() {
        Path base = Path.of("/base");
        for (String good : List.of(
                "https://id.example/jwks.json",
                "HTTPS://id.example/jwks.json",
                "http://127.0.0.1:8080/jwks",
                "http://localhost/jwks",
                "http://[::1]:8080/jwks")) {
            assertThat(JwkSource.of(good, base, clock)).as(good).isInstanceOf(JwkUrl.class);
        }
        for (String bad : List.of(
                "http://id.example/jwks.json",
                "http://127.0.0.1.id.example/jwks.json",
                "http://localhost.id.example/jwks.json",
                "http://10.0.0.1/jwks.json",
                "ftp://id.example/jwks.json",
                "file:///etc/keys.json",
                "https:///jwks.json",
                "https://user:word@id.example/jwks.json",
                "https://id example/jwks.json")) {
            assertThatThrownBy(() -> JwkSource.of(bad, base, clock))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("docs.jwks ")
                    .hasMessageNotContaining("word@");
        }
    }
}
