package org.civicpress.realtime.server.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.civicpress.SnapshotStore;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Snapshots.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the keeper does with an installation's own table, and what it tells of it.
class SnapshotKeeperTest {
    private static final RoomId ROOM = new RoomId("records", "bylaw-12");
    private static final RoomId OPEN = new RoomId("records", "bylaw-13");
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @TempDir
    Path dir;

    private final BlockingQueue<RoomEvent> events = new LinkedBlockingQueue<>();
    private Installation installation;
    private SnapshotStore store;
    private SnapshotKeeper keeper;

    @BeforeEach
    void open() {
        installation = Installation.create(dir, SampleData.noRecords());
        store = installation.snapshots();
        keeper = new SnapshotKeeper(
                store, () -> installation.realtimeConfig().snapshots(), events::add, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        keeper.close();
        installation.close();
    }

    @Test
    void aFourthVersionPushesOutTheFirstAndThatIsTold() throws Exception {
        for (int version = 1; version <= 4; version++) {
            assertThat(keep("text " + version)).isEqualTo(new Outcome.Kept(version, NOW.toEpochMilli()));
        }
        assertThat(next()).isEqualTo(new RoomEvent.SnapshotPruned(ROOM, 1, 3, NOW.toEpochMilli()));
        assertThat(events).isEmpty();
    }

    @Test
    void aLargeOneIsKeptAndTold() throws Exception {
        assertThat(keep("x".repeat(SnapshotStore.SOFT_CAP_BYTES))).isInstanceOf(Outcome.Kept.class);
        assertThat(next()).isInstanceOfSatisfying(RoomEvent.SnapshotOversize.class, told -> {
            assertThat(told.byteSize()).isGreaterThan(SnapshotStore.SOFT_CAP_BYTES);
            assertThat(told.cap()).isEqualTo(SnapshotStore.SOFT_CAP_BYTES);
        });
    }

    @Test
    void whatIsOlderThanTwoDaysGoesUnlessItsRoomIsOpen() throws Exception {
        long tooOld = NOW.minus(SnapshotKeeper.LIFETIME).minusSeconds(1).toEpochMilli();
        store.write(ROOM.toString(), state("old"), tooOld);
        store.write(OPEN.toString(), state("old"), tooOld);
        store.write("records:bylaw-14", state("new"), NOW.toEpochMilli());

        keeper.sweepFromNowOn(OPEN::equals);

        assertThat(next())
                .isEqualTo(new RoomEvent.SnapshotExpired(
                        ROOM, 1, SnapshotKeeper.LIFETIME.toMillis() + 1000, NOW.toEpochMilli()));
        assertThat(keep("after the sweep")).isInstanceOf(Outcome.Kept.class); // on the same thread
        assertThat(events).isEmpty();
        assertThat(List.of(OPEN.toString(), "records:bylaw-14"))
                .allSatisfy(room -> assertThat(store.newest(room)).isPresent());
    }

    @Test
    void oneThatWasAlteredIsToldWithBothHashes() {
        store.write(ROOM.toString(), state("genuine"), NOW.toEpochMilli());
        alter("UPDATE realtime_snapshots SET snapshot_data = x'0000'");

        var takeover = new Takeover(store, events::add, Clock.fixed(NOW, ZoneOffset.UTC));

        assertThat(takeover.find(ROOM)).isEmpty();
        assertThat(events.remove()).isInstanceOfSatisfying(RoomEvent.SnapshotIntegrityFailed.class, told -> {
            assertThat(told.version()).isEqualTo(1);
            assertThat(told.expectedHash()).hasSize(64).isNotEqualTo(told.computedHash());
        });
    }

    @Test
    void aTableThatCannotBeWrittenIsToldAndTheNextPassKeepsItAgain() throws Exception {
        keep("first");
        alter("CREATE TRIGGER no BEFORE INSERT ON realtime_snapshots BEGIN SELECT RAISE(ABORT, 'disk full'); END");

        assertThat(keep("second")).isInstanceOf(Outcome.Failed.class);
        assertThat(next()).isInstanceOfSatisfying(RoomEvent.WritebackFailed.class, told -> {
            assertThat(told.stage()).isEqualTo(RoomEvent.WritebackFailed.Stage.PERSIST);
            assertThat(told.error()).contains("disk full");
        });

        alter("DROP TRIGGER no");
        assertThat(keep("second")).isEqualTo(new Outcome.Kept(2, NOW.toEpochMilli()));
    }

    private void alter(String sql) {
        installation.database().write(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private Outcome keep(String text) throws Exception {
        CompletableFuture<Outcome> kept = new CompletableFuture<>();
        keeper.keep(ROOM, Bytes.wrap(state(text)), kept::complete);
        return kept.get(60, TimeUnit.SECONDS);
    }

    private RoomEvent next() throws InterruptedException {
        RoomEvent event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        return event;
    }

    private static byte[] state(String text) {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, text);
        return doc.state().toArray();
    }
}
