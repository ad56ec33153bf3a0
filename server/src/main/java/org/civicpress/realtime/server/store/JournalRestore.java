package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;

/// Brings a backup back into a journal that no server has open. Confined to one thread.
///
/// Each room that is another now begins a new generation with what the backup has of it, so that whoever
/// comes back with what was written since is told so and merged into nothing. What was there is kept: the
/// generation before stays readable, a room that the backup does not have stays as it is, and of a SQLite
/// file there is a copy beside it. All rooms are restored in one transaction.
///
/// Where there is no journal, or none that can be read, nothing is known of what came after the backup.
/// Then the backup becomes the journal; who comes back has more of the same history, which merges.
///
/// ## The file that follows a room
///
/// A record's draft is to follow the restored text. So when it is as this server left it, by what the
/// journal or the backup noted, the new generation notes that it may be overwritten, and begins with an
/// empty entry, which says that its text is still to be written. A draft that somebody else has changed
/// is found changed when the room opens.
public final class JournalRestore {
    private static final Bytes NO_EDIT = Bytes.wrap(new byte[] {0, 0});
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path backup;
    private final Function<RoomId, Optional<Bytes>> files;
    private final Clock clock;
    private final Progress progress;

    private int restored;
    private int added;
    private int unchanged;
    private final List<String> problems = new ArrayList<>();
    private final List<String> damagedBefore = new ArrayList<>();

    /// @param restored rooms that began a new generation
    /// @param added rooms that the journal did not have
    /// @param unchanged rooms that were as in the backup
    /// @param kept what was there before, when it was a file
    /// @param problems what could not be restored of the backup, in words for people
    /// @param damagedBefore what of the present could not be known, in words for people
    public record Result(
            int restored,
            int added,
            int unchanged,
            Optional<Path> kept,
            List<String> problems,
            List<String> damagedBefore) {
        public Result {
            problems = List.copyOf(problems);
            damagedBefore = List.copyOf(damagedBefore);
        }
    }

    /// @param files the hash of the body of the file that follows a room now; empty when none does
    public JournalRestore(Path backup, Function<RoomId, Optional<Bytes>> files, Clock clock, Progress progress) {
        this.backup = backup;
        this.files = files;
        this.clock = clock;
        this.progress = progress;
    }

    /// Into a journal in a SQLite file, or in the place of one.
    ///
    /// @throws JournalException with one line for the operator; then nothing was changed
    public Result into(Path journal) {
        try (JournalView from = sound()) {
            if (Files.exists(journal) && Files.isSameFile(journal, backup)) {
                throw new JournalException(backup + ": is the journal itself. Give the file of a backup.");
            }
            Optional<SqliteFile> open = Files.exists(journal) ? openIfReadable(journal) : Optional.empty();
            if (open.isEmpty()) {
                return become(journal, from);
            }
            try (SqliteFile database = open.get()) {
                Path kept = keptName(journal);
                try (WholeFile whole = WholeFile.at(kept)) {
                    JournalBackup.copy(journal, whole.unfinished(), progress);
                    whole.finish();
                }
                try (JournalView now = JournalView.open(journal)) {
                    merge(from, now, database);
                }
                return result(Optional.of(kept));
            } catch (SQLException e) {
                throw new JournalException(journal + ": " + SqliteFile.explained(e), e);
            }
        } catch (IOException e) {
            throw new JournalException(
                    journal + ": cannot be written (" + e.getMessage()
                            + "). Make its directory writable for this user.",
                    e);
        }
    }

    /// Into a journal in a PostgreSQL database, which may be empty.
    ///
    /// @param url `jdbc:postgresql:…`
    /// @throws JournalException with one line for the operator; then nothing was changed
    public Result into(String url) {
        try (JournalView from = sound();
                PostgresDatabase database = PostgresDatabase.open(url);
                JournalView now = JournalView.open(url)) {
            merge(from, now, database);
            return result(Optional.empty());
        } catch (SQLException e) {
            throw new JournalException(PostgresDatabase.name(url) + ": " + PostgresDatabase.explained(e), e);
        }
    }

    private Result result(Optional<Path> kept) {
        return new Result(restored, added, unchanged, kept, problems, damagedBefore);
    }

    /// The backup, when it is one.
    private JournalView sound() {
        JournalView from = JournalView.open(backup);
        try {
            from.damage(progress).ifPresent(damage -> {
                throw new JournalException(backup + ": is damaged (" + damage + "). Restore another backup.");
            });
            from.check(progress).forEach(damaged -> problems.add("damaged in the backup: " + damaged));
            return from;
        } catch (RuntimeException e) {
            from.close();
            throw e;
        }
    }

    private static Optional<SqliteFile> openIfReadable(Path journal) {
        SqliteFile database;
        try {
            database = SqliteFile.open(journal);
        } catch (JournalException e) {
            if (SqliteFile.isUnreadable(e.getCause())) {
                return Optional.empty();
            }
            throw e;
        }
        if (database.damage().isPresent()) {
            database.close();
            return Optional.empty();
        }
        return Optional.of(database);
    }

