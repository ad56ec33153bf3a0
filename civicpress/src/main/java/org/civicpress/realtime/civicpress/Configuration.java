package org.civicpress.realtime.civicpress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// `realtime.yml` and what stands above it, as it came together. Immutable.
///
/// @param settings every key, always in the same order
/// @param mistake why the file was not used, where the defaults were wanted then
public record Configuration(RealtimeConfig values, List<Setting> settings, Optional<String> mistake) {
    /// What is not shown is not told apart by what is shown.
    private static final Map<String, Function<RealtimeConfig, Object>> HIDDEN = Map.of(
            "journal.database", config -> config.journal().database(),
            "webhooks.secret", config -> config.webhooks().secret(),
            "webhooks.targets", config -> config.webhooks().targets());

    public Configuration {
        settings = List.copyOf(settings);
    }

    /// One key.
    ///
    /// @param key as in `rooms.max_rooms`
    /// @param value for people to read; nothing secret is in it
    /// @param origin `default`, `line 4`, a variable's name, or `--set`
    public record Setting(String key, String value, String origin) {}

    /// The keys that have other values there.
    public List<String> differences(Configuration other) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            Setting mine = settings.get(i);
            Function<RealtimeConfig, Object> hidden = HIDDEN.getOrDefault(mine.key(), config -> "");
            if (!mine.value().equals(other.settings.get(i).value())
                    || !hidden.apply(values).equals(hidden.apply(other.values))) {
                keys.add(mine.key());
            }
        }
        return List.copyOf(keys);
    }
}
