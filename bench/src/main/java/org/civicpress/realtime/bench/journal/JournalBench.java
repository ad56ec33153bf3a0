package org.civicpress.realtime.bench.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.civicpress.realtime.bench.Readme;
import org.civicpress.realtime.bench.load.Typist;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Session;
import org.civicpress.realtime.server.store.SqlJournal;

/// `bench/run journal`: the journal on a real disk, several rounds; medians in a table.
public final class JournalBench {
    private static final String SQLITE = "SQLite";
    private static final String RAW = "the disk alone";

    private static final int ROOMS = 100;
    private static final int EDITS_PER_SECOND = 1_000;
    private static final int COMMIT_BYTES = 8 << 10;
    private static final int UNDER_WAY = 64;
    private static final long CLIENT = 7;
    private static final int SMALL = 100_000;
    private static final int LARGE = 20_000_000;
    private static final int OPENINGS = 7;

    private final Path directory;
    private final int seconds;
    private final int edits;
    private final Table table = new Table();
    private int homes;

    /// @param seconds how long edits come at a steady rate
    /// @param edits how many are written as fast as it goes
    private JournalBench(Path directory, int seconds, int edits) {
        this.directory = directory;
        this.seconds = seconds;
        this.edits = edits;
    }

    /// @param args a folder on the disk that is to be measured, the folder for the results, and options:
    ///     `--quick` one short round that rewrites nothing, `--rounds 5`
    public static void main(String[] args) throws Exception {
        boolean quick = false;
        int rounds = 3;
        for (Iterator<String> words = List.of(args).subList(2, args.length).iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--quick" -> quick = true;
                case "--rounds" -> rounds = Integer.parseInt(words.next());
                default -> throw new IllegalArgumentException("there is no option " + word);
            }
        }
        Path parent = Files.createDirectories(Path.of(args[0]));
        Path home = Files.createTempDirectory(parent, "journal");
        try {
            var bench = quick ? new JournalBench(home, 5, 100_000) : new JournalBench(home, 20, 1_000_000);
            for (int round = 1; round <= (quick ? 1 : rounds); round++) {
                say("round " + round + " of " + (quick ? 1 : rounds));
                bench.round();
            }
            String part = bench.table.markdown()
                    + "\nMedians of %d rounds, in brackets the least and the most. %s\n"
                            .formatted(quick ? 1 : rounds, circumstances());
            System.out.println(part);
            if (!quick) {
                Readme.write(Path.of(args[1]).resolve("README.md"), "./dev bench journal", part);
            }
        } finally {
            delete(home);
        }
    }

    private void round() throws Exception {
        rawDisk();
        acknowledgements(1, "one room");
        acknowledgements(ROOMS, ROOMS + " rooms");
        throughput();
        opening(SMALL, "100 KB", "≤ 50");
        opening(LARGE, "20 MB", "≤ 1,500");
        diskUse();
    }

    /// What the disk can do: as many bytes as a small commit has, appended and synced.
    private void rawDisk() throws IOException {
        var nanos = new long[seconds * 100];
        try (FileChannel file =
                FileChannel.open(newHome().resolve("raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < nanos.length; i++) {
                long begin = System.nanoTime();
                file.write(ByteBuffer.allocate(COMMIT_BYTES));
                file.force(false);
                nanos[i] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(nanos);
        add("8 KB appended and synced, median, ms", "", RAW, millis(nanos, 0.5));
        add("8 KB appended and synced, p99, ms", "", RAW, millis(nanos, 0.99));
    }

    /// People type a thousand characters a second between them, evenly, and ask after each whether it is safe. Counted
    /// is from when a character was due, so that who is late does not hide it.
    private void acknowledgements(int rooms, String where) throws Exception {
        int warmUp = 3 * EDITS_PER_SECOND;
        int count = warmUp + seconds * EDITS_PER_SECOND;
        var nanos = new long[count];
        var due = new long[count];
        var missing = new CountDownLatch(count);
        try (var hall = new Hall(Hall.journal(newHome()))) {
            var people = new ArrayList<Session>();
            var typists = new ArrayList<Typist>();
            for (int i = 0; i < rooms; i++) {
                var ears = new Ears(token -> {
                    int edit = ByteBuffer.wrap(token.toArray()).getInt();
                    nanos[edit] = System.nanoTime() - due[edit];
                    missing.countDown();
                });
                people.add(hall.join(Hall.room("typing-" + i), ears));
                typists.add(Typist.in(Typist.paragraphs(CLIENT, 1), CLIENT + 1, 0));
                people.getLast().receive(new Message.Update(Typist.paragraphs(CLIENT, 1)));
                ears.whole.get(1, TimeUnit.MINUTES);
            }
            long begin = System.nanoTime();
            for (int edit = 0; edit < count; edit++) {
                due[edit] = begin + edit * TimeUnit.SECONDS.toNanos(1) / EDITS_PER_SECOND;
                Bytes update = typists.get(edit % rooms).next();
                for (long early = due[edit] - System.nanoTime(); early > 0; early = due[edit] - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                Session person = people.get(edit % rooms);
                person.receive(new Message.Update(update));
                person.receive(new Message.SyncStatus(
                        Bytes.wrap(ByteBuffer.allocate(4).putInt(edit).array())));
            }
            if (!missing.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException(missing.getCount() + " edits were never safe");
            }
        }
        long[] counted = Arrays.copyOfRange(nanos, warmUp, count);
        Arrays.sort(counted);
        String what = "acknowledgement at 1,000 edits a second in " + where;
        add(what + ", median, ms", "", SQLITE, millis(counted, 0.5));
        add(what + ", p99, ms", "≤ 25", SQLITE, millis(counted, 0.99));
        add(what + ", longest, ms", "", SQLITE, millis(counted, 1));
    }

    /// Edits are handed to the journal as fast as it takes them, an entry each.
    private void throughput() throws Exception {
        var typists = new ArrayList<Typist>();
        var rooms = new ArrayList<RoomId>();
        for (int i = 0; i < ROOMS; i++) {
            typists.add(Typist.in(Typist.paragraphs(CLIENT, 1), CLIENT + 1, 0));
            rooms.add(Hall.room("fast-" + i));
        }
        var updates = new ArrayList<Bytes>();
        for (int i = 0; i < edits / 5; i++) {
            updates.add(typists.get(i % ROOMS).next());
        }
        var underWay = new Semaphore(UNDER_WAY * ROOMS);
        var failed = new AtomicLong();
        double perSecond = 0;
        try (SqlJournal journal = Hall.journal(newHome())) {
            for (int turn = 0; turn < 2; turn++) { // the first is the warm-up
                long begin = System.nanoTime();
                for (int i = 0; i < updates.size(); i++) {
                    underWay.acquire();
                    var entry = new Journal.Entry(
                            updates.get(i), List.of(CLIENT + 1), "ada", "client_1", System.currentTimeMillis());
                    journal.append(rooms.get(i % ROOMS), entry, saved -> {
                        if (saved instanceof Journal.Saved.Failed) {
                            failed.incrementAndGet();
                        } else {
                            underWay.release();
                        }
                    });
                }
                underWay.acquire(UNDER_WAY * ROOMS);
                perSecond = updates.size() / ((System.nanoTime() - begin) / 1e9);
                underWay.release(UNDER_WAY * ROOMS);
            }
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " entries were not kept");
        }
        add("edits a second as fast as it goes, " + ROOMS + " rooms", "≥ 20,000", SQLITE, perSecond);
    }

    /// From the first who joins until the whole document can be sent, when nobody was in the room before: its base
    /// state and a thousand edits after it, as a killed server leaves it.
    private void opening(int bytes, String size, String mark) throws Exception {
        Path home = newHome();
        int rooms = bytes > 1_000_000 ? 3 : OPENINGS;
        Bytes document = Documents.written(bytes);
        try (SqlJournal journal = Hall.journal(home)) {
            var kept = new Semaphore(0);
            for (int i = 0; i < rooms; i++) {
                journal.seed(Hall.room("cold-" + i), document, Bytes.EMPTY, saved -> kept.release());
                Typist typist = Typist.in(Typist.paragraphs(CLIENT, 1), CLIENT + 1, 0);
                for (int edit = 0; edit < 1_000; edit++) {
                    var entry = new Journal.Entry(
                            edit == 0 ? Typist.paragraphs(CLIENT, 1) : typist.next(), List.of(), "ada", "client_1", 0);
                    journal.append(Hall.room("cold-" + i), entry, saved -> kept.release());
                }
            }
            kept.acquire(rooms * 1_001);
        }
        var millis = new ArrayList<Double>();
        for (int i = 0; i < rooms; i++) {
            try (var hall = new Hall(Hall.journal(home))) {
                var ears = new Ears(token -> {});
                long begin = System.nanoTime();
                hall.join(Hall.room("cold-" + i), ears);
                ears.whole.get(1, TimeUnit.MINUTES);
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        }
        millis.sort(Comparator.naturalOrder());
        add("opening a room of " + size + ", ms", mark, SQLITE, millis.get(millis.size() / 2));
    }

    /// What the journal takes up after so many edits, when the rooms are closed and while they are typed.
    private void diskUse() throws Exception {
        Path home = newHome();
        long most = 0;
        try (var hall = new Hall(Hall.journal(home))) {
            var people = new ArrayList<Session>();
            var typists = new ArrayList<Typist>();
            var underWay = new Semaphore(ROOMS);
            for (int i = 0; i < ROOMS; i++) {
                var ears = new Ears(token -> underWay.release());
                people.add(hall.join(Hall.room("disk-" + i), ears));
                typists.add(Typist.in(Typist.paragraphs(CLIENT, 1), CLIENT + 1, 0));
                people.getLast().receive(new Message.Update(Typist.paragraphs(CLIENT, 1)));
                ears.whole.get(1, TimeUnit.MINUTES);
            }
            for (int edit = 0; edit < edits; ) {
                for (int i = 0; i < ROOMS; i++) {
                    underWay.acquire();
                    for (int n = 0; n < UNDER_WAY / 8; n++, edit++) {
                        people.get(i).receive(new Message.Update(typists.get(i).next()));
                    }
                    people.get(i).receive(new Message.SyncStatus(Bytes.EMPTY));
                }
                most = Math.max(most, size(home));
            }
            underWay.acquire(ROOMS);
        }
        String per = " per million edits in " + ROOMS + " rooms, MB";
        add("on the disk afterwards" + per, "", SQLITE, size(home) / 1e6 * 1_000_000 / edits);
        add("on the disk meanwhile, at most" + per, "", SQLITE, most / 1e6 * 1_000_000 / edits);
    }

    private void add(String what, String mark, String database, double value) {
        table.add(what, mark, database, value);
        say("  %-16s %-80s %12s   %s".formatted(database, what, Table.number(value), mark));
    }

    private Path newHome() throws IOException {
        return Files.createDirectory(directory.resolve("home-" + ++homes));
    }

    private static double millis(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))] / 1e6;
    }

    private static long size(Path directory) throws IOException {
        long size = 0;
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                size += Files.size(file);
            }
        }
        return size;
    }

    private static String circumstances() {
        var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return "Java %s, %d virtual CPUs, load %s at the end."
                .formatted(
                        System.getProperty("java.specification.version"),
                        system.getAvailableProcessors(),
                        Table.number(system.getSystemLoadAverage()));
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