    private Result become(Path journal, JournalView from) throws IOException {
        Files.createDirectories(journal.toAbsolutePath().getParent());
        try (OwnerLock lock = OwnerLock.take(journal);
                WholeFile whole = WholeFile.at(journal)) {
            Files.copy(backup, whole.unfinished(), StandardCopyOption.REPLACE_EXISTING);
            Path kept = keptName(journal);
            boolean wasThere = moveAside(journal, kept, "");
            wasThere |= moveAside(journal, kept, "-wal"); // it would be taken for one of the backup's
            moveAside(journal, kept, "-shm");
            whole.finish();
            added = from.rooms().size();
            return result(wasThere ? Optional.of(kept) : Optional.empty());
        }
    }

    private static boolean moveAside(Path journal, Path kept, String suffix) throws IOException {
        Path file = journal.resolveSibling(journal.getFileName() + suffix);
        if (!Files.exists(file)) {
            return false;
        }
        Files.move(file, kept.resolveSibling(kept.getFileName() + suffix));
        return true;
    }

    private Path keptName(Path journal) {
        return journal.resolveSibling(
                journal.getFileName() + ".before-restore-" + TIME.format(Instant.ofEpochMilli(clock.millis())));
    }

    private void merge(JournalView from, JournalView now, Database database) throws SQLException {
        Connection connection = database.writer();
        try (JournalTables to = new JournalTables(connection, clock)) {
            RoomCopy copy = new RoomCopy(from.connection(), connection);
            List<RoomId> rooms = from.rooms();
            database.begin(to.plain());
            for (int i = 0; i < rooms.size(); i++) {
                progress.at("rooms restored", i, rooms.size());
                to.plain().execute("SELECT 1"); // a session in which nothing happens for long is ended
                RoomId room = rooms.get(i);
                JournalView.Kept wanted = from.read(room).orElseThrow();
                Optional<JournalView.Kept> present = now.read(room);
                if (present.isEmpty()) {
                    copy.copy(room);
                    added++;
                } else if (wanted.isBaseDamaged()) {
                    problems.add(
                            JournalView.name(room) + " is left as it is, because the backup cannot say what it was");
                } else if (!wanted.isEmpty()) {
                    restore(room, from, wanted, now, present.get(), to);
                }
            }
            to.flush();
            to.plain().execute("COMMIT");
            database.verify();
            database.checkpoint(to.plain(), true);
        }
    }

    private void restore(
            RoomId room,
            JournalView from,
            JournalView.Kept wanted,
            JournalView now,
            JournalView.Kept present,
            JournalTables to)
            throws SQLException {
        JournalView.Made made = wanted.document();
        Bytes state = made.doc().state();
        JournalView.Made there = present.document();
        Bytes before = there.doc().state();
        Abandoned abandoned = Abandoned.between(before, state);
        if (there.missing().isEmpty()
                && abandoned.isNothing()
                && Abandoned.between(state, before).isNothing()) {
            unchanged++;
            return;
        }
        made.missing().stream()
                .filter(missing -> !wanted.missing().contains(missing))
                .forEach(missing -> problems.add("damaged in the backup: " + JournalView.name(room) + ": " + missing));
        there.missing().forEach(missing -> damagedBefore.add(JournalView.name(room) + ": " + missing));
        Optional<GenerationRow> old = from.generation(room);
        Optional<GenerationRow> last = now.generation(room);
        Abandoned earlier = old.map(GenerationRow::abandoned).orElse(Abandoned.NOTHING);
        to.write(new Work.StartAnew(
                room,
                new Journal.NewGeneration(
                        "backup", Optional.of(state), Bytes.EMPTY, abandoned.and(earlier.without(state))),
                saved -> {}));
        noteFile(room, old, last, to);
        restored++;
    }

    private void noteFile(RoomId room, Optional<GenerationRow> old, Optional<GenerationRow> last, JournalTables to)
            throws SQLException {
        Optional<Bytes> file = files.apply(room);
        if (file.isEmpty()) {
            return;
        }
        Set<Bytes> known = new HashSet<>();
        old.ifPresent(row -> known.addAll(row.bodies()));
        last.ifPresent(row -> known.addAll(row.bodies()));
        if (known.contains(file.get())) {
            to.write(new Work.NoteBody(room, file.get(), Journal.BodyNote.WRITTEN, saved -> {}));
        } else if (!known.isEmpty()) {
            // somebody else has changed it: then what is noted must be another one
            Bytes another = known.iterator().next();
            to.write(new Work.NoteBody(room, another, Journal.BodyNote.WRITTEN, saved -> {}));
        }
        var entry = new Journal.Entry(NO_EDIT, List.of(), null, null, clock.millis());
        to.write(new Work.Append(room, entry, saved -> {}));
    }
}
