package org.civicpress.realtime.civicpress;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `realtime.yml`, with the defaults for what it leaves out. Immutable.
///
/// @param enabled false: the server does not start
/// @param port 1 to 65535
/// @param host the address to listen on
/// @param path the prefix of the socket addresses
public record RealtimeConfig(
        boolean enabled,
        int port,
        String host,
        String path,
        Rooms rooms,
        Snapshots snapshots,
        RateLimiting rateLimiting,
        Connections connections,
        ConnectionCleanup connectionCleanup,
        Journal journal,
        Docs docs,
        Webhooks webhooks) {
    public static final RealtimeConfig DEFAULT = new RealtimeConfig(
            true,
            3001,
            "0.0.0.0",
            "/realtime",
            new Rooms(100, 3600, 300_000, 50 << 20),
            new Snapshots(true, 300, 100, Storage.DATABASE, Compression.NONE),
            new RateLimiting(10, 30, 100, 10, 500),
            new Connections(List.of(), List.of(), 10 << 20),
            new ConnectionCleanup(true, 60, 600),
            new Journal(Optional.empty()),
            new Docs(Optional.empty(), Optional.empty(), Optional.empty()),
            new Webhooks(Optional.empty(), List.of()));

    /// @param maxRooms in memory at a time
    /// @param cleanupTimeoutSeconds how long an empty room whose draft cannot be written is kept and tried again
    /// @param gracePeriodMillis how long an empty room is kept; 0 or less: it closes at once
    /// @param maxDocumentBytes how large a document may become, encoded
    public record Rooms(int maxRooms, long cleanupTimeoutSeconds, long gracePeriodMillis, int maxDocumentBytes) {}

    /// @param intervalSeconds between two periodic snapshots of a room that is edited; 0: none
    /// @param maxUpdates so many since the last snapshot make the next one; 0: any number
    public record Snapshots(
            boolean enabled, double intervalSeconds, long maxUpdates, Storage storage, Compression compression) {}

    /// Where snapshots go.
    public enum Storage {
        DATABASE,
        FILESYSTEM
    }

    /// In what form snapshots are stored.
    public enum Compression {
        /// As the original does.
        NONE,
        /// Smaller; the original does not read them.
        ZSTD
    }

    /// @param messagesPerSecond edits of one connection, on average
    /// @param awarenessPerSecond signs of presence of one connection, on average
    /// @param connectionsPerIp at a time, as the others
    public record RateLimiting(
            int messagesPerSecond,
            int awarenessPerSecond,
            int connectionsPerIp,
            int connectionsPerUser,
            int connectionsPerRoom) {}

    /// @param allowedOrigins whose pages may connect, such as `https://town.example`; none: any
    /// @param trustedProxies addresses and ranges whose word for a client's address is taken
    /// @param maxMessageBytes of one message from a client
    public record Connections(List<String> allowedOrigins, List<String> trustedProxies, int maxMessageBytes) {
        public Connections {
            allowedOrigins = List.copyOf(allowedOrigins);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /// Connections that are silent are looked for and closed.
    public record ConnectionCleanup(boolean enabled, double checkIntervalSeconds, double staleThresholdSeconds) {}

    /// Where edits are kept.
    ///
    /// @param database the URL of a PostgreSQL database, which may hold a password; empty: a SQLite file of the
    ///     installation
    public record Journal(Optional<String> database) {
        /// Without what nobody may see.
        @Override
        public String toString() {
            return "Journal[" + (database.isPresent() ? "PostgreSQL" : "SQLite") + "]";
        }
    }

    /// Whose tokens open rooms of type `docs`, beside the installation's own.
    ///
    /// @param issuer what the claim `iss` must be
    /// @param audience what the claim `aud` must hold
    /// @param jwks the keys of the issuer: a URL, or a file relative to the system data
    public record Docs(Optional<String> issuer, Optional<String> audience, Optional<String> jwks) {}

    /// Who is told of events.
    ///
    /// @param secret signs what is sent; present when there are targets
    public record Webhooks(Optional<String> secret, List<Target> targets) {
        public Webhooks {
            targets = List.copyOf(targets);
        }

        /// @param url may hold a secret
        /// @param events names, or patterns with `*`
        public record Target(String url, List<String> events) {
            public Target {
                events = List.copyOf(events);
            }

            @Override
            public String toString() {
                return "Target[" + events + "]";
            }
        }

        /// Without what nobody may see.
        @Override
        public String toString() {
            return "Webhooks" + targets;
        }
    }

    /// Reads the file; without one, the defaults.
    ///
    /// @throws InstallationException when a key or a value in it is wrong, naming file, line, key and rule
    static RealtimeConfig read(Path file, Map<String, String> environment) {
        return new RealtimeConfigReader(file, Overrides.of(environment)).read().values();
    }
}
