package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thousand connections in a hundred rooms for a minute, each typing and moving its cursor: nobody is sent away,
/// nothing is lost, and the server needs no more memory at the end than the text itself does.
final class LoadSmokeTest {
    private static final int ROOMS = 100;
    private static final int PEOPLE = 10;
    private static final int SECONDS = Integer.getInteger("seconds", 60);
    private static final int WARM_UP_ROUNDS = 5;
    private static final long MOST_GROWTH = 48L << 20;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    @TempDir
    Path directory;

    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicLong received = new AtomicLong();

    private final class Person implements WebSocket.Listener {
        final Doc doc = new Doc();
        final String room;
        private final List<Bytes> unsent = new ArrayList<>();
        private WebSocket socket;

        Person(String room) {
            this.room = room;
            doc.onUpdate((update, origin) -> unsent.add(update));
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            received.incrementAndGet();
            webSocket.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            ended.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            ended.incrementAndGet();
        }

        void types(String text) {
            doc.transact(() -> doc.text("t").insert(0, text), this);
            for (Bytes update : unsent) {
                say(Messages.write(new Message.Update(update)));
            }
            unsent.clear();
        }

        void say(Bytes frame) {
            socket.sendBinary(ByteBuffer.wrap(frame.toArray()), true).join();
        }
    }

    @Test
    void aThousandPeopleInAHundredRoomsForAMinuteAreNoTrouble() throws Exception {
        var client = HttpClient.newHttpClient();
        try (var server = RunningServer.start(
                        directory.resolve("load"),
                        "--set",
                        "rate_limiting.connections_per_ip=2000",
                        "--set",
                        "rooms.max_rooms=200");
                AutoCloseable nobodyIsWaitedFor = client::shutdownNow) {
            String jwt = server.jwt("smoke-*", "write");
            List<Person> people = new ArrayList<>();
            for (int i = 0; i < ROOMS * PEOPLE; i++) {
                var person = new Person("smoke-" + i % ROOMS);
                person.socket = client.newWebSocketBuilder()
                        .subprotocols("auth." + jwt)
                        .buildAsync(URI.create(server.ws() + "/realtime/docs/" + person.room), person)
                        .get(60, TimeUnit.SECONDS);
                people.add(person);
            }

            int rounds = 0;
            var clock = Executors.newSingleThreadScheduledExecutor();
            long heapBefore = 0;
            try {
                // Each types once in two seconds; a slow machine makes fewer rounds, not fewer checks.
                var end = clock.schedule(() -> true, SECONDS, TimeUnit.SECONDS);
                while (!end.isDone() || rounds <= WARM_UP_ROUNDS) {
                    var next = clock.schedule(() -> true, 2, TimeUnit.SECONDS);
                    for (Person person : people) {
                        person.types("word ");
                    }
                    rounds++;
                    next.get();
                    if (rounds == WARM_UP_ROUNDS) {
                        heapBefore = heap(server);
                    }
                }
            } finally {
                clock.shutdownNow();
            }

            assertThat(ended).as("nobody was sent away").hasValue(0);
            var everything = new AtomicInteger();
            String expected = "word ".repeat(PEOPLE * rounds);
            for (int room = 0; room < ROOMS; room++) {
                assertThat(textOf(client, server, jwt, "smoke-" + room, expected.length()))
                        .isEqualTo(expected);
                everything.addAndGet(expected.length());
            }
            long growth = heap(server) - heapBefore;
            System.out.printf(
                    "load smoke: %d connections, %d rounds, %d frames received, heap grew by %,d bytes for %,d letters%n",
                    people.size(), rounds, received.get(), growth, everything.get());
            assertThat(growth).as("heap after a collection").isLessThan(MOST_GROWTH);
            assertThat(server.log()).doesNotContain("ERROR");
        }
    }

    /// What somebody who comes now is told.
    private static String textOf(HttpClient client, RunningServer server, String jwt, String room, int length)
            throws Exception {
        var doc = new Doc();
        var whole = new CompletableFuture<String>();
        WebSocket socket = client.newWebSocketBuilder()
                .subprotocols("auth." + jwt)
                .buildAsync(URI.create(server.ws() + "/realtime/docs/" + room), new WebSocket.Listener() {
                    private Bytes before = Bytes.EMPTY;

                    @Override
                    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
                        byte[] part = new byte[data.remaining()];
                        data.get(part);
                        byte[] joined = new byte[before.length() + part.length];
                        System.arraycopy(before.toArray(), 0, joined, 0, before.length());
                        System.arraycopy(part, 0, joined, before.length(), part.length);
                        before = last ? Bytes.EMPTY : Bytes.wrap(joined);
                        if (last) {
                            switch (Messages.read(Bytes.wrap(joined))) {
                                case Message.SyncStep2(var update) -> doc.apply(update, this);
                                case Message.Update(var update) -> doc.apply(update, this);
                                default -> {}
                            }
                            if (doc.text("t").toString().length() >= length) {
                                whole.complete(doc.text("t").toString());
                            }
                        }
                        webSocket.request(1);
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .get(60, TimeUnit.SECONDS);
        try {
            return whole.get(60, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    /// Bytes in use after a collection.
    private static long heap(RunningServer server) throws Exception {
        jcmd(server.pid(), "GC.run");
        long[] used = {0};
        Awaitility.await().until(() -> {
            Matcher line = USED.matcher(jcmd(server.pid(), "GC.heap_info"));
            if (line.find()) {
                used[0] = Long.parseLong(line.group(1)) << 10;
            }
            return used[0] > 0;
        });
        return used[0];
    }

    private static String jcmd(long pid, String command) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
