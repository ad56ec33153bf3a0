package org.civicpress.realtime.civicpress;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The snapshots of records' documents that CivicPress's own realtime service would begin with: in its table or in
/// files, as `realtime.yml` says. What is read is not believed: hash and format have to be right, and neither the
/// record nor its draft may have been changed after it.
///
/// Shared: any platform thread; but [#write] and [#sweep] are for one at a time.
public final class SnapshotStore {
    /// A larger snapshot is stored, and worth a warning.
    public static final int SOFT_CAP_BYTES = 1 << 20;

    /// How many versions of a room are kept.
    public static final int KEPT_VERSIONS = 3;

    private static final String PREFIX = "records:";

    /// The draft that a pass writes comes a moment after its snapshot and says the same.
    private static final long SAME_PASS_MILLIS = 5_000;

    private final CivicDatabase database;
    private final SnapshotPlace place;
    private final int format;

    /// A version that was written.
    ///
    /// @param createdMillis since the epoch
    /// @param byteSize of what is stored
    /// @param pruned the versions of the same room that it pushed out
    public record Written(long version, long createdMillis, int byteSize, List<Long> pruned) {
        public Written {
            pruned = List.copyOf(pruned);
        }
    }

    /// A version that is there.
    ///
    /// @param createdMillis since the epoch
    public record Version(String room, long version, long createdMillis) {}

    /// A version that was passed over.
    public sealed interface Unusable {
        long version();

        /// The bytes are not those that were stored, or of a format that is not known.
        record Damaged(long version, String expectedHash, String computedHash) implements Unusable {}

        /// The record or its draft says something newer.
        record Outdated(long version) implements Unusable {}
    }

    /// @param dataDir of the installation
    /// @param isCompressed whether what is written from now on is; what is read may be either
    SnapshotStore(CivicDatabase database, Path dataDir, RealtimeConfig.Storage storage, boolean isCompressed) {
        this.database = database;
        place = switch (storage) {
            case DATABASE -> new SnapshotTable(database);
            case FILESYSTEM -> new SnapshotFiles(dataDir);
        };
        format = isCompressed ? SnapshotFormat.COMPRESSED : SnapshotFormat.PLAIN;
    }

    /// Is this the room of a record? No other room has snapshots.
    ///
    /// @param room as in `records:bylaw-12`
    public static boolean isRoom(String room) {
        return room.startsWith(PREFIX) && Records.isId(room.substring(PREFIX.length()));
    }

    /// The highest version of a room that can be begun with. One that is damaged is passed over, and so is not the end
    /// of it: the one before it has the same history, so that who still holds that document can go on with it, and
    /// says no less than record and draft, because it is held against them too.
    ///
    /// @param whenUnusable told what was passed over
    public Optional<StoredSnapshot> usable(String room, Consumer<Unusable> whenUnusable) {
        if (!isRoom(room)) {
            return Optional.empty();
        }
        long below = Long.MAX_VALUE;
        while (true) {
            Optional<StoredSnapshot> found = place.highest(room, below);
            if (found.isEmpty()) {
                return found;
            }
            StoredSnapshot snapshot = found.get();
            below = snapshot.version();
            if (changedMillis(room) > snapshot.createdMillis() + SAME_PASS_MILLIS) {
                whenUnusable.accept(new Unusable.Outdated(below));
                return Optional.empty(); // and so are those before it
            }
            if (snapshot.state().isPresent()) {
                return found;
            }
            whenUnusable.accept(new Unusable.Damaged(below, snapshot.integrityHash(), snapshot.computedHash()));
        }
    }

    /// When the record or its draft was written last; 0 when there is neither.
    private long changedMillis(String room) {
        String id = room.substring(PREFIX.length());
        return database.read(connection ->
                Math.max(changedMillis(connection, "records", id), changedMillis(connection, "record_drafts", id)));
    }

    private static long changedMillis(Connection connection, String table, String id) throws SQLException {
        try (var query = connection.prepareStatement(
                "SELECT coalesce(unixepoch(updated_at), 0) * 1000 FROM " + table + " WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /// The highest version of a room, whether it is of use or not.
    public Optional<Version> newest(String room) {
        return isRoom(room) ? place.highest(room) : Optional.empty();
    }

    /// The same, with its bytes.
    public Optional<StoredSnapshot> newestWhole(String room) {
        return isRoom(room) ? place.highest(room, Long.MAX_VALUE) : Optional.empty();
    }

    /// Keeps the next version of a room, and of all its versions the newest [#KEPT_VERSIONS].
    ///
    /// @param state the whole document as one Yjs update in V1
    /// @throws IllegalArgumentException when it is not a record's room
    public Written write(String room, byte[] state, long nowMillis) {
        if (!isRoom(room)) {
            throw new IllegalArgumentException("not a record's room: " + room);
        }
        return place.add(room, SnapshotFormat.encode(format, state), nowMillis, KEPT_VERSIONS);
    }

    /// Deletes the versions that were made before a moment, but for those of some rooms.
    ///
    /// @param isSpared told a room
    /// @return what was deleted
    public List<Version> sweep(long beforeMillis, Predicate<String> isSpared) {
        List<Version> gone = new ArrayList<>();
        for (Version old : place.before(beforeMillis)) {
            if (!isSpared.test(old.room())) {
                place.delete(old);
                gone.add(old);
            }
        }
        return gone;
    }
}
