package org.civicpress.realtime.server.room;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.civicpress.realtime.server.ops.Counters;

/// All rooms of this server. Shared.
public final class Rooms {
    private final List<Loop> loops;
    private final Map<String, RoomType> types = new ConcurrentHashMap<>();
    private final Journal journal;
    private final Settings settings;
    private final Counters counters;

    /// @param maxRooms how many may be open at once
    /// @param graceMillis how long an empty room is kept; 0 or less: it is closed at once
    public record Settings(int maxRooms, long graceMillis) {}

    public Rooms(List<Loop> loops, List<RoomType> types, Journal journal, Settings settings, Counters counters) {
        this.loops = List.copyOf(loops);
        this.journal = journal;
        this.settings = settings;
        this.counters = counters;
        types.forEach(type -> this.types.put(type.name(), type));
    }

    public Optional<RoomType> type(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /// The loop to which a room belongs, always the same.
    public Loop loopOf(RoomId room) {
        return loops.get(Math.floorMod(room.hashCode(), loops.size()));
    }

    /// Lets somebody into a room, which is opened when it is not open yet. Returns at once. Who cannot come in has the
    /// outbox closed with the reason.
    ///
    /// @throws IllegalArgumentException when the room's type is not registered
    public Session join(RoomId room, Principal principal, Access access, Outbox outbox) {
        throw new UnsupportedOperationException();
    }

    /// How many sessions each open room has; 0 for one that waits for its end.
    public Map<RoomId, Integer> people() {
        throw new UnsupportedOperationException();
    }

    public int people(RoomId room) {
        throw new UnsupportedOperationException();
    }

    /// Closes all rooms: clients are told to come back, what is not durable becomes so, drafts are written. Nobody can
    /// join
    /// any more. Completes when all is done; the journal, the loops and the room types may be closed after that.
    public CompletableFuture<Void> close() {
        throw new UnsupportedOperationException();
    }
}
