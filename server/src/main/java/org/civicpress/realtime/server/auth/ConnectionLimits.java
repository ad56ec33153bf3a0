package org.civicpress.realtime.server.auth;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.civicpress.realtime.protocol.CloseCode;

/// How many connections an address and a person have, and how many they may have. Shared: its lock is held
/// for a few map operations.
public final class ConnectionLimits {
    private final int perPeer;
    private final int perUser;
    private final Map<String, Integer> byPeer = new HashMap<>();
    private final Map<String, Integer> byUser = new HashMap<>();

    public ConnectionLimits(int perPeer, int perUser) {
        this.perPeer = perPeer;
        this.perUser = perUser;
    }

    /// Whether one more is allowed.
    public sealed interface Entry {
        record Full(CloseCode code) implements Entry {}

        /// One connection that counts, until it is closed. Shared.
        final class Counted implements Entry, AutoCloseable {
            private final ConnectionLimits limits;
            private final String peer;
            private final Optional<String> user;
            private final AtomicBoolean closed = new AtomicBoolean();

            private Counted(ConnectionLimits limits, String peer, Optional<String> user) {
                this.limits = limits;
                this.peer = peer;
                this.user = user;
            }

            @Override
            public void close() {
                if (closed.compareAndSet(false, true)) {
                    limits.leave(peer, user);
                }
            }
        }
    }

    /// @param user whose connections are counted together; empty: only the address counts
    public synchronized Entry enter(String peer, Optional<String> user) {
        if (byPeer.getOrDefault(peer, 0) >= perPeer) {
            return new Entry.Full(CloseCode.connectionLimit("per-ip", perPeer));
        }
        if (user.isPresent() && byUser.getOrDefault(user.get(), 0) >= perUser) {
            return new Entry.Full(CloseCode.connectionLimit("per-user", perUser));
        }
        byPeer.merge(peer, 1, Integer::sum);
        user.ifPresent(id -> byUser.merge(id, 1, Integer::sum));
        return new Entry.Counted(this, peer, user);
    }

    private synchronized void leave(String peer, Optional<String> user) {
        byPeer.computeIfPresent(peer, (key, count) -> count > 1 ? count - 1 : null);
        user.ifPresent(id -> byUser.computeIfPresent(id, (key, count) -> count > 1 ? count - 1 : null));
    }

    /// How many connections count now.
    public synchronized int total() {
        return byPeer.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// From how many addresses they come.
    public synchronized int peers() {
        return byPeer.size();
    }

    /// Of how many people they are.
    public synchronized int users() {
        return byUser.size();
    }
}
