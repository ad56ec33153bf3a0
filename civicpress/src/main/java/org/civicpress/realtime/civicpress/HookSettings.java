package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `hooks.yml`: which events are delivered, and which are noted in the [ActivityLog]. An event that is not listed is
/// delivered. Every value may stand plain or under `value`. Workflows are CivicPress's own business. Immutable.
public final class HookSettings {
    private static final Logger LOG = LoggerFactory.getLogger(HookSettings.class);

    private final Set<String> off;
    private final Set<String> audited;

    private HookSettings(Set<String> off, Set<String> audited) {
        this.off = Set.copyOf(off);
        this.audited = Set.copyOf(audited);
    }

    /// Reads the file of an installation; when it is absent or unreadable, everything is delivered.
    public static HookSettings read(Path dataDir) {
        Path file = dataDir.resolve(".civic/hooks.yml");
        if (!Files.exists(file)) {
            return new HookSettings(Set.of(), Set.of());
        }
        try {
            return parse(Files.readString(file));
        } catch (IOException | Yaml.Malformed e) {
            LOG.warn("{} cannot be read ({}): every event is delivered until it can", file, e.getMessage());
            return new HookSettings(Set.of(), Set.of());
        }
    }

    static HookSettings parse(String yaml) throws Yaml.Malformed {
        var off = new HashSet<String>();
        var audited = new HashSet<String>();
        Yaml.map(plainOrValue(Yaml.loadMap(yaml).get("hooks"))).orElse(Map.of()).forEach((event, entry) -> {
            Map<String, @Nullable Object> fields = Yaml.map(plainOrValue(entry)).orElse(Map.of());
            if (Boolean.FALSE.equals(plainOrValue(fields.get("enabled")))) {
                off.add(event);
            }
            if (Boolean.TRUE.equals(plainOrValue(fields.get("audit")))) {
                audited.add(event);
            }
        });
        return new HookSettings(off, audited);
    }

    private static @Nullable Object plainOrValue(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.containsKey("value") ? map.get("value") : value;
    }

    /// Whether an event of this name is delivered.
    public boolean isDelivered(String event) {
        return !off.contains(event);
    }

    /// Whether it is noted in the activity log.
    public boolean isAudited(String event) {
        return audited.contains(event) && isDelivered(event);
    }
}
