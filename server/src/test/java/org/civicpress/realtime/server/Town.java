package org.civicpress.realtime.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;

/// A small installation in a directory, and a server on it. Its people: petra may write, noah and ada may only read,
/// sam may nothing.
public final class Town implements AutoCloseable {
    /// As in the contract's captured exchange.
    static final String WIRE_DEMO = record("wire-demo", "# Hi\n\nHello\n");

    private final Installation installation;
    private final Server server;

    private Town(Installation installation, Server server) {
        this.installation = installation;
        this.server = server;
    }

    public static Town start(Path directory) {
        return start(directory, "");
    }

    /// @param settings lines of `realtime.yml` below `realtime:`
    public static Town start(Path directory, String settings) {
        make(directory, settings).close();
        return startAgain(directory);
    }

    /// A server on the installation that is there already.
    static Town startAgain(Path directory) {
        Installation installation = Installation.open(directory);
        return new Town(installation, Server.start(new Server.Options(installation, "127.0.0.1", 0, true)));
    }

    public static Installation make(Path directory, String settings) {
        var sample = new SampleData(
                "Town",
                List.of(
                        new SampleData.Person("petra", "Petra Quill", "clerk", "petra@town.example"),
                        new SampleData.Person("one", "Clerk One", "clerk", "one@town.example"),
                        new SampleData.Person("noah", "Noah Tremblay", "public", "noah@town.example"),
                        new SampleData.Person("ada", "Ada Marsh", "public", "ada@town.example"),
                        new SampleData.Person("sam", "Sam", "stranger", "sam@town.example")),
                Map.of(
                        "wire-demo",
                        WIRE_DEMO,
                        "with-html",
                        record("with-html", "Before <video src=\"x\"></video> after\n")));
        try {
            Installation.create(directory, sample).close();
            Files.writeString(
                    directory.resolve(".system-data/realtime.yml"), "realtime:\n  enabled: true\n" + settings);
            Files.writeString(directory.resolve("data/.civic/roles.yml"), """
                    roles:
                      clerk: {permissions: [records:view, records:edit]}
                      public: {permissions: [records:view]}
                      stranger: {permissions: []}
                    """);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Installation.open(directory);
    }

    private static String record(String id, String body) {
        return """
                ---
                id: %s
                title: Title of %s
                type: bylaw
                status: draft
                author: petra
                created: '2026-01-01T00:00:00Z'
                updated: '2026-01-02T00:00:00Z'
                ---

                %s""".formatted(id, id, body);
    }

    public Installation installation() {
        return installation;
    }

    public Server server() {
        return server;
    }

    public InetSocketAddress address() {
        return server.address();
    }

    public String uri(String path) {
        return "http://127.0.0.1:" + address().getPort() + path;
    }

    /// A new session of this person.
    public String token(String username) {
        return installation
                .sessions()
                .create(installation.users().find(username).orElseThrow());
    }

    /// As a browser sends it.
    public static String subprotocol(String token) {
        return "Sec-WebSocket-Protocol: auth." + token;
    }

    /// As a program sends it.
    public static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    @Override
    public void close() {
        server.close();
        installation.close();
    }
}
