package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.civicpress.realtime.civicpress.SnapshotStore.Version;

/// Snapshots as files below `<dataDir>/realtime/snapshots`:
///
/// ```
/// <room>/<room>-<version>-<created>.snapshot      the bytes
/// <room>/<room>-<version>-<created>.meta.json     {"room_id", "version", "integrity_hash", "format_version",
///                                                  "byte_size", "created_at"}
/// ```
///
/// Without the second file the first is taken as format 1 and as intact. So the second is there before the first, and
/// goes after it; each comes whole or not at all.
///
/// Shared: any platform thread.
final class SnapshotFiles implements SnapshotPlace {
    private static final String DATA = ".snapshot";
    private static final String META = ".meta.json";
    private static final String UNFINISHED = ".unfinished";
    private static final Pattern NUMBERS = Pattern.compile("-(\\d{1,15})-(\\d{1,15})");
    private static final int MAX_META_BYTES = 1 << 16;

    private final Path directory;

    SnapshotFiles(Path dataDir) {
        directory = dataDir.resolve("realtime").resolve("snapshots");
    }

    @Override
    public Optional<StoredSnapshot> highest(String room, long below) {
        try {
            // Another program may delete one while it is being read: then the next is the highest.
            for (Version version : versions(room)) {
                if (version.version() < below) {
                    Optional<StoredSnapshot> snapshot = read(version);
                    if (snapshot.isPresent()) {
                        return snapshot;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    private Optional<StoredSnapshot> read(Version version) throws IOException {
        Path file = file(version, DATA);
        try {
            byte[] data = Files.size(file) > SnapshotFormat.MAX_BYTES ? new byte[0] : Files.readAllBytes(file);
            Path meta = file(version, META);
            if (!Files.exists(meta)) {
                return Optional.of(new StoredSnapshot(
                        version.room(),
                        version.version(),
                        version.createdMillis(),
                        SnapshotFormat.PLAIN,
                        SnapshotFormat.hash(data),
                        data));
            }
            Map<?, ?> columns = Files.size(meta) > MAX_META_BYTES ? Map.of() : Json.map(Files.readAllBytes(meta));
            return Optional.of(new StoredSnapshot(
                    version.room(),
                    version.version(),
                    version.createdMillis(),
                    columns.get("format_version") instanceof Integer format ? format : 0,
                    String.valueOf(columns.get("integrity_hash")),
                    data));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Version> highest(String room) {
        try {
            return versions(room).stream().findFirst();
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    /// Those that are there, the highest first.
    private List<Version> versions(String room) throws IOException {
        List<Version> versions = new ArrayList<>();
        Path place = place(room);
        if (!Files.isDirectory(place)) {
            return versions;
        }
        try (var files = Files.newDirectoryStream(place, "*" + DATA)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String stem = name.substring(0, name.length() - DATA.length());
                if (stem.startsWith(room)) {
                    Matcher numbers = NUMBERS.matcher(stem.substring(room.length()));
                    if (numbers.matches()) {
                        versions.add(
                                new Version(room, Long.parseLong(numbers.group(1)), Long.parseLong(numbers.group(2))));
                    }
                }
            }
        }
        versions.sort(Comparator.comparingLong(Version::version)
                .thenComparingLong(Version::createdMillis)
                .reversed());
        return versions;
    }

    @Override
    public SnapshotStore.Written add(String room, SnapshotFormat.Encoded encoded, long nowMillis, int kept) {
        try {
            Path place = Files.createDirectories(place(room));
            long number =
                    versions(room).stream().mapToLong(Version::version).max().orElse(0) + 1;
            Version version = new Version(room, number, nowMillis);
            Map<String, Object> meta = new LinkedHashMap<>();
            meta.put("room_id", room);
            meta.put("version", number);
            meta.put("integrity_hash", encoded.hash);
            meta.put("format_version", encoded.format);
            meta.put("byte_size", encoded.data.length);
            meta.put("created_at", nowMillis);
            write(file(version, META), Json.write(meta).getBytes(StandardCharsets.UTF_8));
            write(file(version, DATA), encoded.data);
            return new SnapshotStore.Written(number, nowMillis, encoded.data.length, prune(room, place, kept));
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            Files.write(unfinished, bytes);
            force(unfinished, StandardOpenOption.WRITE);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            force(file.resolveSibling("."), StandardOpenOption.READ);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private List<Long> prune(String room, Path place, int kept) throws IOException {
        List<Version> versions = versions(room);
        List<Long> numbers =
                versions.stream().map(Version::version).distinct().skip(kept).toList();
        for (Version version : versions) {
            if (numbers.contains(version.version())) {
                remove(version);
            }
        }
        try (var leftOver = Files.newDirectoryStream(place, "*" + UNFINISHED)) { // of a process that was killed
            for (Path file : leftOver) {
                Files.deleteIfExists(file);
            }
        }
        return numbers;
    }

    @Override
    public List<Version> before(long millis) {
        List<Version> before = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return before;
        }
        try (var places = Files.newDirectoryStream(directory)) {
            for (Path place : places) {
                String room = place.getFileName().toString();
                if (SnapshotStore.isRoom(room)) {
                    versions(room).stream()
                            .filter(version -> version.createdMillis() < millis)
                            .forEach(before::add);
                }
            }
        } catch (IOException e) {
            throw trouble(e);
        }
        before.sort(Comparator.comparingLong(Version::createdMillis));
        return before;
    }

    @Override
    public void delete(Version version) {
        try {
            remove(version);
            Path place = place(version.room());
            if (versions(version.room()).isEmpty() && isEmpty(place)) {
                Files.deleteIfExists(place);
            }
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    private void remove(Version version) throws IOException {
        Files.deleteIfExists(file(version, DATA));
        Files.deleteIfExists(file(version, META));
    }

    private static boolean isEmpty(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return false;
        }
        try (var files = Files.newDirectoryStream(place)) {
            return !files.iterator().hasNext();
        }
    }

    private Path file(Version version, String end) {
        return place(version.room())
                .resolve(version.room() + "-" + version.version() + "-" + version.createdMillis() + end);
    }

    /// A room's name is in paths, so it is looked at here too.
    private Path place(String room) {
        if (!SnapshotStore.isRoom(room)) {
            throw new IllegalArgumentException("not a record's room: " + room);
        }
        return directory.resolve(room);
    }

    private static UncheckedIOException trouble(IOException e) {
        return new UncheckedIOException("the files of snapshots: " + e, e);
    }
}
