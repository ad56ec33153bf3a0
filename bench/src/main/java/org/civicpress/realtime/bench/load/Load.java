package org.civicpress.realtime.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// `bench/run load`: this server and the peer, in turns, several rounds; medians in a table and a picture.
public final class Load {
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final int WARM_UP_SECONDS = Integer.getInteger("warmup", 6);
    private static final int SECONDS = Integer.getInteger("seconds", 5);
    private static final int IDLE = 2_000;
    private static final int DOCUMENTS = 20;
    private static final int UNDER_WAY = 4;

    private final Contestant product;
    private final Contestant peer;
    private final Path traces;

    private Load(Contestant product, Contestant peer, Path traces) {
        this.product = product;
        this.peer = peer;
        this.traces = traces;
    }

    /// @param args the launcher, the folder of the peer, the folder of the traces, the folder for the results
    public static void main(String[] args) throws Exception {
        Path home = Files.createTempDirectory("civic-load");
        try {
            var load = new Load(
                    Contestant.product(Path.of(args[0]), home.resolve("hall")),
                    Contestant.peer(Path.of(args[1])),
                    Path.of(args[2]));
            Report report = load.run();
            System.out.println(report.table());
            report.write(Path.of(args[3]));
        } finally {
            delete(home);
        }
    }

    private Report run() throws Exception {
        var report = new Report(product.name(), peer.name());
        for (int round = 1; round <= ROUNDS; round++) {
            say("round " + round + " of " + ROUNDS);
            for (Contestant contestant : List.of(product, peer)) {
                typing(report, contestant, round, Report.ONE_ROOM, Crowd.typing(1, 50, UNDER_WAY));
                typing(report, contestant, round, Report.MANY_ROOMS, Crowd.typing(100, 5, UNDER_WAY));
                memory(report, contestant, round, Report.IDLE, Crowd.reading(IDLE / 20, 20), 1);
                documents(report, contestant, round);
            }
        }
        return report;
    }

    /// Everybody types as fast as the server lets them.
    private static void typing(Report report, Contestant contestant, int round, String what, Crowd crowd)
            throws Exception {
        try (ServerProcess server = contestant.start();
                var generator = new Generator()) {
            report.add(Report.START, contestant.name(), server.startTime().toMillis());
            generator.connect(server.port(), contestant.rooms() + name(what) + round, contestant.token(), crowd);
            generator.start();
            await(server, generator, WARM_UP_SECONDS);
            var begin = generator.read(server::cpuMillis);
            await(server, generator, SECONDS);
            var end = generator.read(server::cpuMillis);
            generator.finish();
            double edits = end.delivered() - begin.delivered();
            double cpuSeconds = (end.other() - begin.other()) / 1e3;
            double seconds = (end.nanos() - begin.nanos()) / 1e9;
            report.add(what + Report.PER_CPU_SECOND, contestant.name(), edits / cpuSeconds);
            report.add(what + Report.PER_SECOND, contestant.name(), edits / seconds);
            say("  %-20s %-26s %,12.0f per CPU second, %,12.0f per second, %.2f CPUs"
                    .formatted(contestant.name(), what, edits / cpuSeconds, edits / seconds, cpuSeconds / seconds));
        }
    }

    /// Until the server has used so much CPU time: on a busy machine seconds say little.
    private static void await(ServerProcess server, Generator generator, int cpuSeconds) throws Exception {
        long end = server.cpuMillis() + TimeUnit.SECONDS.toMillis(cpuSeconds);
        for (long seen = -1; server.cpuMillis() < end; ) {
            TimeUnit.MILLISECONDS.sleep(200);
            long delivered = generator.read(server::cpuMillis).delivered();
            if (delivered == seen) {
                TimeUnit.SECONDS.sleep(5);
                if (generator.read(server::cpuMillis).delivered() == seen) {
                    throw new IllegalStateException("for five seconds nothing has arrived");
                }
            }
            seen = delivered;
        }
    }

    /// What a document costs that somebody has opened.
    private void documents(Report report, Contestant contestant, int round) throws Exception {
        Path file = traces.resolve("room100k.v1.bin");
        if (!Files.exists(file)) {
            say("  no " + file + ": the memory of a document is not measured");
            return;
        }
        var document = Bytes.wrap(Files.readAllBytes(file));
        Crowd readers = Crowd.reading(DOCUMENTS, 2, document);
        try (ServerProcess server = contestant.start();
                var generator = new Generator()) {
            // Who stores documents loads them the next time.
            generator.connect(
                    server.port(), contestant.rooms() + name(Report.DOCUMENT) + round, contestant.token(), readers);
        }
        memory(report, contestant, round, Report.DOCUMENT, readers, DOCUMENTS);
    }

    /// The memory that this crowd adds to a server in which a quarter as many are already, so that what the first ones
    /// bring along (classes, compiled code, a heap of some size) is there before.
    private static void memory(Report report, Contestant contestant, int round, String what, Crowd crowd, int divisor)
            throws Exception {
        try (ServerProcess server = contestant.start();
                var generator = new Generator()) {
            generator.connect(
                    server.port(),
                    contestant.rooms() + "before-" + name(what) + round,
                    contestant.token(),
                    crowd.withRooms(crowd.rooms() / 4));
            settle(server);
            long heap = contestant.java() ? server.liveHeapBytes() : 0;
            long resident = server.residentBytes();
            generator.connect(server.port(), contestant.rooms() + name(what) + round, contestant.token(), crowd);
            settle(server);
            double moreResident = (server.residentBytes() - resident) / 1e6 / divisor;
            report.add(what + Report.RESIDENT, contestant.name(), moreResident);
            say("  %-20s %-26s %.2f MB more resident".formatted(contestant.name(), what, moreResident));
            if (contestant.java()) {
                double moreHeap = (server.liveHeapBytes() - heap) / 1e6 / divisor;
                report.add(what + Report.HEAP, contestant.name(), moreHeap);
                say("  %-20s %-26s %.2f MB more live heap".formatted(contestant.name(), what, moreHeap));
            }
        }
    }

    /// Of the rooms of a measurement.
    private static String name(String what) {
        return what.replaceAll("[^a-z0-9]+", "-");
    }

    /// Until the server has nothing left to do.
    private static void settle(ServerProcess server) throws Exception {
        for (int quietSeconds = 0, seconds = 0; quietSeconds < 2 && seconds < 30; seconds++) {
            long before = server.cpuMillis();
            TimeUnit.SECONDS.sleep(1);
            quietSeconds = server.cpuMillis() - before <= 20 ? quietSeconds + 1 : 0;
        }
    }

    private static void say(String line) {
        System.err.println(line);
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
