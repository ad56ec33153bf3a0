package org.civicpress.realtime.server.webhooks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program that receives events over HTTP, on this machine. Shared.
public final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch open;
    private volatile int status = 200;

    /// All that came, also what was answered with an error.
    public final List<Got> got = new CopyOnWriteArrayList<>();

    /// A request.
    public record Got(
            String path, String id, String timestamp, String signature, String authorization, String body, int status) {
        public JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        public boolean isSignedWith(String secret) {
            return signature.equals(new Signature(secret).of(id, Long.parseLong(timestamp), body));
        }
    }

    private Receiver(int port, CountDownLatch open) {
        this.open = open;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::receive);
        server.setExecutor(threads);
        server.start();
    }

    /// @param port 0: any
    public static Receiver start(int port) {
        return new Receiver(port, new CountDownLatch(0));
    }

    /// One that answers nothing before it is closed.
    public static Receiver silent() {
        return new Receiver(0, new CountDownLatch(1));
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            int answer = status;
            got.add(new Got(
                    exchange.getRequestURI().toString(),
                    header(exchange, "webhook-id"),
                    header(exchange, "webhook-timestamp"),
                    header(exchange, "webhook-signature"),
                    header(exchange, "authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    answer));
            open.await();
            exchange.getResponseHeaders().set("location", "http://127.0.0.1:" + port() + "/elsewhere");
            exchange.sendResponseHeaders(answer, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    public void answers(int status) {
        this.status = status;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// What was taken, in order.
    public List<String> taken() {
        return got.stream()
                .filter(one -> one.status() == 200)
                .map(one -> one.json().path("event").stringValue("") + " "
                        + one.json().path("data").path("roomId").stringValue(""))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
