package org.civicpress.realtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.civicpress.User;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `serve`, in a process of its own, as a person starts and ends it.
class ServeTest {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://127\\.0\\.0\\.1:\\d+/)");
    private static final Pattern LINK = Pattern.compile("#token=([0-9a-f]{64}\\.[0-9a-f]{64})&record=(\\S+)");

    @TempDir
    Path home;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatWasStarted() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void anEmptyDirectoryIsServedAfterAnInstallationWasMadeInIt() throws Exception {
        Process server = serve("--sample-sign-in");
        BufferedReader lines = server.inputReader();

        URI address = address(lines);

        assertThat(get(address.resolve("health"))).isEqualTo(200);
        try (var installation = Installation.open(home)) {
            assertThat(installation.records().list()).hasSize(63);
            for (String user : List.of("claire", "petra", "noah")) {
                Matcher link = firstMatch(lines, LINK);
                assertThat(installation.sessions().validate(link.group(1)))
                        .map(User::username)
                        .hasValue(user);
                assertThat(installation.records().find(link.group(2))).isPresent();
            }
        }
    }

    @Test
    void toldToEndItEndsAndTheAddressIsFree() throws Exception {
        Process server = serve();
        URI address = address(server.inputReader());

        server.destroy();

        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        try (var socket = new ServerSocket(address.getPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
        assertThat(Terminal.type("token", "--dir", home, "--user", "petra").exitCode())
                .isZero();
    }

    @Test
    void aBusyPortIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            var terminal = Terminal.type("serve", "--dir", home, "--host", "127.0.0.1", "--port", port);

            assertThat(terminal.trouble()).contains("port " + port, "127.0.0.1", "--port");
        }
    }

    @Test
    void aMistakeInTheConfigurationEndsTheStartUnlessTheDefaultsAreWanted() throws Exception {
        Installation.create(home, SampleData.noRecords()).close();
        Path file = home.resolve(".system-data/realtime.yml");
        Files.writeString(file, "realtime:\n  rooms: { max_rooms: none }\n");

        assertThat(Terminal.type("serve", "--dir", home, "--port", 0).trouble())
                .contains("realtime.yml, line 2", "rooms.max_rooms", "none");

        Process server = serve("--defaults-on-mistake", "--set", "rooms.max_rooms=7");
        String health = body(address(server.inputReader()).resolve("health"));
        assertThat(health).contains("\"maxRooms\":7");
    }

    @Test
    void theConfigurationIsReadAgainWhenTheProcessIsTold() throws Exception {
        Installation.create(home, SampleData.noRecords()).close();
        Path file = home.resolve(".system-data/realtime.yml");
        Process server = serve();
        URI health = address(server.inputReader()).resolve("health");
        assertThat(body(health)).contains("\"maxRooms\":100");

        Files.writeString(file, "realtime:\n  rooms: { max_rooms: 8 }\n");
        hangUp(server);
        await().untilAsserted(() -> assertThat(body(health)).contains("\"maxRooms\":8"));

        Files.writeString(file, "realtime:\n  rooms: { max_rooms: 0 }\n");
        hangUp(server);
        Files.writeString(file, "realtime:\n  rooms: { max_rooms: 9 }\n");
        hangUp(server);
        await().untilAsserted(() -> assertThat(body(health)).contains("\"maxRooms\":9"));
    }

    private static void hangUp(Process server) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(server.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void signingInWithoutAPasswordIsNotOfferedToOtherMachines() {
        assertThat(Terminal.type("serve", "--dir", home, "--host", "0.0.0.0", "--port", 0, "--sample-sign-in")
                        .trouble())
                .contains("--sample-sign-in", "127.0.0.1");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(Terminal.type("serve", "--dir", home.resolve("nowhere"), "--port", 0)
                        .trouble())
                .contains(home.resolve("nowhere").toString());
    }

    private Process serve(String... more) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("serve", "--dir", home.toString(), "--host", "127.0.0.1", "--port", "0"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    private static URI address(BufferedReader lines) throws IOException {
        return URI.create(firstMatch(lines, LISTENING).group(1));
    }

    private static Matcher firstMatch(BufferedReader lines, Pattern pattern) throws IOException {
        var said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher;
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("no line like " + pattern + " in:\n" + said);
    }

    private static String body(URI address) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static int get(URI address) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                    .statusCode();
        }
    }
}
