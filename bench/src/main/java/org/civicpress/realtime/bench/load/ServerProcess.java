package org.civicpress.realtime.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A server under measurement: a process of its own, on a CPU of its own where there are two. Shared.
final class ServerProcess implements AutoCloseable {
    /// What /proc counts CPU time in: USER_HZ, 100 a second on every Linux.
    private static final long TICKS_PER_SECOND = 100;

    private static final int START_PATIENCE_SECONDS = 60;

    private final Process process;
    private final int port;
    private final Duration startTime;

    private ServerProcess(Process process, int port, Duration startTime) {
        this.process = process;
        this.port = port;
        this.startTime = startTime;
    }

    /// @param command where `PORT` stands for the port
    /// @param listening what the line contains that it prints when it listens
    static ServerProcess start(List<String> command, Map<String, String> environment, String listening)
            throws Exception {
        int port = freePort();
        List<String> pinned = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/taskset"))
                && Runtime.getRuntime().availableProcessors() >= 1) {
            pinned.addAll(List.of("taskset", "-c", "0"));
        }
        command.forEach(word -> pinned.add(word.replace("PORT", Integer.toString(port))));
        var builder = new ProcessBuilder(pinned).redirectErrorStream(true);
        environment.forEach((name, value) -> builder.environment().put(name, value.replace("PORT", "" + port)));
        long begin = System.nanoTime();
        Process process = builder.start();
        var ready = new CompletableFuture<Duration>();
        Thread.ofPlatform()
                .daemon()
                .name("output of " + process.pid())
                .start(() -> read(process, listening, begin, ready));
        try {
            return new ServerProcess(process, port, ready.get(START_PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (Exception e) {
            process.destroy();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Passes on what the server says, but for the line that was waited for.
    private static void read(Process process, String listening, long begin, CompletableFuture<Duration> ready) {
        var said = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(listening)) {
                    ready.complete(Duration.ofNanos(System.nanoTime() - begin));
                } else if (!ready.isDone()) {
                    said.append(line).append(' ');
                } else {
                    System.err.println("  server: " + line);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(new UncheckedIOException(e));
        }
        ready.completeExceptionally(new IllegalStateException("the server did not start: " + said));
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /// From its making to its line that it is listening.
    Duration startTime() {
        return startTime;
    }

    /// User and system time that all its threads have used.
    long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_PER_SECOND;
    }

    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    /// What is alive on a Java server's heap, after a full collection.
    long liveHeapBytes() throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process histogram = new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = histogram.inputReader(StandardCharsets.UTF_8)) {
            return lines.lines()
                    .filter(line -> line.startsWith("Total"))
                    .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[2]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("jcmd has no histogram of " + pid()));
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
