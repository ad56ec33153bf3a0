package org.civicpress.realtime.server.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// CRC-32C over a row with its place, so that a row that was torn, altered or moved is noticed when it is read.
///
/// ```
/// base   := int64(room) int64(generation) int64(sequence) int64(time) blob(state)
/// entry  := int64(room) int64(generation) int64(sequence) int64(time) text(user) text(session) blob(clients)
/// blob(data)
/// text   := int32(-1) when absent | blob(utf8)
/// blob   := int32(length) byte*                                                  integers are big-endian
/// ```
final class Checksums {
    private Checksums() {}

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
