package org.civicpress.realtime.civicpress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// What the bytes of a snapshot are.
///
/// ```
/// format 1 := update              a whole document as a Yjs update in V1
/// format 2 := zstdFrame(update)   with its content's size in its header
/// ```
///
/// The hash is over what is stored. So whoever knows format 1 only finds format 2 intact, sees that it is newer than
/// what it can read, and does without it.
final class SnapshotFormat {
    static final int PLAIN = 1;
    static final int COMPRESSED = 2;

    /// What a state may take in memory. A frame that claims more is not looked at.
    static final int MAX_BYTES = 256 << 20;

    private static final int LEVEL = 3;

    private SnapshotFormat() {}

    /// @return empty when the format is unknown, or the bytes are not of it
    static Optional<byte[]> decode(int format, byte[] data) {
        return switch (format) {
            case PLAIN -> Optional.of(data);
            case COMPRESSED -> decompress(data);
            default -> Optional.empty();
        };
    }

    private static Optional<byte[]> decompress(byte[] frame) {
        long size = frame.length == 0 ? -1 : Zstd.getFrameContentSize(frame); // of nothing it reads too far
        if (size < 0 || size > MAX_BYTES) { // unknown, no frame, or absurd
            return Optional.empty();
        }
        try {
            byte[] state = new byte[(int) size];
            return Zstd.decompress(state, frame) == size ? Optional.of(state) : Optional.empty();
        } catch (ZstdException e) {
            return Optional.empty();
        }
    }

    /// @param format of what is to become of it; what is too large to be read again stays plain
    static Encoded encode(int format, byte[] state) {
        return format == COMPRESSED && state.length <= MAX_BYTES
                ? new Encoded(COMPRESSED, Zstd.compress(state, LEVEL))
                : new Encoded(PLAIN, state);
    }

    /// Bytes to be stored. Immutable.
    static final class Encoded {
        final int format;
        final String hash;
        /// Not to be changed.
        final byte[] data;

        private Encoded(int format, byte[] data) {
            this.format = format;
            this.data = data;
            hash = hash(data);
        }
    }

    /// SHA-256 in lower-case hex.
    static String hash(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
