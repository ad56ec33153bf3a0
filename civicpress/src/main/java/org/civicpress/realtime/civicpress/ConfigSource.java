package org.civicpress.realtime.civicpress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.nodes.Node;

/// Where the value of each key comes from: a flag, a variable of the environment, or the file. Remembers what was
/// found. Confined to the call that made it.
final class ConfigSource {
    private static final Logger log = LoggerFactory.getLogger(ConfigSource.class);
    private static final String VARIABLE = "CIVIC_REALTIME_";
    private static final String JOURNAL = "CIVIC_REALTIME_JOURNAL";
    /// Not for this file: the launcher's and the log's.
    private static final Set<String> OTHERS = Set.of("CIVIC_REALTIME_LOG", "CIVIC_REALTIME_OPTS");

    private final Path file;
    private final Overrides overrides;
    private final Set<String> unusedFlags;
    private final Set<String> unusedVariables = new TreeSet<>();
    private final Map<Node, String> origins = new IdentityHashMap<>();
    private final List<Configuration.Setting> settings = new ArrayList<>();

    ConfigSource(Path file, Overrides overrides) {
        this.file = file;
        this.overrides = overrides;
        unusedFlags = new HashSet<>(overrides.flags().keySet());
        overrides.environment().keySet().stream()
                .filter(name -> name.startsWith(VARIABLE) && !OTHERS.contains(name))
                .forEach(unusedVariables::add);
    }

    /// What stands above the file for this key; null when nothing does.
    @Nullable
    Node above(String key) {
        unusedFlags.remove(key);
        String variable = key.equals("journal.database")
                ? JOURNAL
                : VARIABLE + key.toUpperCase(Locale.ROOT).replace('.', '_');
        unusedVariables.remove(variable);
        String flag = overrides.flags().get(key);
        if (flag != null) {
            return node(flag, "--set");
        }
        String text = overrides.environment().getOrDefault(variable, "").strip();
        return text.isEmpty() ? null : node(text, variable);
    }

    private Node node(String text, String origin) {
        try {
            Node node = Yaml.compose(text).orElseThrow(() -> new InstallationException(origin + " is empty"));
            origins.put(node, origin);
            return node;
        } catch (Yaml.Malformed e) {
            throw new InstallationException(
                    origin + " is not a value as in realtime.yml: put it in quotes, as there", e);
        }
    }

    /// Notes what was found for a key.
    ///
    /// @param node null: nothing was
    void found(String key, @Nullable Node node, String value) {
        settings.add(new Configuration.Setting(key, value, node == null ? "default" : origin(node)));
    }

    private String origin(Node node) {
        return Optional.ofNullable(origins.get(node)).orElseGet(() -> "line " + Yaml.line(node));
    }

    /// @param above what stands above the file and holds the place; null: the file
    InstallationException wrong(@Nullable Node above, Node node, String problem) {
        String origin = above == null ? origins.get(node) : origins.get(above);
        return origin == null ? wrong(Yaml.line(node), problem) : new InstallationException(origin + ": " + problem);
    }

    InstallationException wrong(int line, String problem) {
        return new InstallationException(file + ", line " + line + ": " + problem);
    }

    InstallationException missing(String problem) {
        return new InstallationException(file + ": " + problem);
    }

    List<Configuration.Setting> settings() {
        return settings;
    }

    /// Every key was asked for.
    void end() {
        unusedFlags.stream().sorted().findFirst().ifPresent(key -> {
            throw new InstallationException(
                    "--set " + key + ": there is no such key; `civic-realtime config` lists all of them");
        });
        unusedVariables.forEach(
                name -> log.warn("{} has no effect: no key is called so; `civic-realtime config` lists all", name));
    }
}
