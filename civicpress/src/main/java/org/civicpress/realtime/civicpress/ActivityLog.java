package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `activity.log` in the data directory, where CivicPress notes what was done, as JSON lines. CivicPress writes to it
/// too, and shortens it: it is opened for each line, which is appended in one write. Immutable.
public final class ActivityLog {
    private static final Logger LOG = LoggerFactory.getLogger(ActivityLog.class);

    private final Path file;

    public ActivityLog(Path dataDir) {
        file = dataDir.resolve("activity.log");
    }

    /// Notes an event. When that fails it is logged, as in CivicPress.
    ///
    /// @param action the event's name
    /// @param metadata its payload
    public void note(String action, long timeMillis, boolean isFailure, Map<String, Object> metadata) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("source", "core");
        line.put("action", action);
        if (metadata.get("roomId") instanceof String room) {
            line.put("target", Map.of("type", "room", "id", room));
        }
        line.put("outcome", isFailure ? "failure" : "success");
        line.put("metadata", metadata);
        line.put("id", "act_" + timeMillis + "_" + UUID.randomUUID().toString().substring(0, 8));
        line.put("timestamp", Timestamps.iso(Instant.ofEpochMilli(timeMillis)));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", file, e.getMessage());
        }
    }
}
