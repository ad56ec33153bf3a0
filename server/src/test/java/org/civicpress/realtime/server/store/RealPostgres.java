package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/// A PostgreSQL of the tests' own, unpacked from what Maven brings. It listens on 127.0.0.1, and its data lie in a
/// temporary directory; both end with this JVM. PostgreSQL does not run as root, so root hands it to `nobody`. Shared.
public final class RealPostgres implements AutoCloseable {
    /// Nobody else may read what is in a URL: tests look for this word where it must not be.
    public static final String PASSWORD = "open-sesame";

    private static final String BINARIES = "/postgres-linux-x86_64.txz";
    private static final int NOBODY = 65_534;
    private static final String USER = "civic";
    private static @Nullable RealPostgres shared;

    private final Path directory;
    private final boolean isRoot;
    private final int port;
    private @Nullable Process process;
    private int schemas;

    /// The one of this JVM, for tests that do it no harm.
    public static synchronized RealPostgres shared() {
        RealPostgres running = shared;
        if (running == null) {
            running = start();
            shared = running;
        }
        return running;
    }

    /// One that a test may kill.
    public static RealPostgres start() {
        try {
            return new RealPostgres();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RealPostgres() throws IOException {
        directory = Files.createTempDirectory(
                "civic-postgres-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove, "remove-postgres"));
        isRoot = Files.getAttribute(directory, "unix:uid").equals(0);
        unpack();
        Path password = Files.writeString(directory.resolve("password"), PASSWORD);
        hand(password);
        hand(directory);
        run(
                "initdb",
                "--pgdata=" + data(),
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        startAgain();
    }

    /// A URL that leads to a schema with nothing in it. A PostgreSQL that answers late, on a busy machine, is not
    /// taken for one that does not answer.
    public synchronized String newSchema() {
        String name = "t" + ++schemas;
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + name);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return url("postgres") + "&currentSchema=" + name + "&loginTimeout=180&socketTimeout=180";
    }

    /// A URL with user and password.
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER + "&password=" + PASSWORD;
    }

    /// After [#kill]: the same data on the same port.
    public void startAgain() {
        List<String> command = command("postgres");
        command.addAll(List.of("-D", data().toString(), "-p", port + ""));
        for (String setting : new String[] {
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "shared_buffers=32MB",
            "max_connections=40",
            "recovery_init_sync_method=syncfs"
        }) {
            command.addAll(List.of("-c", setting));
        }
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process started = process;
        Awaitility.await("PostgreSQL").atMost(3, TimeUnit.MINUTES).until(() -> {
            if (!started.isAlive()) {
                throw new AssertionError("PostgreSQL ended: " + Files.readString(log()));
            }
            try (Connection connection = DriverManager.getConnection(url("postgres"))) {
                return connection.isValid(10);
            } catch (SQLException e) {
                return false;
            }
        });
    }

    /// As the kernel does when memory is short: every process of it, at once.
    public void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        List<ProcessHandle> all = Stream.concat(Stream.of(running.toHandle()), running.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
        process = null;
    }

    /// From now on nothing is answered, and nothing is refused.
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("it was killed");
        }
        String all = Stream.concat(Stream.of(running.toHandle()), running.descendants())
                .map(one -> one.pid() + "")
                .collect(Collectors.joining(" "));
        finish(new ProcessBuilder("sh", "-c", "kill -" + name + " " + all));
    }

    private void run(String program, String... arguments) {
        List<String> command = command(program);
        command.addAll(List.of(arguments));
        finish(new ProcessBuilder(command));
    }

    private void finish(ProcessBuilder builder) {
        try {
            Process running = builder.directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            if (running.waitFor() != 0) {
                throw new AssertionError(builder.command() + ": " + Files.readString(log()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> command(String program) {
        List<String> command = new ArrayList<>();
        if (isRoot) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(directory.resolve("bin").resolve(program).toString());
        return command;
    }

    private void unpack() throws IOException {
        InputStream packed = RealPostgres.class.getResourceAsStream(BINARIES);
        if (packed == null) {
            throw new IllegalStateException("missing on the class path: " + BINARIES);
        }
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = directory.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || entry.getName().endsWith(".a")) {
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private void hand(Path file) throws IOException {
        if (isRoot) {
            Files.setAttribute(file, "unix:uid", NOBODY);
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("log");
    }

    private void remove() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends it; its files go with the JVM.
    @Override
    public void close() {
        kill();
    }
}
