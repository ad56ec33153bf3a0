package org.civicpress.realtime.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.auth.Admission;
import org.civicpress.realtime.server.auth.ConnectionLimits;
import org.civicpress.realtime.server.auth.DocsDoor;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.docs.DocRoomType;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.proposals.ProposalDesk;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.room.Snapshots;
import org.civicpress.realtime.server.store.Predecessor;
import org.civicpress.realtime.server.store.SqlJournal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections that come, break off and are refused in every state; in the end none counts.
class ConnectionChurnTest {
    @TempDir
    Path dir;

    @Test
    void whoeverComesAndHoweverTheyGoNobodyCountsInTheEnd() throws Exception {
        try (Town town = Town.start(dir, """
                  rooms: {grace_period_ms: 0}
                  rate_limiting: {connections_per_ip: 12, connections_per_user: 4, connections_per_room: 6}
                  connections: {allowed_origins: ['https://town.example']}
                """)) {
            List<String> tokens = List.of(
                    Town.bearer(town.token("petra")),
                    Town.bearer(town.token("noah")),
                    Town.bearer(town.token("sam")),
                    Town.bearer("x".repeat(64) + "." + "0".repeat(64)),
                    "X-Nothing: 1",
                    docsToken(town));
            List<String> targets = List.of(
                    "/realtime/records/wire-demo",
                    "/realtime/records/with-html",
                    "/realtime/records/none",
                    "/realtime/docs/a",
                    "/realtime/widgets/a",
                    "/elsewhere");
            Seeds.each(
                    400,
                    random -> comeAndGo(
                            town.address(),
                            random,
                            targets.get(random.nextInt(targets.size())),
                            tokens.get(random.nextInt(tokens.size())),
                            random.nextInt(8) == 0 ? "Origin: https://evil.example" : "X-Nothing: 2"));
            Awaitility.await()
                    .atMost(3, TimeUnit.MINUTES)
                    .untilAsserted(() -> assertThat(health(town))
                            .contains("\"connections\":{\"total\":0,\"perUser\":0,\"perIP\":0}"));
        }
    }

    private static String health(Town town) throws IOException {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return wire.readAll();
        }
    }

    private static String docsToken(Town town) {
        return Town.subprotocol(
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1)));
    }

    /// One to four connections, each left in another way; those that stay are left all at once.
    private static void comeAndGo(InetSocketAddress address, Random random, String target, String... headers) {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                Wire wire = Wire.connect(address);
                wires.add(wire);
                byte[] upgrade = Wire.upgrade(target, headers).getBytes(StandardCharsets.ISO_8859_1);
                switch (random.nextInt(6)) {
                    case 0 -> wire.raw(Arrays.copyOf(upgrade, random.nextInt(upgrade.length))); // half a handshake
                    case 1 -> {
                        wire.raw(upgrade);
                        wire.close(); // while it is being judged
                    }
                    case 2 -> {
                        wire.raw(upgrade);
                        wire.readHead();
                    }
                    case 3 -> {
                        wire.raw(upgrade);
                        wire.readHead();
                        wire.binary("000001ff"); // malformed
                    }
                    case 4 -> {
                        wire.raw(upgrade);
                        wire.raw(Wire.frame(0x88, new byte[0]));
                    }
                    default -> {
                        wire.raw(upgrade);
                        wire.readHead();
                        wire.raw(Wire.frame(0x82, new byte[] {0, 0, 1, 0}));
                    }
                }
            }
        } catch (IOException e) {
            // It has hung up, as it may on most of this.
        } finally {
            wires.forEach(ConnectionChurnTest::hangUp);
        }
    }

    private static void hangUp(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whateverFailsWhileSomebodyComesInNobodyCountsInTheEnd() throws Exception {
        try (Town town = Town.start(dir.resolve("town"));
                SqlJournal journal = SqlJournal.open(
                        dir.resolve("realtime.db"), Predecessor.NONE, SqlJournal.Limits.DEFAULT, Clock.systemUTC());
                NettyLoops loops = new NettyLoops(3)) {
            Rooms rooms = new Rooms(
                    loops.forRooms(),
                    List.of(new DocRoomType()),
                    journal,
                    new ProposalDesk(journal, journal.proposals()),
                    Snapshots.NONE,
                    () -> new Rooms.Settings(1000, 0, 0, 1 << 30),
                    new Counters(),
                    RoomEvents.UNHEARD);
            ConnectionLimits limits = new ConnectionLimits(() -> new ConnectionLimits.Limits(6, 6, 3));
            Door door = new DocsDoor(DocsTokens.of(town.installation(), Clock.systemUTC()));
            Door failing = (room, token) -> {
                if (room.startsWith("fail")) {
                    throw new IllegalStateException("the database is not there");
                }
                return door.ask(room, token);
            };
            Admission admission = new Admission(rooms, Map.of(DocRoomType.NAME, failing), limits);
            Random busy = new Random(7);
            Executor workers = work -> {
                synchronized (busy) {
                    if (busy.nextInt(6) == 0) {
                        throw new RejectedExecutionException("full");
                    }
                }
                Thread.ofPlatform().start(work);
            };
            SocketSettings settings =
                    new SocketSettings(10, 30, 1 << 20, new SocketSettings.Silence(true, 1, 1), List.of(), List.of());
            try (WebSocketEdge edge = new WebSocketEdge(
                    new InetSocketAddress("127.0.0.1", 0),
                    loops,
                    "/realtime",
                    () -> settings,
                    rooms,
                    admission,
                    call -> HttpAnswer.text(404, ""),
                    workers,
                    new Counters())) {
                // A third of the rooms belong to a loop that has ended: nobody can be moved there.
                loops.loops()
                        .get(2)
                        .netty()
                        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                        .sync();
                Seeds.each(200, random -> {
                    String room = (random.nextInt(5) == 0 ? "fail" : "room") + random.nextInt(30);
                    comeAndGo(edge.address(), random, "/realtime/docs/" + room, docsToken(town));
                });
                Awaitility.await()
                        .atMost(3, TimeUnit.MINUTES)
                        .untilAsserted(() -> assertThat(
                                        List.of(limits.total(), limits.peers(), limits.users(), limits.rooms()))
                                .containsOnly(0));
            }
        }
    }
}
