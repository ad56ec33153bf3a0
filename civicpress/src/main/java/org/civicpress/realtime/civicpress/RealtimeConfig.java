package org.civicpress.realtime.civicpress;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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
        ConnectionCleanup connectionCleanup,
        Journal journal) {
    public static final RealtimeConfig DEFAULT = new RealtimeConfig(
            true,
            3001,
            "0.0.0.0",
            "/realtime",
            new Rooms(100, 3600, 300_000),
            new Snapshots(true, 300, 100, Storage.DATABASE),
            new RateLimiting(10, 100, 10),
            new ConnectionCleanup(true, 60, 600),
            new Journal(Optional.empty()));

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

    /// Where edits are kept.
    ///
    /// @param database the URL of a PostgreSQL database, which may hold a password; empty: a SQLite file of the
    ///     installation
    public record Journal(Optional<String> database) {
        /// What the environment says instead.
        static final String VARIABLE = "CIVIC_REALTIME_JOURNAL";

        private static Journal of(Journal file, Map<String, String> environment) {
            String database = environment.getOrDefault(VARIABLE, "");
            return database.isBlank() ? file : new Journal(Optional.of(database.strip()));
        }

        /// Without what nobody may see.
        @Override
        public String toString() {
            return "Journal[" + (database.isPresent() ? "PostgreSQL" : "SQLite") + "]";
        }
    }

    /// Reads the file; without one, the defaults.
    ///
    /// @param environment of this process, whose `CIVIC_REALTIME_JOURNAL` stands above `journal.database`
    /// @throws InstallationException when a key or a value in it is wrong, naming file, line, key and rule
    public static RealtimeConfig read(Path file, Map<String, String> environment) {
        var read = new RealtimeConfigReader(file).read();
        return new RealtimeConfig(
                read.enabled,
                read.port,
                read.host,
                read.path,
                read.rooms,
                read.snapshots,
                read.rateLimiting,
                read.connectionCleanup,
                Journal.of(read.journal, environment));
    }
}
