package org.civicpress.realtime.server.room;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Something that happened, told to whoever listens outside. Names and payloads are those of CivicPress's hooks.
/// Immutable.
public sealed interface RoomEvent {
    /// `realtime:room:created`, for example.
    String name();

    RoomId room();

    /// When it happened, in milliseconds since the epoch.
    long timeMillis();

    /// What is told: texts and whole numbers by their names, in the order in which they are written.
    Map<String, Object> payload();

    /// Somebody's connection counts from now on; [ClientDisconnected] follows, once.
    record ClientConnected(String clientId, RoomId room, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:client:connected";
        }

        @Override
        public Map<String, Object> payload() {
            return fields(
                    "clientId", clientId, "roomId", room.toString(), "roomType", room.type(), "timestamp", timeMillis);
        }
    }

    /// A connection counts no more: it was closed, from whichever side, or never came into its room.
    record ClientDisconnected(String clientId, RoomId room, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:client:disconnected";
        }

        @Override
        public Map<String, Object> payload() {
            return fields(
                    "clientId", clientId, "roomId", room.toString(), "roomType", room.type(), "timestamp", timeMillis);
        }
    }

    /// A room begins; [RoomDestroyed] follows, once.
    record RoomCreated(RoomId room, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:room:created";
        }

        @Override
        public Map<String, Object> payload() {
            return fields("roomId", room.toString(), "roomType", room.type(), "timestamp", timeMillis);
        }
    }

    /// A room has ended. Its document is kept elsewhere, and comes back with the next who joins.
    record RoomDestroyed(RoomId room, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:room:destroyed";
        }

        @Override
        public Map<String, Object> payload() {
            return fields("roomId", room.toString(), "timestamp", timeMillis);
        }
    }

    /// What people wrote is not where CivicPress looks for it. Of a draft it is told once for as long as it is for the
    /// same reason; of a snapshot with each pass that fails.
    ///
    /// @param error in words for people
    record WritebackFailed(RoomId room, Stage stage, String error, long timeMillis) implements RoomEvent {
        /// What could not be done.
        public enum Stage {
            /// The document as Markdown.
            SERIALIZE,
            /// The snapshot into its store.
            PERSIST,
            /// The Markdown into the draft.
            DRAFT
        }

        @Override
        public String name() {
            return "realtime:snapshot:writeback-failed";
        }

        @Override
        public Map<String, Object> payload() {
            return fields(
                    "roomId",
                    room.toString(),
                    "recordId",
                    room.name(),
                    "stage",
                    stage.name().toLowerCase(Locale.ROOT),
                    "error",
                    error);
        }
    }

    /// A snapshot is larger than is good.
    ///
    /// @param cap what it should not exceed, in bytes
    record SnapshotOversize(RoomId room, long byteSize, long cap, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:snapshot:oversize";
        }

        @Override
        public Map<String, Object> payload() {
            return fields("roomId", room.toString(), "byteSize", byteSize, "cap", cap);
        }
    }

    /// A stored snapshot is not what was stored.
    record SnapshotIntegrityFailed(RoomId room, long version, String expectedHash, String computedHash, long timeMillis)
            implements RoomEvent {
        @Override
        public String name() {
            return "realtime:snapshot:integrity-failed";
        }

        @Override
        public Map<String, Object> payload() {
            return fields(
                    "roomId",
                    room.toString(),
                    "version",
                    version,
                    "expectedHash",
                    expectedHash,
                    "computedHash",
                    computedHash);
        }
    }

    /// A snapshot was removed because of its age.
    record SnapshotExpired(RoomId room, long version, long ageMillis, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:snapshot:expired";
        }

        @Override
        public Map<String, Object> payload() {
            return fields("roomId", room.toString(), "version", version, "ageMs", ageMillis);
        }
    }

    /// A snapshot was removed because there are newer ones.
    ///
    /// @param keep how many of a room are kept
    record SnapshotPruned(RoomId room, long version, int keep, long timeMillis) implements RoomEvent {
        @Override
        public String name() {
            return "realtime:snapshot:pruned";
        }

        @Override
        public Map<String, Object> payload() {
            return fields("roomId", room.toString(), "version", version, "keep", keep);
        }
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
