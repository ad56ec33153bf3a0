package org.civicpress.realtime.civicpress;

import java.util.Locale;
import java.util.Optional;

/// One version of a room's document as it is kept: the columns of a row of `realtime_snapshots`, or a file and what
/// stands beside it. Immutable.
public final class StoredSnapshot {
    private final String room;
    private final long version;
    private final long createdMillis;
    private final int format;
    private final String integrityHash;
    private final byte[] data;

    /// @param data not to be changed any more
    StoredSnapshot(String room, long version, long createdMillis, int format, String integrityHash, byte[] data) {
        this.room = room;
        this.version = version;
        this.createdMillis = createdMillis;
        this.format = format;
        this.integrityHash = integrityHash;
        this.data = data;
    }

    /// As in `records:bylaw-12`.
    public String room() {
        return room;
    }

    /// The first of a room is 1.
    public long version() {
        return version;
    }

    /// Since the epoch.
    public long createdMillis() {
        return createdMillis;
    }

    int format() {
        return format;
    }

    String integrityHash() {
        return integrityHash;
    }

    /// Not to be changed.
    byte[] data() {
        return data;
    }

    /// What the bytes really hash to.
    String computedHash() {
        return SnapshotFormat.hash(data);
    }

    /// The document as one Yjs update in V1; empty when hash, format or compression are not what they should be.
    public Optional<byte[]> state() {
        return isIntact() ? SnapshotFormat.decode(format, data) : Optional.empty();
    }

    private boolean isIntact() {
        return computedHash().equals(integrityHash.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return room + ", snapshot " + version;
    }
}
