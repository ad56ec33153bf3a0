package org.civicpress.realtime.server.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.server.room.RoomId;
import org.jspecify.annotations.Nullable;

/// A journal, or a backup of one, that is looked at and never changed, also beside the server that writes
/// it. Every row that is read is checked. All methods throw [JournalException] with one line for the
/// operator. Confined to one thread.
public final class JournalView implements AutoCloseable {
    private final String name;
    private final boolean isFile;
    private final Connection connection;
    private final Function<SQLException, String> explain;
    private final JournalReader reader;
    private final PreparedStatement findRoom;
    private final PreparedStatement listGenerations;
    private final PreparedStatement listSetAside;
    private final PreparedStatement listProposals;

    /// What is kept of a room in one of its generations.
    ///
    /// @param isBaseDamaged what came first, which all the rest stands on, cannot be read
    /// @param missing what of it is damaged or not there, in words for people
    /// @param setAside entries that were found damaged when the room was loaded, in words for people
    public record Kept(
            RoomId room,
            long generation,
            Optional<Bytes> base,
            boolean isBaseDamaged,
            List<Bytes> updates,
            List<String> missing,
            List<String> setAside) {
        public Kept {
            updates = List.copyOf(updates);
            missing = List.copyOf(missing);
            setAside = List.copyOf(setAside);
        }

        /// Whether there is nothing of it, and never was.
        public boolean isEmpty() {
            return base.isEmpty() && updates.isEmpty() && missing.isEmpty() && setAside.isEmpty();
        }

        /// The document that all of it makes.
        public Made document() {
            Doc doc = new Doc();
            List<String> problems = new ArrayList<>(missing);
            base.ifPresent(state -> apply(doc, state, "its base state", problems));
            for (int i = 0; i < updates.size(); i++) {
                apply(doc, updates.get(i), "the update of entry " + (i + 1) + " of " + updates.size(), problems);
            }
            return new Made(doc, List.copyOf(problems));
        }

        private static void apply(Doc doc, Bytes update, String what, List<String> problems) {
            try {
                doc.apply(update, null);
            } catch (MalformedBytesException e) {
                problems.add(what + " cannot be read: " + e.getMessage());
            } catch (RuntimeException | StackOverflowError e) {
                problems.add(what + " cannot be applied: " + e);
            }
        }
    }

    /// @param missing what is not in the document, in words for people
    public record Made(Doc doc, List<String> missing) {}

    private JournalView(
            String name, boolean isFile, Connection connection, String begin, Function<SQLException, String> explain)
            throws SQLException {
        this.name = name;
        this.isFile = isFile;
        this.connection = connection;
        this.explain = explain;
        reader = new JournalReader(connection, begin);
        findRoom = connection.prepareStatement("SELECT id, generation FROM rooms WHERE type = ? AND name = ?");
        listGenerations = connection.prepareStatement(
                "SELECT generation FROM generations WHERE room = ? AND generation <= ? ORDER BY generation DESC");
        listSetAside = connection.prepareStatement(
                "SELECT sequence, found_at, reason FROM damaged_entries WHERE room = ? AND generation = ?"
                        + " ORDER BY sequence");
        listProposals = connection.prepareStatement(
                "SELECT id, generation, reason, \"user\", time, state, checksum FROM proposals WHERE room = ?"
                        + " ORDER BY time, id");
    }

    /// Opens a SQLite file.
    public static JournalView open(Path file) {
        if (!Files.exists(file)) {
            throw new JournalException(file + ": there is no such file. Correct the name if it is that of a backup;"
                    + " a journal is made when the server starts.");
        }
        return open(
                file.toString(),
                () -> SqliteFile.readOnly(file),
                SqliteFile.MIGRATIONS,
                SqliteFile.READ,
                SqliteFile::explained);
    }

    /// Opens a PostgreSQL database.
    ///
    /// @param url `jdbc:postgresql:…`
    public static JournalView open(String url) {
        return open(
                PostgresDatabase.name(url),
                () -> PostgresDatabase.readOnly(url),
                PostgresDatabase.MIGRATIONS,
                PostgresDatabase.READ,
                PostgresDatabase::explained);
    }

    private interface Connecting {
        Connection connect() throws SQLException;
    }

    private static JournalView open(
            String name,
            Connecting connecting,
            Migrations migrations,
            String begin,
            Function<SQLException, String> explain) {
        try {
            Connection connection = connecting.connect();
            try {
                migrations.requireApplied(connection, name);
                return new JournalView(name, migrations == SqliteFile.MIGRATIONS, connection, begin, explain);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException(name + ": " + explain.apply(e), e);
        }
    }

    /// Every room that was ever written to, in the order of their names.
    public List<RoomId> rooms() {
        return asked(() -> {
            try (Statement statement = connection.createStatement()) {
                return rooms(statement);
            }
        });
    }

    static List<RoomId> rooms(Statement statement) throws SQLException {
        List<RoomId> rooms = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT type, name FROM rooms ORDER BY type, name")) {
            while (row.next()) {
                rooms.add(new RoomId(row.getString(1), row.getString(2)));
            }
        }
        return List.copyOf(rooms);
    }

    /// The generations of a room that are kept, the present one first; none when the journal does not
    /// know the room.
    public List<Long> generations(RoomId room) {
        return asked(() -> {
            Place place = find(room);
            return place == null ? List.of() : generations(place);
        });
    }

