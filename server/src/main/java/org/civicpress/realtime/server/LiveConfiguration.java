package org.civicpress.realtime.server;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.civicpress.realtime.civicpress.Configuration;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.api.Reloading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configuration that is in force. Who depends on a value asks for it when it matters, so that it may change
/// without anybody being disconnected. Shared.
final class LiveConfiguration implements Reloading {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);

    /// Keys, and beginnings of keys, of what is made once at the start.
    private static final List<String> AT_THE_START = List.of(
            "enabled",
            "port",
            "host",
            "path",
            "snapshots.storage",
            "snapshots.compression",
            "journal.",
            "docs.",
            "webhooks.");

    private final Installation installation;
    private volatile Configuration now;

    LiveConfiguration(Installation installation) {
        this.installation = installation;
        now = installation.configuration();
    }

    RealtimeConfig now() {
        return now.values();
    }

    /// Something that is made of the configuration, and made again only when that is another one.
    <T> Supplier<T> derived(Function<RealtimeConfig, T> make) {
        return new Derived<>(make);
    }

    private final class Derived<T> implements Supplier<T> {
        private final Function<RealtimeConfig, T> make;
        private volatile Made<T> made;

        private record Made<T>(RealtimeConfig from, T value) {}

        Derived(Function<RealtimeConfig, T> make) {
            this.make = make;
            RealtimeConfig config = now();
            made = new Made<>(config, make.apply(config));
        }

        @Override
        public T get() {
            RealtimeConfig config = now();
            Made<T> last = made;
            if (last.from != config) {
                last = new Made<>(config, make.apply(config));
                made = last;
            }
            return last.value;
        }
    }

    @Override
    public synchronized Outcome reload() {
        Configuration read = installation.readConfiguration();
        List<String> different = installation.configuration().differences(read);
        List<String> needRestart =
                different.stream().filter(LiveConfiguration::isMadeAtTheStart).toList();
        List<String> changed = now.differences(read).stream()
                .filter(key -> !isMadeAtTheStart(key))
                .toList();
        now = read;
        boolean hasNewRoles = installation.roles().reload();
        LOG.info(
                "configuration read again: {}{}{}",
                changed.isEmpty() ? "nothing changed" : "changed " + String.join(", ", changed),
                hasNewRoles ? "; the roles changed" : "",
                needRestart.isEmpty() ? "" : "; after a restart also " + String.join(", ", needRestart));
        return new Outcome(changed, needRestart);
    }

    private static boolean isMadeAtTheStart(String key) {
        return AT_THE_START.stream().anyMatch(start -> start.endsWith(".") ? key.startsWith(start) : key.equals(start));
    }
}
