package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that is there as a whole or not at all: it is written beside its place under a name of its own,
/// fsynced, and then given its name. Confined to one thread.
final class WholeFile implements AutoCloseable {
    private final Path directory;
    private final Path place;
    private final Path unfinished;

    private WholeFile(Path directory, Path place, Path unfinished) {
        this.directory = directory;
        this.place = place;
        this.unfinished = unfinished;
    }

    /// Makes the unfinished file, empty.
    static WholeFile at(Path place) throws IOException {
        Path directory = place.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("it is no file");
        }
        return new WholeFile(
                directory, place, Files.createTempFile(directory, place.getFileName() + ".", ".unfinished"));
    }

    Path unfinished() {
        return unfinished;
    }

    void finish() throws IOException {
        force(unfinished, StandardOpenOption.WRITE);
        Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        force(directory, StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    /// What was not finished is gone.
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(unfinished);
    }
}