    /// The present one is among them even when its row is lost.
    private List<Long> generations(Place place) throws SQLException {
        List<Long> generations = new ArrayList<>(List.of(place.generation));
        listGenerations.setLong(1, place.id);
        listGenerations.setLong(2, place.generation - 1);
        try (ResultSet row = listGenerations.executeQuery()) {
            while (row.next()) {
                generations.add(row.getLong(1));
            }
        }
        return generations;
    }

    /// Reads a room as it is now; empty when the journal does not know it.
    public Optional<Kept> read(RoomId room) {
        return asked(() -> {
            Place place = find(room);
            return place == null ? Optional.empty() : Optional.of(kept(room, place.id, place.generation));
        });
    }

    /// Reads one generation of a room; empty when that is not kept.
    public Optional<Kept> read(RoomId room, long generation) {
        return asked(() -> {
            Place place = find(room);
            return place == null || !generations(place).contains(generation)
                    ? Optional.empty()
                    : Optional.of(kept(room, place.id, generation));
        });
    }

    /// The row of a room's present generation.
    ///
    /// @return empty when it is damaged, or the journal does not know the room
    Optional<GenerationRow> generation(RoomId room) {
        return asked(() -> {
            Place place = find(room);
            return place == null
                    ? Optional.empty()
                    : Optional.ofNullable(reader.generation(place.id, place.generation));
        });
    }

    /// Those proposals of a room that are not what they claim to be, in words for people.
    public List<String> damagedProposals(RoomId room) {
        return asked(() -> {
            List<String> damaged = new ArrayList<>();
            Place place = find(room);
            if (place == null) {
                return damaged;
            }
            listProposals.setLong(1, place.id);
            try (ResultSet row = listProposals.executeQuery()) {
                while (row.next()) {
                    long checksum = Checksums.proposal(
                            place.id,
                            row.getLong(2),
                            row.getLong(5),
                            row.getString(1),
                            row.getString(4),
                            row.getString(3),
                            row.getBytes(6));
                    if (checksum != row.getLong(7)) {
                        damaged.add("proposal " + row.getString(1) + " is damaged");
                    }
                }
            }
            return damaged;
        });
    }

    /// Looks at the whole file for damage that no reader of a room would notice; takes as long as reading
    /// all of it.
    ///
    /// @return what is wrong, in half a line; empty when nothing is, and for a database that sees to that
    ///     itself
    public Optional<String> damage(Progress progress) {
        return isFile ? SqliteFile.damage(connection, progress) : Optional.empty();
    }

    private Kept kept(RoomId room, long id, long generation) throws SQLException {
        JournalReader.Content content = reader.content(id, generation);
        List<String> missing = new ArrayList<>();
        if (reader.generation(id, generation) == null) {
            missing.add("its row of generation " + generation + " is damaged");
        }
        if (content.isBaseDamaged()) {
            missing.add("its base state is damaged");
        }
        for (long sequence : content.damaged()) {
            missing.add("entry " + sequence + " is damaged");
        }
        List<String> setAside = new ArrayList<>();
        long lost = content.missing();
        listSetAside.setLong(1, id);
        listSetAside.setLong(2, generation);
        try (ResultSet row = listSetAside.executeQuery()) {
            while (row.next()) {
                long sequence = row.getLong(1);
                if (sequence > content.baseSequence() && sequence < content.sequence()) {
                    lost--;
                }
                setAside.add("entry " + sequence + " was damaged and set aside at "
                        + Instant.ofEpochMilli(row.getLong(2)) + " (" + row.getString(3) + ")");
            }
        }
        if (lost > 0) {
            missing.add(lost + (lost == 1 ? " entry is" : " entries are") + " not there");
        }
        return new Kept(
                room, generation, content.base(), content.isBaseDamaged(), content.updates(), missing, setAside);
    }

    /// As people write it.
    static String name(RoomId room) {
        return room.type() + "/" + room.name();
    }

    /// What is damaged, in words for people: each row of all rooms and generations.
    List<String> check(Progress progress) {
        List<String> damaged = new ArrayList<>();
        List<RoomId> rooms = rooms();
        for (int i = 0; i < rooms.size(); i++) {
            RoomId room = rooms.get(i);
            progress.at("rooms checked", i, rooms.size());
            for (long generation : generations(room)) {
                read(room, generation)
                        .ifPresent(kept -> kept.missing().forEach(missing -> damaged.add(name(room) + ": " + missing)));
            }
            damagedProposals(room).forEach(one -> damaged.add(name(room) + ": " + one));
        }
        return damaged;
    }

    /// For whoever copies what is in it. Only to be read.
    Connection connection() {
        return connection;
    }

    private record Place(long id, long generation) {}

    private @Nullable Place find(RoomId room) throws SQLException {
        findRoom.setString(1, room.type());
        findRoom.setString(2, StoredText.name(room));
        try (ResultSet row = findRoom.executeQuery()) {
            return row.next() ? new Place(row.getLong(1), row.getLong(2)) : null;
        }
    }

    private <T> T asked(JournalReader.Query<T> query) {
        try {
            return reader.atOneMoment(query);
        } catch (SQLException e) {
            throw new JournalException(name + ": " + explain.apply(e), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new JournalException(name + ": " + explain.apply(e), e);
        }
    }
}
