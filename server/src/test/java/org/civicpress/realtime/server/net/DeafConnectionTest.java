package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.Wire.Frame;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections whose other end says nothing, or hears nothing.
class DeafConnectionTest {
    private static final int ROOMS = 4;
    private static final int EDITS = 200;
    private static final String EDIT = "x".repeat(100_000);
    private static final String PING = "{\"type\":\"ping\"}";

    @TempDir
    Path dir;

    @Test
    void whoDoesNotAnswerAPingIsShownOutAndWhoDoesStays() throws Exception {
        try (Town town = Town.start(
                        dir, "  connection_cleanup: {enabled: true, check_interval: 1, stale_threshold: 2}\n");
                Wire silent = Wire.open(town.address(), "/realtime/records/wire-demo", bearer(town, "petra"));
                Wire answering = Wire.open(town.address(), "/realtime/records/wire-demo", bearer(town, "noah"))) {
            var heard = new LinkedBlockingQueue<Frame>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        heard.add(answering.read());
                    }
                } catch (IOException e) {
                    // The end of the test.
                }
            });
            boolean wasPinged = false;
            Frame frame = silent.readAny();
            for (; frame.opcode() != 8; frame = silent.readAny()) {
                wasPinged |= frame.opcode() == 9;
            }
            assertThat(wasPinged).isTrue();
            assertThat(frame.close()).isEqualTo("4503");
            heard.clear();
            answering.text(PING);
            assertThat(heard.poll(3, TimeUnit.MINUTES))
                    .isNotNull()
                    .satisfies(pong -> assertThat(pong.text()).contains("pong"));
            answering.close();
            reader.join();
        }
    }

    @Test
    void whereItIsSwitchedOffTheSilentStay() throws Exception {
        try (Town town = Town.start(
                        dir, "  connection_cleanup: {enabled: false, check_interval: 1, stale_threshold: 1}\n");
                Wire silent = Wire.open(town.address(), "/realtime/records/wire-demo", bearer(town, "petra"))) {
            while (silent.readAny().opcode() != 9) {
                // the greeting
            }
            // The life sign comes after ten seconds at the earliest: long after the silent would be gone.
            while (silent.readAny().opcode() != 2) {
                // another ping
            }
            silent.text(PING);
            Frame answer = silent.readAny();
            while (answer.opcode() != 1) {
                answer = silent.readAny();
            }
            assertThat(answer.text()).contains("pong");
        }
    }

    @Test
    void whoNeverReadsIsCutOffAndWhatWaitedForItIsGivenBack() throws Exception {
        try (Town town = Town.start(dir, "  rooms: {grace_period_ms: 0}\n")) {
            writeToTheDeaf(town, "warm-up-");
            long before = directMemory();
            writeToTheDeaf(town, "first-");
            writeToTheDeaf(town, "second-");
            // Of each of the eight, four megabytes and more were waiting.
            assertThat(directMemory() - before).isLessThan(16L << 20);
        }
    }

    private static void writeToTheDeaf(Town town, String prefix) throws Exception {
        List<Wire> wires = new ArrayList<>();
        List<Wire> writers = new ArrayList<>();
        try {
            for (int i = 0; i < ROOMS; i++) {
                String room = "/realtime/docs/" + prefix + i;
                Wire deaf = Wire.open(town.address(), room, docsToken(town));
                wires.add(deaf);
                deaf.readAny(); // it is in its room, and hears no more
                Wire writer = Wire.open(town.address(), room, docsToken(town));
                wires.add(writer);
                writers.add(writer);
                Doc doc = new Doc(21);
                for (int edit = 0; edit < EDITS; edit++) {
                    Bytes before = doc.stateVector();
                    doc.text("t").insert(0, EDIT);
                    writer.binary(Messages.write(new Message.Update(doc.stateSince(before)))
                            .toHex());
                }
            }
            Awaitility.await()
                    .atMost(3, TimeUnit.MINUTES)
                    .untilAsserted(() -> assertThat(health(town)).contains("\"connections\":{\"total\":" + ROOMS));
            for (Wire writer : writers) { // those that are left
                writer.binary("660101");
                while (!writer.read().hex().equals("660101")) {
                    // what it was told before
                }
            }
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
        Awaitility.await()
                .atMost(3, TimeUnit.MINUTES)
                .untilAsserted(() -> assertThat(health(town)).contains("\"connections\":{\"total\":0"));
    }

    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private static String health(Town town) throws IOException {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return wire.readAll();
        }
    }

    private static String bearer(Town town, String name) {
        return Town.bearer(town.token(name));
    }

    private static String docsToken(Town town) {
        return Town.subprotocol(
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1)));
    }
}
