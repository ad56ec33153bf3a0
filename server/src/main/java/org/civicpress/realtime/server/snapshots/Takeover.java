package org.civicpress.realtime.server.snapshots;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import org.civicpress.realtime.civicpress.SnapshotStore;
import org.civicpress.realtime.civicpress.SnapshotStore.Unusable;
import org.civicpress.realtime.civicpress.StoredSnapshot;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.Predecessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rooms go on from the snapshots that CivicPress's own realtime service left. Shared.
public final class Takeover implements Predecessor {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final SnapshotStore store;
    private final RoomEvents events;
    private final Clock clock;

    public Takeover(SnapshotStore store, RoomEvents events, Clock clock) {
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public Optional<Left> find(RoomId room) {
        Optional<StoredSnapshot> usable = store.usable(room.toString(), unusable -> passedOver(room, unusable));
        return usable.flatMap(snapshot ->
                snapshot.state().map(state -> new Left(Bytes.wrap(state), hash(state), snapshot.version())));
    }

    private void passedOver(RoomId room, Unusable unusable) {
        switch (unusable) {
            case Unusable.Outdated(long version) ->
                LOG.info("{}: the record was changed after snapshot {}, which was not used", room, version);
            case Unusable.Damaged(long version, var expected, var computed) -> {
                LOG.warn("{}: snapshot {} is damaged or of an unknown format and was not used", room, version);
                events.on(new RoomEvent.SnapshotIntegrityFailed(room, version, expected, computed, clock.millis()));
            }
        }
    }

    private static Bytes hash(byte[] state) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(state));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
