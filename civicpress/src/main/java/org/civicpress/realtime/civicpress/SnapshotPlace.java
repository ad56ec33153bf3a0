package org.civicpress.realtime.civicpress;

import java.util.List;
import java.util.Optional;

/// Where the versions of rooms' snapshots are. Shared: any platform thread; but of those that write only one at a
/// time.
interface SnapshotPlace {
    /// The highest version of a room below a bound.
    Optional<StoredSnapshot> highest(String room, long below);

    Optional<SnapshotStore.Version> highest(String room);

    /// Keeps the next version of a room, and of all its versions only the newest.
    ///
    /// @return the version, and which ones went
    SnapshotStore.Written add(String room, SnapshotFormat.Encoded encoded, long nowMillis, int kept);

    /// The versions that were made before a moment, of all rooms.
    List<SnapshotStore.Version> before(long millis);

    void delete(SnapshotStore.Version version);
}
