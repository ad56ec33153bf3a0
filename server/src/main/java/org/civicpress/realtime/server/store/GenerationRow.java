package org.civicpress.realtime.server.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.server.room.Abandoned;
import org.civicpress.realtime.server.room.Journal;
import org.jspecify.annotations.Nullable;

/// A row of `generations`. Immutable.
///
/// @param source as the column has it
/// @param seedHash of the bytes it started from
/// @param intended SHA-256 of the body that is being written
/// @param written SHA-256 of the body that was written last
record GenerationRow(
        long room,
        long generation,
        long startedAt,
        String source,
        @Nullable Bytes seedHash,
        Abandoned abandoned,
        @Nullable Bytes intended,
        @Nullable Bytes written) {
    /// A source: one of CivicPress's snapshots.
    static final String SNAPSHOT = "snapshot";

    static final String OF_ROOM = "SELECT room, generation, started_at, source, seed_hash, abandoned, body_intended,"
            + " body_written, checksum FROM generations WHERE room = ?";

    static final String FIND = OF_ROOM + " AND generation = ?";

    static final String PUT = "INSERT INTO generations (room, generation, started_at, source, seed_hash, abandoned,"
            + " body_intended, body_written, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (room, generation) DO UPDATE SET started_at = excluded.started_at,"
            + " source = excluded.source, seed_hash = excluded.seed_hash, abandoned = excluded.abandoned,"
            + " body_intended = excluded.body_intended, body_written = excluded.body_written,"
            + " checksum = excluded.checksum";

    static GenerationRow empty(long room, long generation, long startedAt) {
        return new GenerationRow(room, generation, startedAt, "empty", null, Abandoned.NOTHING, null, null);
    }

    /// Reads a row of [#FIND] or [#OF_ROOM].
    ///
    /// @return null when it is damaged
    static @Nullable GenerationRow read(ResultSet row) throws SQLException {
        byte[] seed = row.getBytes(5);
        byte[] abandoned = row.getBytes(6);
        byte[] intended = row.getBytes(7);
        byte[] written = row.getBytes(8);
        long checksum = row.getLong(9);
        boolean isGenuine = row.wasNull()
                ? abandoned == null && intended == null && written == null
                : checksum
                        == Checksums.generation(
                                row.getLong(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getString(4),
                                seed,
                                abandoned,
                                intended,
                                written);
        if (!isGenuine) {
            return null;
        }
        try {
            return new GenerationRow(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getString(4),
                    bytes(seed),
                    abandoned == null ? Abandoned.NOTHING : Abandoned.decode(Bytes.wrap(abandoned)),
                    bytes(intended),
                    bytes(written));
        } catch (MalformedBytesException e) {
            return null;
        }
    }

    /// Writes it by [#PUT].
    void put(PreparedStatement put) throws SQLException {
        set(put);
        put.executeUpdate();
    }

    /// Gives it to [#PUT].
    void set(PreparedStatement put) throws SQLException {
        byte[] abandonedBytes =
                abandoned.isNothing() ? null : abandoned.encode().toArray();
        put.setLong(1, room);
        put.setLong(2, generation);
        put.setLong(3, startedAt);
        put.setString(4, source);
        put.setBytes(5, array(seedHash));
        put.setBytes(6, abandonedBytes);
        put.setBytes(7, array(intended));
        put.setBytes(8, array(written));
        put.setLong(
                9,
                Checksums.generation(
                        room,
                        generation,
                        startedAt,
                        source,
                        array(seedHash),
                        abandonedBytes,
                        array(intended),
                        array(written)));
    }

    /// The same of another room.
    GenerationRow of(long other) {
        return new GenerationRow(other, generation, startedAt, source, seedHash, abandoned, intended, written);
    }

    GenerationRow begunFrom(String newSource, Bytes hash) {
        return new GenerationRow(room, generation, startedAt, newSource, hash, abandoned, intended, written);
    }

    GenerationRow noted(Bytes hash, Journal.BodyNote note) {
        return switch (note) {
            case INTENDED -> new GenerationRow(room, generation, startedAt, source, seedHash, abandoned, hash, written);
            case WRITTEN -> {
                Bytes stillIntended = Objects.equals(hash, intended) ? null : intended;
                yield new GenerationRow(room, generation, startedAt, source, seedHash, abandoned, stillIntended, hash);
            }
        };
    }

    /// The hashes of all bodies it knows. A snapshot is not made from a body.
    Set<Bytes> bodies() {
        Set<Bytes> bodies = new HashSet<>();
        Bytes seed = source.equals(SNAPSHOT) ? null : seedHash;
        for (Bytes body : new @Nullable Bytes[] {seed, intended, written}) {
            if (body != null) {
                bodies.add(body);
            }
        }
        return bodies;
    }

    private static @Nullable Bytes bytes(byte @Nullable [] array) {
        return array == null ? null : Bytes.wrap(array);
    }

    private static byte @Nullable [] array(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.toArray();
    }
}
