package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;
import org.civicpress.realtime.server.room.RoomId;

/// Makes backups: all of a journal as it was at one moment, in one SQLite file, from whichever database,
/// beside the server that writes it. The copy is looked at before it gets its name. Static functions;
/// each takes its time.
///
/// As long as the copy takes, the journal's log is read and cannot begin again, so it grows; nothing
/// waits for that.
public final class JournalBackup {
    private static final long KIB = 1024;

    private JournalBackup() {}

    /// @param damaged what in it is damaged, as it is in the journal, in words for people
    public record Made(int rooms, long bytes, List<String> damaged) {
        public Made {
            damaged = List.copyOf(damaged);
        }
    }

    private interface Copying {
        void into(Path empty) throws SQLException;
    }

    /// Of a journal in a SQLite file.
    ///
    /// @throws JournalException with one line for the operator; then there is no backup
    public static Made of(Path journal, Path file, Progress progress) {
        JournalView.open(journal).close();
        return make(file, empty -> copy(journal, empty, progress), SqliteFile::explained, journal.toString(), progress);
    }

    /// Of a journal in a PostgreSQL database.
    ///
    /// @param url `jdbc:postgresql:…`
    /// @throws JournalException with one line for the operator; then there is no backup
    public static Made of(String url, Path file, Progress progress) {
        return make(
                file,
                empty -> copyRooms(url, empty, progress),
                PostgresDatabase::explained,
                PostgresDatabase.name(url),
                progress);
    }

    private static Made make(
            Path file, Copying copying, Function<SQLException, String> explain, String name, Progress progress) {
        requirePlace(file);
        try (WholeFile whole = WholeFile.at(file)) {
            try {
                copying.into(whole.unfinished());
            } catch (SQLException e) {
                throw new JournalException(name + ": cannot be copied to " + file + ": " + explain.apply(e), e);
            }
            Made made = look(whole.unfinished(), name, progress);
            whole.finish();
            return made;
        } catch (IOException e) {
            throw new JournalException(
                    file + ": cannot be written (" + e.getMessage()
                            + "). Choose a directory with space that is writable.",
                    e);
        }
    }

    private static void requirePlace(Path file) {
        if (Files.exists(file)) {
            throw new JournalException(file + ": is there already. Choose another name, or move it away.");
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new JournalException(directory + ": there is no such directory. Make it, or choose another place.");
        }
    }

    private static Made look(Path copy, String name, Progress progress) throws IOException {
        try (JournalView view = JournalView.open(copy)) {
            view.damage(progress).ifPresent(damage -> {
                throw new JournalException(name + ": is damaged and cannot be copied as a whole (" + damage
                        + "). See what `civic-realtime verify` says, and bring out what is left by `civic-realtime"
                        + " export --all`.");
            });
            return new Made(view.rooms().size(), Files.size(copy), view.check(progress));
        }
    }

    /// @param empty an empty file
    static void copy(Path journal, Path empty, Progress progress) throws SQLException {
        long size = journal.toFile().length() / KIB;
        try (Connection from = SqliteFile.readOnly(journal);
                PreparedStatement copy = from.prepareStatement("VACUUM INTO ?")) {
            SqliteFile.watch(
                    from, () -> progress.at("KiB copied", empty.toFile().length() / KIB, size));
            copy.setString(1, empty.toString());
            copy.execute();
        }
    }

    private static void copyRooms(String url, Path empty, Progress progress) throws SQLException {
        try (Connection from = PostgresDatabase.readOnly(url);
                Statement reading = from.createStatement();
                Connection to = SqliteFile.connect(empty, true);
                Statement writing = to.createStatement()) {
            PostgresDatabase.MIGRATIONS.requireApplied(from, PostgresDatabase.name(url));
            writing.execute("PRAGMA auto_vacuum = INCREMENTAL");
            writing.execute("PRAGMA synchronous = OFF"); // it is fsynced at the end
            SqliteFile.MIGRATIONS.apply(to, empty.toString());
            reading.execute(PostgresDatabase.READ);
            writing.execute("BEGIN");
            RoomCopy copy = new RoomCopy(from, to);
            List<RoomId> rooms = JournalView.rooms(reading);
            for (int i = 0; i < rooms.size(); i++) {
                progress.at("rooms copied", i, rooms.size());
                copy.copy(rooms.get(i));
            }
            writing.execute("COMMIT");
            reading.execute("COMMIT");
        }
    }
}
