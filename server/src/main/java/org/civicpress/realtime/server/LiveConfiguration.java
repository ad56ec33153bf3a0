package org.civicpress.realtime.server;

import java.util.List;
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
            "connection_cleanup.",
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
