package org.civicpress.realtime.civicpress;

import java.util.Map;

/// What stands above `realtime.yml`, and what a mistake in that file does. Immutable; not to be printed, because
/// it may hold secrets.
///
/// @param environment of the process: `CIVIC_REALTIME_PORT` stands above the key `port`,
///     `CIVIC_REALTIME_ROOMS_MAX_ROOMS` above `rooms.max_rooms`, and so on; `CIVIC_REALTIME_JOURNAL` above
///     `journal.database`
/// @param flags what stands above both: a key as in `rooms.max_rooms`, and its value as in the file
/// @param defaultsOnMistake a file with a mistake counts as if it were not there; otherwise a mistake is an
///     [InstallationException]
public record Overrides(Map<String, String> environment, Map<String, String> flags, boolean defaultsOnMistake) {
    public Overrides {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
    }

    /// Nothing but the environment.
    public static Overrides of(Map<String, String> environment) {
        return new Overrides(environment, Map.of(), false);
    }

    @Override
    public String toString() {
        return "Overrides" + flags.keySet();
    }
}
