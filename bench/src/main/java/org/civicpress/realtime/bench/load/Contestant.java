package org.civicpress.realtime.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;

/// A server that can be started, and how its rooms are reached. Immutable.
///
/// @param java whether its heap can be looked at
/// @param rooms what the address of a room begins with
/// @param token lets everybody into every room; the peer asks for none
record Contestant(
        String name,
        boolean java,
        List<String> command,
        Map<String, String> environment,
        String listening,
        String rooms,
        String token) {

    /// The installed command on an installation of its own, with its journal on, and limits that let one machine be
    /// everybody.
    static Contestant product(Path launcher, Path home) throws IOException {
        String token;
        try (var installation = Installation.create(home, SampleData.noRecords())) {
            token = DocsTokens.of(installation, Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofDays(1));
        }
        Files.writeString(home.resolve(".system-data/realtime.yml"), """
                realtime:
                  rooms:
                    max_rooms: 10000
                  rate_limiting:
                    messages_per_second: 1000000
                    connections_per_ip: 100000
                    connections_per_user: 100000
                """);
        return new Contestant(
                "civic-realtime",
                true,
                List.of(
                        launcher.toString(),
                        "serve",
                        "--dir",
                        home.toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "PORT"),
                Map.of("CIVIC_REALTIME_LOG", "warn"),
                "listening",
                "/realtime/docs/",
                token);
    }

    static Contestant peer(Path node) {
        return new Contestant(
                "@y/websocket-server",
                false,
                List.of(
                        "node",
                        node.resolve("node_modules/@y/websocket-server/src/server.js")
                                .toString()),
                Map.of("HOST", "127.0.0.1", "PORT", "PORT"),
                "running at",
                "/",
                "none");
    }

    ServerProcess start() throws Exception {
        return ServerProcess.start(command, environment, listening);
    }
}
