package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.ops.Counters;
import org.junit.jupiter.api.Test;

/// People who come, write, delete, go and come back, in any order, over a journal that is slow, full or
/// refuses, and a server that crashes.
final class RandomRoomTest {
    private static final RoomId ROOM = new RoomId(SimulatedRoomType.NAME, "bylaw");

    @Test
    void allWhoAreThereAgreeAndNothingThatWasSavedIsLost() {
        Seeds.each(300, random -> new World(random).lives());
    }

    private static final class World {
        private final Random random;
        private final SimulatedLoop loop = new SimulatedLoop();
        private final SimulatedJournal journal = new SimulatedJournal();
        private final SimulatedRoomType type = new SimulatedRoomType();
        private final PairedEvents events = new PairedEvents();
        private final List<SimulatedClient> clients = new ArrayList<>();
        private final Map<SimulatedClient, Map<Bytes, Set<Character>>> asked = new HashMap<>();
        private final Set<Character> saved = new HashSet<>();
        private final Set<Character> deleted = new HashSet<>();
        private Rooms rooms;
        private char next = 0x4E00;
        private int tokens;
        private long nextClient = 10;

        World(Random random) {
            this.random = random;
            journal.isPrompt = random.nextBoolean();
            Doc file = new Doc(7);
            file.text(SimulatedClient.TEXT).insert(0, "file");
            type.seed = Optional.of(file.state());
            rooms = open();
        }

        private Rooms open() {
            var settings = new Rooms.Settings(10, random.nextBoolean() ? 0 : 5_000, 10_000, 1 << 30);
            return new Rooms(
                    List.of(loop),
                    List.of(type),
                    journal,
                    new SimulatedProposals(),
                    Snapshots.NONE,
                    () -> settings,
                    new Counters(),
                    events);
        }

        void lives() {
            for (int lifetime = 0; lifetime < 3; lifetime++) {
                int acts = 20 + random.nextInt(80);
                for (int i = 0; i < acts; i++) {
                    acts();
                }
                if (random.nextBoolean()) {
                    recover();
                    agree();
                    for (int i = 0; i < 10; i++) {
                        acts();
                    }
                }
                if (random.nextInt(3) == 0) {
                    stop();
                }
                crash();
                SimulatedClient witness = newcomer();
                recover();
                for (char c : saved) {
                    if (!deleted.contains(c)) {
                        assertThat(witness.text()).contains(String.valueOf(c));
                    }
                }
                assertThat(witness.text()).doesNotContainPattern("(\\p{L}).*\\1"); // nothing came twice
                for (char c : "file".toCharArray()) {
                    assertThat(deleted.contains(c) || witness.text().indexOf(c) >= 0)
                            .isTrue();
                }
                clients.clear();
                witness.leaves();
            }
        }

        private void acts() {
            switch (random.nextInt(12)) {
                case 0 -> newcomer();
                case 1 -> anyone().ifPresent(SimulatedClient::leaves);
                case 2 ->
                    clients.stream()
                            .filter(client -> client.session == null)
                            .findFirst()
                            .ifPresent(client -> client.joins(rooms, ROOM, Access.WRITE));
                case 3, 4, 5 -> anyone().ifPresent(this::writes);
                case 6 -> anyone().ifPresent(this::deletes);
                case 7 -> anyone().ifPresent(this::asks);
                case 8 -> loop.tick();
                case 9 -> journal.commit(journal.isDiskFull ? 0 : random.nextInt(3));
                case 10 -> {
                    journal.isDiskFull = random.nextInt(6) == 0;
                    journal.isTurningAway = random.nextInt(4) == 0;
                }
                default -> loop.advance(random.nextInt(7_000));
            }
            collectSaved();
        }

        private SimulatedClient newcomer() {
            SimulatedClient client = new SimulatedClient("client-" + nextClient, nextClient++);
            clients.add(client);
            return client.joins(rooms, ROOM, Access.WRITE);
        }

        private Optional<SimulatedClient> anyone() {
            return clients.isEmpty() ? Optional.empty() : Optional.of(clients.get(random.nextInt(clients.size())));
        }

        private void writes(SimulatedClient client) {
            char c = next++;
            client.doc
                    .text(SimulatedClient.TEXT)
                    .insert(random.nextInt(client.text().length() + 1), String.valueOf(c));
        }

        private void deletes(SimulatedClient client) {
            String text = client.text();
            if (!text.isEmpty()) {
                int at = random.nextInt(text.length());
                deleted.add(text.charAt(at));
                client.doc.text(SimulatedClient.TEXT).delete(at, 1);
            }
        }

        private void asks(SimulatedClient client) {
            int token = tokens++;
            Set<Character> holds = new HashSet<>();
            for (char c : client.text().toCharArray()) {
                holds.add(c);
            }
            if (client.session != null && client.hasSentAll) {
                asked.computeIfAbsent(client, first -> new HashMap<>())
                        .put(Bytes.wrap(new byte[] {(byte) (token >> 8), (byte) token}), holds);
                client.asksWhetherSaved(token);
            }
        }

        private void collectSaved() {
            for (SimulatedClient client : clients) {
                for (Bytes token : client.saved) {
                    saved.addAll(asked.getOrDefault(client, Map.of()).getOrDefault(token, Set.of()));
                }
                client.saved.clear();
            }
        }

        /// The disk is well again and everybody comes back.
        private void recover() {
            journal.isDiskFull = false;
            journal.isTurningAway = false;
            for (int i = 0; i < 5; i++) {
                for (SimulatedClient client : clients) {
                    if (client.session == null || client.outbox.closed != null) {
                        client.joins(rooms, ROOM, Access.WRITE);
                    }
                }
                loop.run();
                journal.commit();
                loop.advance(2_000);
            }
            clients.forEach(this::asks);
            for (int i = 0; i < 3; i++) {
                loop.advance(2_000);
                journal.commit();
            }
            loop.run();
            for (SimulatedClient client : clients) {
                assertThat(client.saved).isNotEmpty();
            }
            collectSaved();
        }

        private void agree() {
            for (SimulatedClient client : clients) {
                assertThat(client.text()).isEqualTo(clients.getFirst().text());
            }
        }

        /// The server stops in order, if the disk lets it.
        private void stop() {
            CompletableFuture<Void> closed = rooms.close();
            for (int i = 0; i < 10; i++) {
                loop.advance(2_000);
                journal.commit(journal.isDiskFull ? 0 : 100);
            }
            loop.run();
            assertThat(closed).isDone();
            events.requireAllEnded();
        }

        /// The server is gone with all that was not durable, and everybody's computer too.
        private void crash() {
            loop.crash();
            journal.crash();
            clients.clear();
            asked.clear();
            events.crash();
            rooms = open();
        }
    }
}
