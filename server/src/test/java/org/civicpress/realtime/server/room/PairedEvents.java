package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

/// Insists that whoever has come goes once, and whatever was made ends once, in that order. Confined to the test's
/// thread.
final class PairedEvents implements RoomEvents {
    private final Set<String> here = new HashSet<>();
    private final Set<RoomId> open = new HashSet<>();

    @Override
    public void on(RoomEvent event) {
        switch (event) {
            case RoomEvent.ClientConnected came ->
                assertThat(here.add(came.clientId())).as("%s", came).isTrue();
            case RoomEvent.ClientDisconnected left ->
                assertThat(here.remove(left.clientId())).as("%s", left).isTrue();
            case RoomEvent.RoomCreated made ->
                assertThat(open.add(made.room())).as("%s", made).isTrue();
            case RoomEvent.RoomDestroyed ended ->
                assertThat(open.remove(ended.room())).as("%s", ended).isTrue();
            case RoomEvent.WritebackFailed failed -> {}
            case RoomEvent.SnapshotOversize other -> {}
            case RoomEvent.SnapshotIntegrityFailed other -> {}
            case RoomEvent.SnapshotExpired other -> {}
            case RoomEvent.SnapshotPruned other -> {}
        }
    }

    /// Nobody is here and no room is open.
    void requireAllEnded() {
        assertThat(here).isEmpty();
        assertThat(open).isEmpty();
    }

    /// What there was is gone without a word.
    void crash() {
        here.clear();
        open.clear();
    }
}
