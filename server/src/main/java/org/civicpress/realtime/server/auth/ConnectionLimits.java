package org.civicpress.realtime.server.auth;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.server.room.RoomId;

/// How many connections an address, a person and a room have, and how many they may have. Shared: its lock is held
/// for a few map operations.
public final class ConnectionLimits {
    private final Supplier<Limits> limits;
    private final Map<String, Integer> byPeer = new HashMap<>();
    private final Map<String, Integer> byUser = new HashMap<>();
    private final Map<RoomId, Integer> byRoom = new HashMap<>();

    /// How many there may be. Immutable.
    public record Limits(int perPeer, int perUser, int perRoom) {}

    /// @param limits asked for each connection; who is inside stays when they become less
    public ConnectionLimits(Supplier<Limits> limits) {
        this.limits = limits;
    }

    /// Whether one more is allowed.
    public sealed interface Entry {
        record Full(CloseCode code) implements Entry {}

        /// One connection that counts, until it is closed. Shared.
        final class Counted implements Entry, AutoCloseable {
            private final ConnectionLimits limits;
            private final String peer;
            private final Optional<String> user;
            private final RoomId room;
            private final AtomicBoolean closed = new AtomicBoolean();

            private Counted(ConnectionLimits limits, String peer, Optional<String> user, RoomId room) {
                this.limits = limits;
                this.peer = peer;
                this.user = user;
                this.room = room;
            }

            @Override
            public void close() {
                if (closed.compareAndSet(false, true)) {
                    limits.leave(peer, user, room);
                }
            }
        }
    }

    /// @param user whose connections are counted together; empty: only the address counts
    public synchronized Entry enter(String peer, Optional<String> user, RoomId room) {
        Limits now = limits.get();
        if (byPeer.getOrDefault(peer, 0) >= now.perPeer()) {
            return new Entry.Full(CloseCode.connectionLimit("per-ip", now.perPeer()));
        }
        if (user.isPresent() && byUser.getOrDefault(user.get(), 0) >= now.perUser()) {
            return new Entry.Full(CloseCode.connectionLimit("per-user", now.perUser()));
        }
        if (byRoom.getOrDefault(room, 0) >= now.perRoom()) {
            return new Entry.Full(CloseCode.connectionLimit("per-room", now.perRoom()));
        }
        byPeer.merge(peer, 1, Integer::sum);
        user.ifPresent(id -> byUser.merge(id, 1, Integer::sum));
        byRoom.merge(room, 1, Integer::sum);
        return new Entry.Counted(this, peer, user, room);
    }

    private synchronized void leave(String peer, Optional<String> user, RoomId room) {
        oneLess(byPeer, peer);
        user.ifPresent(id -> oneLess(byUser, id));
        oneLess(byRoom, room);
    }

    private static <K> void oneLess(Map<K, Integer> counts, K of) {
        counts.computeIfPresent(of, (key, count) -> count > 1 ? count - 1 : null);
    }

    /// How many connections count now.
    public synchronized int total() {
        return byPeer.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// From how many addresses they come.
    public synchronized int peers() {
        return byPeer.size();
    }

    /// In how many rooms they are.
    public synchronized int rooms() {
        return byRoom.size();
    }

    /// Of how many people they are.
    public synchronized int users() {
        return byUser.size();
    }
}
