package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The real file of a journal on a disk that loses what was not synced, and fails. It is watched at its sync points:
/// between two of them anything of what changed may have reached the disk, before the first and after the second
/// nothing else can be there.
///
/// Confined to the writer's thread while the journal is open, and to the test before and after.
final class SimulatedDisk extends WrappedDatabase {
    private final Path file;
    private final Random random;
    private final Supplier<int[]> acknowledged;
    private final List<Step> steps = new ArrayList<>();

    /// What is in the file, and what of it is on the disk.
    private DiskImage written;

    private DiskImage synced;

    /// Keeps SQLite from copying the log into the file when the writer's connection is closed: after a failed sync the
    /// real one would leave out the commit, which here has happened.
    private final Connection reader;

    /// When the log was last written, as far as was seen.
    private @Nullable FileTime writtenAt;

    /// In a commit before it fails, in percent; as much again after it.
    int failingCommits;

    /// How the disk went from one sync point to the next.
    ///
    /// @param acknowledged how many entries of each room, when it began
    record Step(Kind kind, DiskImage before, DiskImage after, int[] acknowledged) {
        enum Kind {
            /// The log is written, and synced.
            COMMIT,
            /// The file is written from the log, and synced.
            CHECKPOINT,
            /// The log is made empty. File systems do that at once or not at all.
            TRUNCATION
        }

        /// What may be on the disk when the power fails in it.
        DiskImage crashed(Random random) {
            return switch (kind) {
                case COMMIT -> new DiskImage(before.file(), DiskImage.tornLog(before.log(), after.log(), random));
                case CHECKPOINT -> new DiskImage(DiskImage.torn(before.file(), after.file(), random), before.log());
                case TRUNCATION -> new DiskImage(after.file(), random.nextBoolean() ? before.log() : after.log());
            };
        }
    }

    SimulatedDisk(Path file, Random random, Supplier<int[]> acknowledged) {
        super(SqliteFile.open(file));
        this.file = file;
        this.random = random;
        this.acknowledged = acknowledged;
        written = DiskImage.of(file);
        synced = written;
        try {
            reader = SqliteFile.readOnly(file);
            try (Statement statement = reader.createStatement()) {
                statement.execute("SELECT count(*) FROM rooms");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        super.close();
    }

    List<Step> steps() {
        return steps;
    }

    private void add(Step.Kind kind, DiskImage now) {
        DiskImage after = new DiskImage(now.file(), DiskImage.synced(written.log(), synced.log(), now.log()));
        steps.add(new Step(kind, synced, after, acknowledged.get()));
        written = now;
        synced = after;
        writtenAt = logWritten();
    }

    /// The system forgets what was to be synced, some of which has reached the disk.
    private void loseCommit() {
        DiskImage now = DiskImage.of(file);
        steps.add(new Step(Step.Kind.COMMIT, synced, now, acknowledged.get()));
        written = now;
        synced = new DiskImage(synced.file(), DiskImage.tornLog(synced.log(), now.log(), random));
        writtenAt = logWritten();
    }

    private @Nullable FileTime logWritten() {
        try {
            Path log = file.resolveSibling(file.getFileName() + "-wal");
            return Files.exists(log) ? Files.getLastModifiedTime(log) : null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Connection writer() throws SQLException {
        if (fails()) {
            throw failure();
        }
        Connection real = super.writer();
        DiskImage now = DiskImage.of(file);
        if (!Objects.equals(writtenAt, logWritten())) {
            // a sector that is written again with the same bytes looks as before
            steps.add(new Step(Step.Kind.COMMIT, synced, now, acknowledged.get()));
            written = now;
            synced = now;
            writtenAt = logWritten();
        }
        return through(Connection.class, real, (name, result) -> {
            if (name.equals("createStatement") && result instanceof Statement statement) {
                return through(Statement.class, statement, (call, value) -> value);
            }
            return result;
        });
    }

    @Override
    public void verify() throws SQLException {
        super.verify();
        DiskImage now = DiskImage.of(file);
        if (!Arrays.equals(now.log(), written.log())) {
            add(Step.Kind.COMMIT, now);
        }
    }

    @Override
    public void checkpoint(Statement writing, boolean isLast) throws SQLException {
        super.checkpoint(writing, isLast);
        if (random.nextInt(5) == 0) { // sooner than a log of some size would have it
            writing.execute("PRAGMA wal_checkpoint(" + (random.nextBoolean() ? "PASSIVE" : "TRUNCATE") + ")");
        }
        DiskImage now = DiskImage.of(file);
        if (!Arrays.equals(now.file(), written.file())) {
            add(Step.Kind.CHECKPOINT, new DiskImage(now.file(), written.log()));
        }
        if (now.log().length < written.log().length) {
            add(Step.Kind.TRUNCATION, now);
        }
    }

    private boolean fails() {
        return random.nextInt(100) < failingCommits;
    }

    private static SQLException failure() {
        return new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_FSYNC);
    }

    private interface Result {
        Object of(String method, Object value);
    }

    /// The object with every `COMMIT` that goes through it at the mercy of the disk.
    @SuppressWarnings("unchecked")
    private <T> T through(Class<T> type, T real, Result result) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            boolean isCommit = args != null && args.length == 1 && "COMMIT".equals(args[0]);
            if (isCommit && fails()) {
                throw failure();
            }
            Object value;
            try {
                value = method.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (isCommit && fails()) {
                loseCommit();
                throw failure();
            }
            return value == null ? null : result.of(method.getName(), value);
        });
    }
}
