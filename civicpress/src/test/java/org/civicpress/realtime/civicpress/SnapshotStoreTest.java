package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.civicpress.RealtimeConfig.Storage;
import org.civicpress.realtime.civicpress.SnapshotStore.Unusable;
import org.civicpress.realtime.civicpress.SnapshotStore.Version;
import org.civicpress.realtime.civicpress.SnapshotStore.Written;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotStoreTest {
    private static final String ROOM = "records:levy";
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    Path dir;

    private Installation installation;

    @BeforeEach
    void open() {
        var content = new SampleData("Town", SampleData.noRecords().people(), Map.of());
        installation = Installation.create(dir, content, Map.of(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        installation.close();
    }

    private SnapshotStore store(Storage storage, boolean isCompressed) {
        return new SnapshotStore(installation.database(), installation.dataDir(), storage, isCompressed);
    }

    private Path files() {
        return installation.dataDir().resolve("realtime/snapshots/records:levy");
    }

    @ParameterizedTest
    @EnumSource
    void theNextVersionIsOneMoreAndTheNewestThreeAreKept(Storage storage) {
        SnapshotStore store = store(storage, false);
        assertThat(store.write(ROOM, bytes("one"), NOW)).isEqualTo(new Written(1, NOW, 3, List.of()));
        store.write(ROOM, bytes("two"), NOW + 1);
        store.write(ROOM, bytes("three"), NOW + 2);
        store.write("records:other", bytes("other"), NOW + 2);
        assertThat(store.write(ROOM, bytes("four"), NOW + 3)).isEqualTo(new Written(4, NOW + 3, 4, List.of(1L)));
        assertThat(store.newest(ROOM)).contains(new Version(ROOM, 4, NOW + 3));
        assertThat(begins(store)).contains("four");
        assertThat(store.newest("records:other")).contains(new Version("records:other", 1, NOW + 2));
    }

    @Test
    void aRowIsAsTheOriginalWritesIt() {
        store(Storage.DATABASE, false).write(ROOM, bytes("abc"), NOW);
        assertThat(text("SELECT id || ' ' || room_id || ' ' || hex(snapshot_data) || ' ' || version || ' ' ||"
                        + " integrity_hash || ' ' || format_version || ' ' || byte_size || ' ' || created_at"
                        + " FROM realtime_snapshots"))
                .isEqualTo("records:levy-1-1800000000000 records:levy 616263 1 "
                        + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 1 3 1800000000000");
    }

    @Test
    void filesAreAsTheOriginalWritesThem() throws IOException {
        store(Storage.FILESYSTEM, false).write(ROOM, bytes("abc"), NOW);
        assertThat(Files.readString(files().resolve("records:levy-1-1800000000000.snapshot")))
                .isEqualTo("abc");
        assertThat(Files.readString(files().resolve("records:levy-1-1800000000000.meta.json")))
                .isEqualTo("{\"room_id\":\"records:levy\",\"version\":1,\"integrity_hash\":"
                        + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"format_version\":1,"
                        + "\"byte_size\":3,\"created_at\":1800000000000}");
        try (var all = Files.list(files())) {
            assertThat(all).hasSize(2);
        }
    }

    @Test
    void withoutWhatStandsBesideItAFileIsTakenAsItIs() throws IOException {
        Files.createDirectories(files());
        Files.writeString(files().resolve("records:levy-9-1800000000000.snapshot"), "older");
        Files.writeString(files().resolve("records:levy-10-1800000000001.snapshot"), "newer");
        Files.writeString(files().resolve("records:levy-x.snapshot"), "none");
        SnapshotStore store = store(Storage.FILESYSTEM, false);
        assertThat(begins(store)).contains("newer");
        assertThat(store.write(ROOM, bytes("next"), NOW).version()).isEqualTo(11);
    }

    @Test
    void aTableThatIsNotThereIsMadeAsCivicPressMakesIt() {
        String schema = "SELECT group_concat(type || name || tbl_name || sql, ';') FROM"
                + " (SELECT * FROM sqlite_schema WHERE tbl_name = 'realtime_snapshots' ORDER BY name)";
        String asInstalled = text(schema);
        sql("DROP TABLE realtime_snapshots");
        SnapshotStore store = store(Storage.DATABASE, false);
        assertThat(store.newest(ROOM)).isEmpty();
        assertThat(begins(store)).isEmpty();
        assertThat(store.sweep(NOW, room -> false)).isEmpty();
        store.write(ROOM, bytes("abc"), NOW);
        assertThat(begins(store)).contains("abc");
        assertThat(text(schema)).isEqualTo(asInstalled);
    }

    @ParameterizedTest
    @EnumSource
    void bothFormsAreReadWhateverIsWritten(Storage storage) {
        String text = "the same words ".repeat(1_000);
        assertThat(store(storage, true).write(ROOM, bytes(text), NOW).byteSize())
                .isLessThan(1_000);
        assertThat(begins(store(storage, false))).contains(text);
        store(storage, false).write(ROOM, bytes("plain"), NOW);
        assertThat(begins(store(storage, true))).contains("plain");
    }

    @Test
    void theOriginalFindsCompressedOnesIntactAndTooNewForIt() {
        store(Storage.DATABASE, true).write(ROOM, bytes("text"), NOW);
        var stored = store(Storage.DATABASE, false).newestWhole(ROOM).orElseThrow();
        assertThat(stored.format()).isEqualTo(2);
        assertThat(stored.integrityHash()).isEqualTo(SnapshotFormat.hash(stored.data()));
        assertThat(text("SELECT byte_size = length(snapshot_data) FROM realtime_snapshots"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedVersionIsPassedOverForTheOneBeforeIt(Storage storage) throws IOException {
        SnapshotStore store = store(storage, false);
        store.write(ROOM, bytes("older"), NOW);
        store.write(ROOM, bytes("newer"), NOW + 1);
        switch (storage) {
            case DATABASE -> sql("UPDATE realtime_snapshots SET snapshot_data = x'00' WHERE version = 2");
            case FILESYSTEM -> Files.write(files().resolve("records:levy-2-1800000000001.snapshot"), new byte[1]);
        }
        List<Unusable> unusable = new ArrayList<>();
        assertThat(store.usable(ROOM, unusable::add).orElseThrow().version()).isEqualTo(1);
        assertThat(unusable)
                .containsExactly(
                        new Unusable.Damaged(2, SnapshotFormat.hash(bytes("newer")), SnapshotFormat.hash(new byte[1])));
        assertThat(store.write(ROOM, bytes("next"), NOW + 2).version()).isEqualTo(3);
    }

    @Test
    void aFormatOfLaterIsNotRead() {
        SnapshotStore store = store(Storage.DATABASE, false);
        store.write(ROOM, bytes("text"), NOW);
        sql("UPDATE realtime_snapshots SET format_version = 3");
        assertThat(begins(store)).isEmpty();
    }

    @Test
    void whatSaysLessThanTheDraftOrTheRecordIsNotBegunWith() {
        SnapshotStore store = store(Storage.DATABASE, false);
        store.write(ROOM, bytes("older"), NOW);
        sql("INSERT INTO record_drafts (id, title, type, updated_at) VALUES"
                + " ('levy', 'Levy', 'bylaw', datetime(1800000004, 'unixepoch'))");
        assertThat(begins(store)).contains("older"); // the draft of the same pass
        sql("UPDATE record_drafts SET updated_at = datetime(1800000006, 'unixepoch')");
        List<Unusable> unusable = new ArrayList<>();
        assertThat(store.usable(ROOM, unusable::add)).isEmpty();
        assertThat(unusable).containsExactly(new Unusable.Outdated(1));
        store.write(ROOM, bytes("newer"), NOW + 2_000);
        assertThat(begins(store)).contains("newer");
        sql("UPDATE realtime_snapshots SET snapshot_data = x'00' WHERE version = 2");
        assertThat(begins(store)).isEmpty(); // the one before it is older than the draft
        sql("DELETE FROM record_drafts");
        assertThat(begins(store)).contains("older");
        sql("INSERT INTO records (id, title, type, updated_at) VALUES"
                + " ('levy', 'Levy', 'bylaw', '2030-01-01T00:00:00.000Z')");
        assertThat(begins(store)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void oldOnesAreSweptUnlessTheirRoomIsSpared(Storage storage) {
        SnapshotStore store = store(storage, false);
        store.write(ROOM, bytes("old"), NOW);
        store.write(ROOM, bytes("new"), NOW + 10);
        store.write("records:open", bytes("old"), NOW);
        store.write("records:gone", bytes("old"), NOW + 9);
        assertThat(store.sweep(NOW + 10, "records:open"::equals))
                .containsExactly(new Version(ROOM, 1, NOW), new Version("records:gone", 1, NOW + 9));
        assertThat(begins(store)).contains("new");
        assertThat(store.newest("records:open")).isPresent();
        assertThat(store.newest("records:gone")).isEmpty();
        assertThat(installation.dataDir().resolve("realtime/snapshots/records:gone"))
                .doesNotExist();
    }

    @Test
    void whatAKilledProcessLeftGoesWithTheNextOne() throws IOException {
        SnapshotStore store = store(Storage.FILESYSTEM, false);
        Files.createDirectories(files());
        Files.writeString(files().resolve("records:levy-7-1.snapshot.unfinished"), "hal");
        Files.writeString(files().resolve("records:levy-8-1.meta.json"), "{}"); // and never its bytes
        assertThat(begins(store)).isEmpty();
        assertThat(store.write(ROOM, bytes("text"), NOW).version()).isEqualTo(1);
        assertThat(files().resolve("records:levy-7-1.snapshot.unfinished")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatIsNoRecordHasNoSnapshots(Storage storage) {
        SnapshotStore store = store(storage, false);
        for (String room :
                List.of("docs:a", "records:../levy", "records:a/b", "records:", "levy", "..", "records:a.b")) {
            assertThat(SnapshotStore.isRoom(room)).isFalse();
            assertThat(store.newest(room)).isEmpty();
            assertThat(store.usable(room, unusable -> {})).isEmpty();
            assertThatThrownBy(() -> store.write(room, bytes("x"), NOW)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFrameThatClaimsTheAbsurdIsNotRead() {
        // magic, a single segment with 8 bytes of size, 2^62
        byte[] absurd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0};
        assertThat(Zstd.getFrameContentSize(absurd)).isEqualTo(1L << 62);
        assertThat(SnapshotFormat.decode(SnapshotFormat.COMPRESSED, absurd)).isEmpty();
        assertThat(SnapshotFormat.decode(SnapshotFormat.COMPRESSED, new byte[0]))
                .isEmpty();
        assertThat(SnapshotFormat.decode(SnapshotFormat.COMPRESSED, bytes("no frame at all")))
                .isEmpty();
    }

    @Test
    void aFrameThatWasTamperedWithIsRefusedOrAsLongAsItSays() {
        Seeds.each(500, random -> {
            byte[] state = new byte[random.nextInt(2_000)];
            random.nextBytes(state);
            byte[] frame = SnapshotFormat.encode(SnapshotFormat.COMPRESSED, state).data;
            assertThat(SnapshotFormat.decode(SnapshotFormat.COMPRESSED, frame)).contains(state);
            byte[] broken = java.util.Arrays.copyOf(frame, random.nextInt(frame.length));
            assertThat(SnapshotFormat.decode(SnapshotFormat.COMPRESSED, broken)).isEmpty();
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
            Optional<byte[]> read = SnapshotFormat.decode(SnapshotFormat.COMPRESSED, frame);
            assertThat(read.map(bytes -> (long) bytes.length).orElse(Zstd.getFrameContentSize(frame)))
                    .isEqualTo(Zstd.getFrameContentSize(frame));
        });
    }

    private static Optional<String> begins(SnapshotStore store) {
        return store.usable(ROOM, unusable -> {})
                .flatMap(StoredSnapshot::state)
                .map(state -> new String(state, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void sql(String sql) {
        installation.database().write(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private String text(String query) {
        return installation.database().read(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(query)) {
                return row.next() ? row.getString(1) : "";
            }
        });
    }
}
