package org.civicpress.realtime.civicpress;

import java.nio.file.Path;

/// `realtime.yml`, with the defaults for what it leaves out. Immutable.
///
/// @param path the prefix of the socket addresses
public record RealtimeConfig(
        boolean enabled,
        int port,
        String host,
        String path,
        Rooms rooms,
        Snapshots snapshots,
        RateLimiting rateLimiting,
        ConnectionCleanup connectionCleanup) {
    public static final RealtimeConfig DEFAULT = new RealtimeConfig(
            true,
            3001,
            "0.0.0.0",
            "/realtime",
            new Rooms(100, 3600, 300_000),
            new Snapshots(true, 300, 100, Storage.DATABASE),
            new RateLimiting(10, 100, 10),
            new ConnectionCleanup(true, 60, 600));

    /// @param maxRooms in memory at a time
    /// @param cleanupTimeoutSeconds known, without effect
    /// @param gracePeriodMillis how long an empty room is kept; 0 or less: it closes at once
    public record Rooms(int maxRooms, long cleanupTimeoutSeconds, long gracePeriodMillis) {}

    /// @param intervalSeconds between two periodic snapshots; 0: none
    /// @param maxUpdates known, without effect
    public record Snapshots(boolean enabled, double intervalSeconds, long maxUpdates, Storage storage) {}

    /// Where snapshots go.
    public enum Storage {
        DATABASE,
        FILESYSTEM
    }

    public record RateLimiting(int messagesPerSecond, int connectionsPerIp, int connectionsPerUser) {}

    /// Known, without effect.
    public record ConnectionCleanup(boolean enabled, double checkIntervalSeconds, double staleThresholdSeconds) {}

    /// Reads the file; without one, the defaults.
    ///
    /// @throws InstallationException when a key or a value in it is wrong, naming file, line, key and rule
    public static RealtimeConfig read(Path file) {
        return new RealtimeConfigReader(file).read();
    }
}
