package org.civicpress.realtime.server.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// CRC-32C over a row with its place, so that a row that was torn, altered or moved is noticed when it is read.
///
/// ```
/// generation := int64(room) int64(generation) int64(0) int64(startedAt) text(source) blob(seed)?
///               blob(abandoned)? blob(intended)? blob(written)?
/// base       := int64(room) int64(generation) int64(sequence) int64(time) blob(state)
/// entry      := int64(room) int64(generation) int64(sequence) int64(time) text(user) text(session)
///               blob(clients) blob(data)
/// proposal   := int64(room) int64(generation) int64(0) int64(time) text(id) text(user) text(reason) blob(state)
/// text       := int32(-1) when absent | blob(utf8)
/// x?         := int32(-1) when absent | x
/// blob       := int32(length) byte*                                              integers are big-endian
/// ```
final class Checksums {
    private Checksums() {}

    static long generation(
            long room,
            long generation,
            long startedAt,
            String source,
            byte @Nullable [] seed,
            byte @Nullable [] abandoned,
            byte @Nullable [] intended,
            byte @Nullable [] written) {
        CRC32C crc = place(room, generation, 0, startedAt);
        text(crc, source);
        optional(crc, seed);
        optional(crc, abandoned);
        optional(crc, intended);
        optional(crc, written);
        return crc.getValue();
    }

    static long base(long room, long generation, long sequence, long time, byte[] state) {
        CRC32C crc = place(room, generation, sequence, time);
        blob(crc, state);
        return crc.getValue();
    }

    static long entry(
            long room,
            long generation,
            long sequence,
            long time,
            @Nullable String user,
            @Nullable String session,
            byte[] clients,
            byte[] data) {
        CRC32C crc = place(room, generation, sequence, time);
        text(crc, user);
        text(crc, session);
        blob(crc, clients);
        blob(crc, data);
        return crc.getValue();
    }

    static long proposal(
            long room, long generation, long time, String id, @Nullable String user, String reason, byte[] state) {
        CRC32C crc = place(room, generation, 0, time);
        text(crc, id);
        text(crc, user);
        text(crc, reason);
        blob(crc, state);
        return crc.getValue();
    }

    private static CRC32C place(long room, long generation, long sequence, long time) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(32)
                .putLong(room)
                .putLong(generation)
                .putLong(sequence)
                .putLong(time)
                .flip());
        return crc;
    }

    private static void text(CRC32C crc, @Nullable String text) {
        if (text == null) {
            length(crc, -1);
        } else {
            blob(crc, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void optional(CRC32C crc, byte @Nullable [] bytes) {
        if (bytes == null) {
            length(crc, -1);
        } else {
            blob(crc, bytes);
        }
    }

    private static void blob(CRC32C crc, byte[] bytes) {
        length(crc, bytes.length);
        crc.update(bytes);
    }

    private static void length(CRC32C crc, int length) {
        crc.update(length >>> 24);
        crc.update(length >>> 16);
        crc.update(length >>> 8);
        crc.update(length);
    }
}
