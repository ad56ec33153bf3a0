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
import java.util.stream.Collectors;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.SeedClient;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.server.ops.Counters;
import org.junit.jupiter.api.Test;

/// Tabs that come, write, sleep and come back, while the room's file is replaced and the server crashes, at random.
final class RandomGenerationTest {
    private static final RoomId ROOM = new RoomId(SimulatedRoomType.NAME, "bylaw");

    @Test
    void nothingDoublesNothingThatWasThrownAwayComesBackAndWhatWasUnsentIsProposed() {
        Seeds.each(400, random -> new World(random).lives());
    }

    private static final class World {
        private final Random random;
        private final SimulatedLoop loop = new SimulatedLoop();
        private final SimulatedJournal journal = new SimulatedJournal();
        private final SimulatedRoomType type = new SimulatedRoomType();
        private final SimulatedProposals proposals = new SimulatedProposals();
        private final List<SimulatedClient> tabs = new ArrayList<>();
        private Rooms rooms = open();

        private final Map<SimulatedClient, Map<Bytes, Set<Character>>> asked = new HashMap<>();
        private final Set<Character> saved = new HashSet<>(); // in the present generation
        private final Set<Character> deleted = new HashSet<>();
        private final Set<Character> thrownAway = new HashSet<>();
        private long generation;
        private int files;
        private char next = 0x4E00;
        private int tokens;
        private long nextClient = 10;

        World(Random random) {
            this.random = random;
            type.isReplaceable = true;
            replaceFile();
        }

        private Rooms open() {
            return new Rooms(
                    List.of(loop),
                    List.of(type),
                    journal,
                    proposals,
                    Snapshots.NONE,
                    () -> new Rooms.Settings(10, 1_000, 10_000, 1 << 30),
                    new Counters(),
                    RoomEvents.UNHEARD);
        }

        void lives() {
            for (int life = 0; life < 4; life++) {
                int acts = 10 + random.nextInt(60);
                for (int i = 0; i < acts; i++) {
                    act();
                    noticeGeneration();
                }
                if (random.nextBoolean()) {
                    crash();
                }
                if (random.nextBoolean()) {
                    replaceFile();
                }
                allComeBack();
            }
        }

        private void act() {
            switch (random.nextInt(12)) {
                case 0 -> newcomer();
                case 1 -> anyone().ifPresent(SimulatedClient::leaves);
                case 2, 3 ->
                    tabs.stream()
                            .filter(tab -> tab.session == null)
                            .findAny()
                            .ifPresent(tab -> tab.joins(rooms, ROOM, Access.WRITE));
                case 4, 5, 6 -> anyone().ifPresent(this::writes);
                case 7 -> anyone().ifPresent(this::deletes);
                case 8 -> anyone().ifPresent(this::asks);
                case 9 -> loop.tick();
                case 10 -> {
                    if (random.nextInt(3) == 0) {
                        replaceFile();
                    }
                }
                default -> loop.advance(random.nextInt(3_000));
            }
            collectSaved();
        }

        /// Everybody's tabs go on without the server.
        private void crash() {
            loop.crash();
            journal.crash();
            for (SimulatedClient tab : tabs) {
                tab.session = null;
            }
            rooms = open();
        }

        private void replaceFile() {
            files++;
            Doc doc = new Doc(SeedClient.of(files));
            doc.text(SimulatedClient.TEXT).insert(0, String.valueOf((char) (0x3041 + files)));
            type.seed = Optional.of(doc.state());
            type.hash = Bytes.wrap(new byte[] {(byte) (files >> 8), (byte) files});
        }

        private void noticeGeneration() {
            long now = journal.generation(ROOM);
            if (now != generation) {
                generation = now;
                thrownAway.addAll(saved);
                saved.clear();
                asked.clear();
            }
        }

        private void allComeBack() {
            for (int i = 0; i < 4; i++) {
                for (SimulatedClient tab : tabs) {
                    if (tab.session == null || tab.outbox.closed != null) {
                        sendAwayOr(tab, () -> tab.joins(rooms, ROOM, Access.WRITE));
                    }
                }
                loop.run();
                loop.advance(500);
                noticeGeneration();
            }
            tabs.removeIf(tab -> sendAwayOr(tab, () -> {}));
            SimulatedClient witness = newcomer();
            loop.run();
            loop.advance(500);
            assertThat(witness.text()).doesNotContainPattern("(\\p{L}).*\\1");
            for (char letter : saved) {
                assertThat(deleted.contains(letter) || witness.text().indexOf(letter) >= 0)
                        .as("%s is there", letter)
                        .isTrue();
            }
            for (char letter : thrownAway) {
                assertThat(witness.text().indexOf(letter))
                        .as("%s is gone", letter)
                        .isNegative();
            }
            for (SimulatedClient tab : tabs) {
                assertThat(tab.text())
                        .as("%s, closed %s", tab.principal.id(), tab.outbox.closed)
                        .isEqualTo(witness.text());
            }
        }

        /// @return whether it was sent away for good, with what it had as a proposal
        private boolean sendAwayOr(SimulatedClient tab, Runnable orElse) {
            if (tab.outbox.closed != null && tab.outbox.closed.equals(CloseCode.stale(true))) {
                Set<Character> proposed = proposals.kept.stream()
                        .flatMap(offer -> letters(text(offer.state())).stream())
                        .collect(Collectors.toSet());
                assertThat(proposed).containsAll(letters(tab.text()));
                return true;
            }
            orElse.run();
            return false;
        }

        private static String text(Bytes state) {
            Doc doc = new Doc();
            doc.apply(state, null);
            return doc.text(SimulatedClient.TEXT).toString();
        }

        private static Set<Character> letters(String text) {
            return text.chars().mapToObj(letter -> (char) letter).collect(Collectors.toSet());
        }

        private SimulatedClient newcomer() {
            SimulatedClient tab = new SimulatedClient("tab-" + nextClient, nextClient++);
            tabs.add(tab);
            return tab.joins(rooms, ROOM, Access.WRITE);
        }

        /// An editor whose document was taken to be kept is not written in any more.
        private Optional<SimulatedClient> anyone() {
            List<SimulatedClient> able =
                    tabs.stream().filter(tab -> !tab.wasAskedForAll).toList();
            return able.isEmpty() ? Optional.empty() : Optional.of(able.get(random.nextInt(able.size())));
        }

        private void writes(SimulatedClient tab) {
            tab.doc.text(SimulatedClient.TEXT).insert(random.nextInt(tab.text().length() + 1), String.valueOf(next++));
        }

        private void deletes(SimulatedClient tab) {
            String text = tab.text();
            if (!text.isEmpty()) {
                int at = random.nextInt(text.length());
                deleted.add(text.charAt(at));
                tab.doc.text(SimulatedClient.TEXT).delete(at, 1);
            }
        }

        private void asks(SimulatedClient tab) {
            if (tab.session != null && tab.hasSentAll) {
                int token = tokens++;
                asked.computeIfAbsent(tab, first -> new HashMap<>())
                        .put(Bytes.wrap(new byte[] {(byte) (token >> 8), (byte) token}), letters(tab.text()));
                tab.asksWhetherSaved(token);
            }
        }

        private void collectSaved() {
            for (SimulatedClient tab : tabs) {
                for (Bytes token : tab.saved) {
                    saved.addAll(asked.getOrDefault(tab, Map.of()).getOrDefault(token, Set.of()));
                }
                tab.saved.clear();
            }
        }
    }
}
