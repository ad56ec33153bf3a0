package org.civicpress.realtime.bench.engine;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// Files of recorded and of generated sessions. Integers are big-endian.
///
/// ```
/// updates := int32(count) (int32(length) update)*
/// patches := int32(count) (int32(position) int32(deleted) int32(length) utf8)*
/// formats := int32(count) (int32(position) int32(length) int32(kind))*     kind: an index into ATTRIBUTES
/// ```
final class Recording {
    private static final List<Map<String, Any>> ATTRIBUTES = List.of(
            Map.of("bold", Any.TRUE), Map.of("italic", Any.TRUE), Map.of("bold", Any.NULL), Map.of("italic", Any.NULL));

    private Recording() {}

    /// One edit of a text: first something goes, then something comes, at the same position in UTF-16 units.
    record Patch(int position, int deleted, String inserted) {}

    record Format(int position, int length, Map<String, Any> attributes) {}

    private interface Entry<T> {
        T read(DataInputStream in) throws IOException;
    }

    static List<Bytes> updates(Path file) throws IOException {
        return read(file, in -> Bytes.wrap(in.readNBytes(in.readInt())));
    }

    static List<Patch> patches(Path file) throws IOException {
        return read(
                file,
                in -> new Patch(
                        in.readInt(), in.readInt(), new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8)));
    }

    static List<Format> formats(Path file) throws IOException {
        return read(file, in -> new Format(in.readInt(), in.readInt(), ATTRIBUTES.get(in.readInt())));
    }

    private static <T> List<T> read(Path file, Entry<T> entry) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int count = in.readInt();
            var entries = new ArrayList<T>(count);
            for (int i = 0; i < count; i++) {
                entries.add(entry.read(in));
            }
            return entries;
        }
    }
}
