package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// The installed command, serving a sample installation as a process of its own. It can be killed and started again
/// on the same port. Confined to the test.
final class RunningServer implements AutoCloseable {
    private static final Path COMMAND =
            Path.of("../cli/target/app/bin/civic-realtime").toAbsolutePath().normalize();
    private static final Pattern LISTENING = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/");

    private final Path directory;
    private final List<String> options;
    private final Optional<String> journal;
    private final Path output;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private Process process;
    private int port;

    /// Makes a sample installation and serves it.
    static RunningServer start(Path directory, String... options) throws Exception {
        civicRealtime("init", "--dir", directory.toString());
        return new RunningServer(directory, List.of(options), Optional.empty());
    }

    /// Makes a sample installation and serves it, with its journal in a PostgreSQL database.
    ///
    /// @param journal its URL
    static RunningServer startOnPostgres(Path directory, String journal) throws Exception {
        civicRealtime("init", "--dir", directory.toString());
        return new RunningServer(directory, List.of(), Optional.of(journal));
    }

    private RunningServer(Path directory, List<String> options, Optional<String> journal) throws Exception {
        this.directory = directory;
        this.options = options;
        this.journal = journal;
        this.output = directory.resolveSibling(directory.getFileName() + ".out");
        Path configuration = directory.resolve(".system-data/realtime.yml");
        Files.writeString(
                configuration,
                Files.readString(configuration) // the scripts type faster than a person
                        .replaceFirst("messages_per_second: \\d+", "messages_per_second: 10000"));
        start(0);
    }

    /// After [#kill] or [#stop]: the same directory on the same port.
    void startAgain() throws Exception {
        assertThat(process.isAlive()).isFalse();
        start(port);
    }

    private void start(int wantedPort) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                COMMAND.toString(),
                "serve",
                "--dir",
                directory.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                wantedPort + ""));
        command.addAll(options);
        Files.deleteIfExists(output);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        journal.ifPresent(url -> builder.environment().put("CIVIC_REALTIME_JOURNAL", url));
        process = builder.start();
        Awaitility.await("the listening line").atMost(3, TimeUnit.MINUTES).until(() -> {
            Matcher line = LISTENING.matcher(log());
            if (line.find()) {
                port = Integer.parseInt(line.group(1));
                return true;
            }
            assertThat(process.isAlive()).as("the server ended: %s", log()).isTrue();
            return false;
        });
    }

    /// As a power cut would: no chance to write anything more.
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    /// As an operator would; returns when it has written everything and ended.
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ended in time").isTrue();
    }

    /// Of the Java process.
    long pid() {
        return process.descendants().findFirst().orElse(process.toHandle()).pid();
    }

    String http() {
        return "http://127.0.0.1:" + port;
    }

    String ws() {
        return "ws://127.0.0.1:" + port;
    }

    /// What it has said since its last start.
    String log() throws IOException {
        return Files.exists(output) ? Files.readString(output) : "";
    }

    /// A session of a user of the installation.
    String session(String user) {
        return tokens.computeIfAbsent(user, name -> token("--user", name));
    }

    /// A JWT for `docs` rooms.
    String jwt(String pattern, String access) {
        return tokens.computeIfAbsent(pattern + " " + access, key -> token("--docs", pattern, "--access", access));
    }

    private String token(String... what) {
        List<String> command = new ArrayList<>(List.of("token", "--dir", directory.toString()));
        command.addAll(List.of(what));
        try {
            return civicRealtime(command.toArray(String[]::new)).strip().lines().reduce("", (before, line) -> line);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The Markdown that the record's draft holds.
    Optional<String> draft(String record) throws SQLException {
        return query(
                "jdbc:sqlite:" + directory.resolve(".system-data/civic.db"),
                "SELECT markdown_body FROM record_drafts WHERE id = ?",
                record);
    }

    /// The newest snapshot in CivicPress's table, when its hash is right and its format the original's.
    Optional<byte[]> snapshot(String record) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(".system-data/civic.db"));
                PreparedStatement query = connection.prepareStatement(
                        "SELECT snapshot_data, integrity_hash, format_version FROM realtime_snapshots"
                                + " WHERE room_id = ? ORDER BY version DESC LIMIT 1")) {
            query.setString(1, "records:" + record);
            ResultSet row = query.executeQuery();
            if (!row.next()) {
                return Optional.empty();
            }
            byte[] data = row.getBytes(1);
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(data)))
                    .isEqualTo(row.getString(2));
            assertThat(row.getInt(3)).isEqualTo(1);
            return Optional.of(data);
        }
    }

    /// As CivicPress itself does when somebody saves the record there.
    void saveElsewhere(String record, String markdown) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + directory.resolve(".system-data/civic.db") + "?busy_timeout=180000");
                PreparedStatement statement =
                        connection.prepareStatement("UPDATE record_drafts SET markdown_body = ? WHERE id = ?")) {
            statement.setString(1, markdown);
            statement.setString(2, record);
            assertThat(statement.executeUpdate()).isOne();
        }
    }

    /// As CivicPress itself does when an administrator gives a user another role.
    void changeRole(String user, String role) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        address("jdbc:sqlite:" + directory.resolve(".system-data/civic.db")));
                PreparedStatement statement =
                        connection.prepareStatement("UPDATE users SET role = ? WHERE username = ?")) {
            statement.setString(1, role);
            statement.setString(2, user);
            assertThat(statement.executeUpdate()).isOne();
        }
    }

    /// Until the answer is closed, the journal can be read but not written.
    Connection holdJournal() throws SQLException {
        Connection connection = DriverManager.getConnection(
                "jdbc:sqlite:" + directory.resolve(".system-data/realtime.db") + "?busy_timeout=180000");
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return connection;
    }

    private String journal() {
        return journal.orElse("jdbc:sqlite:" + directory.resolve(".system-data/realtime.db"));
    }

    /// In how many of the journal's updates these bytes are.
    int journalled(String text) throws SQLException {
        return Integer.parseInt(
                query(journal(), "SELECT count(*) FROM entries WHERE instr(data, CAST(? AS BLOB)) > 0", text)
                        .orElseThrow());
    }

    /// What all the proposals in the journal hold, as it stands in their updates.
    String proposals() throws SQLException {
        StringBuilder all = new StringBuilder();
        try (Connection connection = DriverManager.getConnection(address(journal()));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT state FROM proposals")) {
            while (rows.next()) {
                all.append(new String(rows.getBytes(1), StandardCharsets.UTF_8)).append('\n');
            }
        }
        return all.toString();
    }

    /// A busy machine may hold a lock for long.
    private static String address(String database) {
        return database.startsWith("jdbc:sqlite:") ? database + "?busy_timeout=180000" : database;
    }

    private static Optional<String> query(String database, String sql, String parameter) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address(database));
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            ResultSet rows = statement.executeQuery();
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    /// Runs a command to its end and returns what it printed.
    static String civicRealtime(String... arguments) throws IOException, InterruptedException {
        assertThat(COMMAND).as("the built command; `./dev build` makes it").isExecutable();
        List<String> command = new ArrayList<>(List.of(COMMAND.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit code of %s", command).isZero();
        return printed;
    }

    @Override
    public void close() throws Exception {
        if (process.isAlive()) {
            stop();
        }
        Files.copy(
                output,
                Node.artifacts().resolve(directory.getFileName() + ".log"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
