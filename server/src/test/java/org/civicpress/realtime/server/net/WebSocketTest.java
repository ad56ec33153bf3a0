package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.Wire.Frame;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class WebSocketTest {
    private static final String DEMO = "/realtime/records/wire-demo";
    private static final String AUTH_FAILED =
            "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"AUTH_FAILED\",\"message\":\"Authentication failed\"}}";

    @TempDir
    static Path dir;

    private static Town town;
    private static String petra;
    private static String noah;

    @BeforeAll
    static void start() {
        town = Town.start(dir, """
                  rooms: {grace_period_ms: 0}
                  rate_limiting: {messages_per_second: 10, connections_per_ip: 1000, connections_per_user: 3}
                """);
        petra = town.token("petra");
        noah = town.token("noah");
    }

    @AfterAll
    static void stop() {
        town.close();
        assertThat(leaksOfBuffers()).isEmpty();
    }

    /// What Netty's leak detector, which watches every buffer in tests, reports once the garbage is
    /// collected.
    private static List<String> leaksOfBuffers() {
        var log = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        var reports = new ListAppender<ILoggingEvent>();
        reports.start();
        log.addAppender(reports);
        try {
            for (int i = 0; i < 20; i++) {
                System.gc();
                ByteBufAllocator.DEFAULT.directBuffer(16).release(); // reports are made when a buffer is taken
            }
        } finally {
            log.detachAppender(reports);
        }
        return reports.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void theCapturedExchangeGoesAsItDid() throws Exception {
        String one = town.token("one"); // of whom the exchange was
        try (Wire a = Wire.connect(town.address())) {
            a.raw(Wire.upgrade(DEMO, Town.subprotocol(one)));
            assertThat(a.readHead())
                    .startsWith("HTTP/1.1 101 ")
                    .contains("upgrade: websocket\r\n")
                    .contains("connection: Upgrade\r\n")
                    .contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .contains("sec-websocket-protocol: auth." + one + "\r\n");
            Doc docOfA = new Doc(1001);
            String stateVector = greeted(a, docOfA);
            assertThat(docOfA.xmlFragment("default").children())
                    .extracting(child -> ((YXmlElement) child).nodeName())
                    .containsExactly("heading", "paragraph");

            a.binary("0001020000");
            a.binary(stateVector);
            assertThat(a.read().hex()).isEqualTo("0001020000");

            try (Wire b = Wire.open(town.address(), "/realtime/record/wire-demo", Town.bearer(noah))) {
                greeted(b, new Doc(2002));
                String update = edit(docOfA, doc -> doc.text("more").insert(0, " world"));
                a.binary(update);
                assertThat(until(b, 2).hex()).isEqualTo(update);

                String presence =
                        "014201e907013d7b2275736572223a7b226e616d65223a22436c65726b204f6e65222c22636f6c6f72223a2223"
                                + "336238326636227d2c22637572736f72223a6e756c6c7d";
                a.binary(presence);
                assertThat(b.read().hex()).isEqualTo(presence);
                a.binary("010901e90702046e756c6c");
                assertThat(b.read().hex()).isEqualTo("010901e90702046e756c6c");

                a.text("{\"type\":\"ping\"}");
                assertThat(a.read().text()).matches("\\{\"type\":\"pong\",\"timestamp\":\\d{13}}");
                a.text("{\"type\":\"something else\"}");
                a.text("not JSON");
                a.binary("7f0102"); // of an unknown type
            }
            a.close(1000);
            assertThat(a.read().close()).isEqualTo("1000");
            assertThat(a.isAtEnd()).isTrue();
        }
    }

    /// Reads what everybody is told first.
    ///
    /// @return step 1 of the server
    private static String greeted(Wire wire, Doc doc) throws IOException {
        assertThat(wire.read().text())
                .matches("\\{\"type\":\"control\",\"event\":\"connection.ack\",\"roomId\":\"records:wire-demo\","
                        + "\"clientId\":\"client_\\d{13}_[0-9a-z]{7}\"}");
        return synced(wire, doc);
    }

    private static String synced(Wire wire, Doc doc) throws IOException {
        String first = wire.read().hex();
        assertThat(first).startsWith("0000");
        doc.apply(((Message.SyncStep2) message(wire.read())).update(), null);
        return first;
    }

    private static Message message(Frame frame) {
        assertThat(frame.opcode()).as(frame.toString()).isEqualTo(2);
        return Messages.read(Bytes.wrap(frame.payload()));
    }

    /// The frame with what these edits changed.
    private static String edit(Doc doc, java.util.function.Consumer<Doc> edits) {
        List<Bytes> updates = new ArrayList<>();
        try (var listening = doc.onUpdate((update, origin) -> updates.add(update))) {
            doc.transact(() -> edits.accept(doc), null);
        }
        return Messages.write(new Message.Update(updates.getFirst())).toHex();
    }

    @Test
    void whatArrivesTogetherWithTheUpgradeIsAnswered() throws Exception {
        try (Wire wire = Wire.connect(town.address())) {
            byte[] upgrade = Wire.upgrade(DEMO, Town.bearer(petra)).getBytes(StandardCharsets.ISO_8859_1);
            byte[] ping = Wire.frame(0x89, "hello".getBytes(StandardCharsets.UTF_8));
            byte[] step1 = Wire.frame(0x82, new byte[] {0, 0, 1, 0});
            wire.raw(ByteBuffer.allocate(upgrade.length + ping.length + step1.length)
                    .put(upgrade)
                    .put(ping)
                    .put(step1)
                    .array());
            assertThat(wire.readHead()).startsWith("HTTP/1.1 101 ");
            List<Integer> opcodes = new ArrayList<>();
            int answers = 0;
            while (answers < 2) { // its own greeting and the answer to ours
                Frame frame = wire.read();
                opcodes.add(frame.opcode());
                if (frame.opcode() == 2 && frame.hex().startsWith("0001")) {
                    answers++;
                }
            }
            assertThat(opcodes).contains(10, 1, 2);
        }
    }

    @Test
    void whoIsNotLetInLearnsWhy() throws Exception {
        assertThat(rejected(DEMO)).containsExactly(AUTH_FAILED, "1005");
        assertThat(rejected(DEMO + "?token=" + petra)).containsExactly(AUTH_FAILED, "1005");
        assertThat(rejected(DEMO, Town.bearer("x".repeat(64) + "." + "0".repeat(64))))
                .containsExactly(AUTH_FAILED, "4001 {\"code\":\"AUTH_FAILED\"}");
        assertThat(rejected("/realtime/records/nothing", Town.bearer(petra)))
                .containsExactly(AUTH_FAILED, "4003 {\"code\":\"PERMISSION_DENIED\"}");
        assertThat(rejected(DEMO, Town.bearer(town.token("sam"))))
                .containsExactly(AUTH_FAILED, "4003 {\"code\":\"PERMISSION_DENIED\"}");
        assertThat(rejected("/realtime/widgets/x", Town.bearer("bad")))
                .containsExactly("4004 {\"code\":\"ROOM_TYPE_NOT_REGISTERED\",\"roomType\":\"widgets\"}");
        assertThat(rejected("/realtime/records", Town.bearer(petra)))
                .containsExactly(
                        "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"UNKNOWN_ERROR\","
                                + "\"message\":\"Invalid room URL format\"}}",
                        "1005");
    }

    /// What is said until the close, and the close.
    private static List<String> rejected(String target, String... headers) throws IOException {
        try (Wire wire = Wire.open(town.address(), target, headers)) {
            List<String> said = new ArrayList<>();
            for (Frame frame = wire.read(); ; frame = wire.read()) {
                if (frame.opcode() == 8) {
                    said.add(frame.close());
                    assertThat(wire.endsWhenAnswered(1000)).isTrue();
                    return said;
                }
                said.add(frame.text());
            }
        }
    }

    @Test
    void theFourthOfThreeConnectionsIsOneTooMany() throws Exception {
        List<Wire> three = new ArrayList<>();
        String token = town.token("ada"); // of whom no other test has a connection that may still count
        try {
            for (int i = 0; i < 3; i++) {
                three.add(Wire.open(town.address(), DEMO, Town.bearer(token)));
                greeted(three.getLast(), new Doc());
            }
            assertThat(rejected(DEMO, Town.bearer(token)))
                    .containsExactly("4029 {\"code\":\"CONNECTION_LIMIT_EXCEEDED\","
                            + "\"reason\":\"per-user connection limit reached (3)\"}");
            three.getFirst().close(1000);
            assertThat(untilClose(three.getFirst())).isEqualTo("1000");
            assertThat(three.getFirst().isAtEnd()).isTrue();
            try (Wire again = Wire.open(town.address(), DEMO, Town.bearer(token))) {
                greeted(again, new Doc());
            }
        } finally {
            for (Wire wire : three) {
                wire.close();
            }
        }
    }

    @Test
    void behindAProxyThatIsTrustedTheClientsAddressCounts() throws Exception {
        try (Town proxied = Town.start(dir.resolve("proxied"), """
                  rate_limiting: {connections_per_ip: 1}
                  connections: {trusted_proxies: [127.0.0.0/8]}
                """)) {
            String token = Town.bearer(proxied.token("petra"));
            try (Wire one = Wire.open(proxied.address(), DEMO, token, "X-Forwarded-For: evil, 192.0.2.1");
                    Wire two = Wire.open(proxied.address(), DEMO, token, "X-Forwarded-For: 192.0.2.2")) {
                greeted(one, new Doc()); // connections are counted on loops of their own, in no order
                greeted(two, new Doc());
                try (Wire three = Wire.open(proxied.address(), DEMO, token, "X-Forwarded-For: 192.0.2.1")) {
                    assertThat(untilClose(three)).contains("4029", "per-ip connection limit reached (1)");
                }
            }
        }
    }

    @Test
    void whatIsNotDeclaredToBeAProxySpeaksForItself() throws Exception {
        try (Town direct = Town.start(dir.resolve("direct"), "  rate_limiting: {connections_per_ip: 1}\n")) {
            String token = Town.bearer(direct.token("petra"));
            try (Wire one = Wire.open(direct.address(), DEMO, token, "X-Forwarded-For: 192.0.2.1")) {
                greeted(one, new Doc());
                try (Wire two = Wire.open(direct.address(), DEMO, token, "X-Forwarded-For: 192.0.2.2")) {
                    assertThat(untilClose(two)).contains("4029", "per-ip connection limit reached (1)");
                }
            }
        }
    }

    @Test
    void aRoomTakesSoManyConnectionsAndNoMore() throws Exception {
        try (Town small = Town.start(dir.resolve("small"), "  rate_limiting: {connections_per_room: 2}\n");
                Wire one = Wire.open(small.address(), DEMO, Town.bearer(small.token("petra")));
                Wire two = Wire.open(small.address(), DEMO, Town.bearer(small.token("noah")))) {
            greeted(one, new Doc());
            greeted(two, new Doc());
            String ada = Town.bearer(small.token("ada"));
            try (Wire three = Wire.open(small.address(), DEMO, ada)) {
                assertThat(three.read().close())
                        .isEqualTo("4029 {\"code\":\"CONNECTION_LIMIT_EXCEEDED\","
                                + "\"reason\":\"per-room connection limit reached (2)\"}");
            }
            try (Wire elsewhere = Wire.open(small.address(), "/realtime/records/with-html", ada)) {
                assertThat(elsewhere.read().text()).contains("connection.ack");
            }
        }
    }

    @Test
    void onlyPagesOfAllowedOriginsMayConnect() throws Exception {
        try (Town strict =
                Town.start(dir.resolve("strict"), "  connections: {allowed_origins: ['https://town.example']}\n")) {
            String token = Town.bearer(strict.token("petra"));
            String own = "Origin: http://localhost";
            for (String origin : List.of("Origin: https://town.example", own, "X-No-Browser: 1")) {
                try (Wire wire = Wire.open(strict.address(), DEMO, token, origin)) {
                    greeted(wire, new Doc());
                }
            }
            try (Wire wire = Wire.open(strict.address(), DEMO, token, "Origin: https://evil.example")) {
                assertThat(wire.read().close()).isEqualTo("4003 {\"code\":\"ORIGIN_NOT_ALLOWED\"}");
                assertThat(wire.endsWhenAnswered(1000)).isTrue();
            }
            String post = "POST /api/v1/records/x/proposals/1/drop HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                    + "Content-Length: 0\r\n\r\n";
            assertThat(answer(strict, post.formatted("Origin: https://evil.example")))
                    .startsWith("HTTP/1.1 403 ");
            assertThat(answer(strict, post.formatted(own))).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void aMessageOverTheLimitIsAnsweredWithTheLimit() throws Exception {
        try (Town small = Town.start(dir.resolve("small-messages"), "  connections: {max_message_bytes: 1024}\n");
                Wire wire = Wire.open(small.address(), DEMO, Town.bearer(small.token("petra")))) {
            greeted(wire, new Doc());
            wire.raw(Wire.frame(0x82, new byte[1025]));
            assertThat(until(wire, 1).text())
                    .isEqualTo("{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"MESSAGE_TOO_LARGE\","
                            + "\"message\":\"A message may have at most 1024 bytes\"}}");
            assertThat(wire.read().close()).isEqualTo("1009");
        }
    }

    @Test
    void aMalformedFrameEndsItsConnectionAndNoOther() throws Exception {
        try (Wire other = Wire.open(town.address(), docs("quiet"), docsToken("*", Access.WRITE))) {
            Doc doc = new Doc(7);
            synced(other, doc);
            for (String broken : List.of(
                    "", // not even a type
                    "000205ff", // shorter than it says
                    "0002020000ff", // longer
                    "000901", // no such step
                    "0002030101ff", // an update that is none
                    "000001ff", // a state vector that is none
                    "0103010100")) { // presence without its state
                try (Wire wire = Wire.open(town.address(), docs("quiet"), docsToken("*", Access.WRITE))) {
                    synced(wire, new Doc());
                    wire.binary(broken);
                    assertThat(untilClose(wire)).as(broken).isEqualTo("1007 {\"code\":\"INVALID_YJS_UPDATE\"}");
                }
            }
            for (byte[] broken : List.of(
                    new byte[] {(byte) 0x82, 1, 0}, // no mask
                    Wire.frame(0xc2, new byte[1]),
                    Wire.frame(0x83, new byte[1]),
                    Wire.frame(0x80, new byte[1]))) {
                try (Wire wire = Wire.open(town.address(), docs("quiet"), docsToken("*", Access.WRITE))) {
                    wire.raw(broken);
                    assertThat(untilClose(wire)).isEqualTo("1002");
                    assertThat(wire.isAtEnd()).isTrue();
                }
            }
            try (Wire wire = Wire.open(town.address(), docs("quiet"), docsToken("*", Access.WRITE))) {
                wire.raw(Wire.frame(0x81, new byte[] {(byte) 0xc3}));
                assertThat(untilClose(wire)).isEqualTo("1007");
            }
            try (Wire wire = Wire.open(town.address(), docs("quiet"), docsToken("*", Access.WRITE))) {
                wire.raw(new byte[] {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0, (byte) 0xa0, 0, 1, 0, 0, 0, 0});
                assertThat(untilClose(wire)).isEqualTo("1009");
            }
            other.raw(Wire.frame(0x89, new byte[] {42}));
            assertThat(until(other, 10).payload()).containsExactly(42);
        }
    }

    private static String untilClose(Wire wire) throws IOException {
        return until(wire, 8).close();
    }

    private static Frame until(Wire wire, int opcode) throws IOException {
        Frame frame = wire.read();
        while (frame.opcode() != opcode) {
            assertThat(frame.opcode()).as(frame.toString()).isNotEqualTo(8);
            frame = wire.read();
        }
        return frame;
    }

    private static String docs(String name) {
        return "/realtime/docs/" + name;
    }

    private static String docsToken(String pattern, Access access) {
        return Town.subprotocol(
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign(pattern, access, Duration.ofHours(1)));
    }

    @Test
    void nothingThatIsSentKeepsTheServerFromServingOthers() throws Exception {
        try (Wire other = Wire.open(town.address(), docs("calm"), docsToken("*", Access.WRITE))) {
            synced(other, new Doc());
            Seeds.each(150, random -> {
                try (Wire wire = random.nextBoolean()
                        ? Wire.connect(town.address())
                        : Wire.open(town.address(), docs("calm"), docsToken("*", Access.WRITE))) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        byte[] junk = new byte[random.nextInt(300)];
                        random.nextBytes(junk);
                        if (junk.length > 0) {
                            junk[0] = (byte) random.nextInt(4);
                        }
                        wire.raw(random.nextInt(3) == 0 ? junk : Wire.frame(0x80 | random.nextInt(16), junk));
                    }
                } catch (IOException e) {
                    assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|aborted).*"); // it has hung up already
                }
            });
            other.raw(Wire.frame(0x89, new byte[] {7}));
            assertThat(until(other, 10).payload()).containsExactly(7);
        }
    }

    @Test
    void aDocumentOfAnyNameIsForThoseWhoseTokenCoversIt() throws Exception {
        try (Wire writer = Wire.open(town.address(), docs("minutes-1"), docsToken("minutes-*", Access.WRITE));
                Wire reader = Wire.open(town.address(), docs("minutes-1"), docsToken("minutes-1", Access.READ))) {
            Doc doc = new Doc(11);
            synced(writer, doc);
            synced(reader, new Doc(12));
            String update = edit(doc, d -> d.text("t").insert(0, "Hello"));
            writer.binary(update);
            assertThat(until(reader, 2).hex()).isEqualTo(update);
            reader.binary(edit(new Doc(13), d -> d.text("t").insert(0, "not allowed")));
            String second = edit(doc, d -> d.text("t").insert(5, "!"));
            writer.binary(second);
            assertThat(until(reader, 2).hex()).isEqualTo(second);
        }
        try (Wire late = Wire.open(town.address(), docs("minutes-1"), docsToken("*", Access.READ))) {
            Doc doc = new Doc();
            synced(late, doc);
            assertThat(doc.text("t").toString()).isEqualTo("Hello!");
        }
        assertThat(rejected(docs("other"), docsToken("minutes-*", Access.WRITE)))
                .containsExactly("4003 {\"code\":\"PERMISSION_DENIED\"}");
        assertThat(rejected(docs("a*b"), docsToken("*", Access.WRITE)))
                .containsExactly("4003 {\"code\":\"PERMISSION_DENIED\"}");
        assertThat(rejected(docs("minutes-1"), Town.bearer(petra))).containsExactly("4001 {\"code\":\"AUTH_FAILED\"}");
        assertThat(rejected(docs("minutes-1"))).containsExactly("1005");
    }

    @Test
    void aFloodIsWarnedAndThenStopped() throws Exception {
        String hold = town.token("petra");
        try (Wire wire = Wire.open(town.address(), DEMO, Town.bearer(hold))) {
            greeted(wire, new Doc());
            byte[] query = Wire.frame(0x82, new byte[] {3});
            ByteBuffer flood = ByteBuffer.allocate(query.length * 40_000);
            while (flood.hasRemaining()) {
                flood.put(query);
            }
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    wire.raw(flood.array());
                } catch (IOException e) {
                    // The connection is over, as it should be, before all of it was sent.
                }
            });
            assertThat(until(wire, 1).text())
                    .isEqualTo("{\"type\":\"control\",\"event\":\"warning\",\"warning\":{\"code\":\"RATE_LIMIT\","
                            + "\"message\":\"Too much is sent for 10 messages per second on average; "
                            + "the connection may be ended\"}}");
            assertThat(until(wire, 1).text())
                    .isEqualTo("{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"UNKNOWN_ERROR\","
                            + "\"message\":\"Rate limit exceeded: 10 messages per second\"}}");
            assertThat(wire.read().close()).isEqualTo("1008 Rate limit exceeded");
            wire.close();
            writer.join();
        }
    }

    @Test
    void whoseSessionEndsIsShownOut() throws Exception {
        String ending = town.token("noah");
        try (Wire wire = Wire.open(town.address(), DEMO, Town.bearer(ending));
                Wire stays = Wire.open(town.address(), DEMO, Town.bearer(petra))) {
            greeted(wire, new Doc());
            greeted(stays, new Doc());
            town.installation().database().write(connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.executeUpdate("DELETE FROM sessions WHERE id = (SELECT max(id) FROM sessions)");
                }
            });
            assertThat(until(wire, 1).text()).contains("read-only");
            assertThat(until(wire, 1).text())
                    .isEqualTo("{\"type\":\"control\",\"event\":\"session.revoked\",\"reason\":\"logged-out\"}");
            assertThat(wire.read().close()).isEqualTo("4001 {\"code\":\"SESSION_REVOKED\",\"reason\":\"logged-out\"}");
            stays.text("{\"type\":\"ping\"}");
            assertThat(until(stays, 1).text()).contains("pong");
        }
    }

    @Test
    void requestsThatAreNotForARoomAreAnsweredInHttp() throws Exception {
        assertThat(answer("GET " + DEMO + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 426 ");
        assertThat(answer(Wire.upgrade("/other/records/wire-demo", Town.bearer(petra))))
                .startsWith("HTTP/1.1 401 ");
        assertThat(answer(Wire.upgrade(DEMO).replace("Version: 13", "Version: 8")))
                .startsWith("HTTP/1.1 426 ")
                .contains("sec-websocket-version: 13");
        assertThat(answer(Wire.upgrade(DEMO).replace("dGhlIHNhbXBsZSBub25jZQ==", "short")))
                .startsWith("HTTP/1.1 400 ");
    }

    private static String answer(String request) throws IOException {
        return answer(town, request);
    }

    private static String answer(Town asked, String request) throws IOException {
        try (Wire wire = Wire.connect(asked.address())) {
            wire.raw(request);
            return wire.readHead();
        }
    }

    @Test
    void whoDoesNotReadIsSentAwayAndHoldsUpNobody() throws Exception {
        try (Wire slow = Wire.open(town.address(), docs("big"), docsToken("*", Access.READ));
                Wire quick = Wire.open(town.address(), docs("big"), docsToken("*", Access.READ));
                Wire writer = Wire.open(town.address(), docs("big"), docsToken("*", Access.WRITE))) {
            Doc doc = new Doc(21);
            synced(writer, doc);
            synced(slow, new Doc());
            Doc copy = new Doc(22);
            synced(quick, copy);
            String much = "x".repeat(100_000);
            for (int i = 0; i < 200; i++) {
                writer.binary(edit(doc, d -> d.text("t").insert(0, much)));
                do {
                    if (message(until(quick, 2)) instanceof Message.Update(var update)) {
                        copy.apply(update, null);
                    }
                } while (copy.text("t").length() < doc.text("t").length());
            }
            assertThat(copy.text("t").length()).isEqualTo(20_000_000);
            int read = 0;
            try {
                for (Frame frame = slow.read(); frame.opcode() != 8; frame = slow.read()) {
                    read++;
                }
            } catch (SocketTimeoutException e) {
                throw e; // it was not sent away
            } catch (IOException e) {
                read++; // cut off in the middle of a frame, because it did not read the close either
            }
            assertThat(read).isLessThan(200);
        }
    }

    @Test
    void anotherProgramsClientCanTakePart() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient();
                Wire other = Wire.open(town.address(), docs("interop"), docsToken("*", Access.WRITE))) {
            synced(other, new Doc());
            var received = new LinkedBlockingQueue<Bytes>();
            String token =
                    DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1));
            WebSocket socket = client.newWebSocketBuilder()
                    .subprotocols("auth." + token)
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + town.address().getPort() + docs("interop")),
                            new Collecting(received))
                    .join();
            assertThat(socket.getSubprotocol()).isEqualTo("auth." + token);
            assertThat(next(received)).startsWith("0000");
            assertThat(next(received)).startsWith("0001");
            String update = edit(new Doc(31), doc -> doc.text("t").insert(0, "Hello"));
            other.binary(update);
            assertThat(next(received)).isEqualTo(update);
            socket.sendClose(1000, "").join();
        }
    }

    private static String next(BlockingQueue<Bytes> received) throws InterruptedException {
        Bytes frame = received.poll(3, TimeUnit.MINUTES);
        assertThat(frame).isNotNull();
        return frame.toHex();
    }

    private record Collecting(BlockingQueue<Bytes> received) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            received.add(Bytes.wrap(bytes));
            socket.request(1);
            return null;
        }
    }

    @Test
    void manyRoomsOnAllLoopsAtOnce() throws Exception {
        List<Wire> pairs = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                pairs.add(Wire.open(town.address(), docs("room-" + i), docsToken("*", Access.WRITE)));
                pairs.add(Wire.open(town.address(), docs("room-" + i), docsToken("*", Access.WRITE)));
            }
            for (int i = 0; i < 40; i += 2) {
                Doc doc = new Doc(100 + i);
                synced(pairs.get(i), doc);
                synced(pairs.get(i + 1), new Doc());
                String text = "room " + i;
                String update = edit(doc, d -> d.text("t").insert(0, text));
                pairs.get(i).binary(update);
                assertThat(until(pairs.get(i + 1), 2).hex()).isEqualTo(update);
            }
        } finally {
            for (Wire wire : pairs) {
                wire.close();
            }
        }
    }
}
