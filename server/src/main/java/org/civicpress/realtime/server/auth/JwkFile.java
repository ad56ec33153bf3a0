package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys in a file, which is read again whenever it has changed. While it cannot be read those known before go
/// on; without the file there are none. Shared: its lock is held while the file is looked at.
final class JwkFile implements JwkSource {
    private static final Logger LOG = LoggerFactory.getLogger(JwkFile.class);

    /// What was written a moment ago may be written again without looking newer.
    private static final long SAME_MOMENT_MILLIS = 2_000;

    private final Path file;
    private final Clock clock;
    private JwkSet set = JwkSet.EMPTY;
    private @Nullable Stamp read;
    private @Nullable String told;

    private record Stamp(
            FileTime written, long bytes, @Nullable Object key) {}

    JwkFile(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    @Override
    public synchronized List<JwkSet.Key> find(JWSAlgorithm algorithm, Optional<String> id) {
        look();
        return set.fitting(algorithm, id);
    }

    @Override
    public synchronized Optional<String> trouble() {
        look();
        return read != null
                ? Optional.empty()
                : Optional.of("docs.jwks: there are no keys to be read in " + file + ": "
                        + (told == null ? "it is not there" : told));
    }

    private void look() {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp stamp = new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            if (!stamp.equals(read) || clock.millis() - stamp.written().toMillis() < SAME_MOMENT_MILLIS) {
                read(stamp);
            }
        } catch (IOException e) {
            if (read != null || told == null) {
                tell("it cannot be opened (" + e.getClass().getSimpleName() + ")");
            }
            read = null;
            set = JwkSet.EMPTY;
        }
    }

    private void read(Stamp stamp) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(JwkSet.MAX_BYTES + 1);
        }
        try {
            set = JwkSet.parse(content, true);
        } catch (ParseException e) {
            tell("it is no JWK set");
            return;
        }
        if (!stamp.equals(read)) {
            LOG.info("{} has {} keys for docs rooms", file, set.size());
            set.leftOut().forEach(why -> LOG.warn("{}: {}", file, why));
        }
        read = stamp;
        told = null;
    }

    private void tell(String trouble) {
        if (!trouble.equals(told)) {
            LOG.warn("the keys for docs rooms cannot be read from {}: {}", file, trouble);
            told = trouble;
        }
    }
}
