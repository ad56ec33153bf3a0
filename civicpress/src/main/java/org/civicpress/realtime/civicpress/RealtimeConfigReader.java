package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads `realtime.yml`. The original replaces a file with a mistake by its defaults, and the operator wonders why
/// nothing changes; here a mistake ends the start, with the line and the rule. Confined to the call that made it.
final class RealtimeConfigReader {
    private final Path file;

    /// One level of the file. Keys are taken out as they are read, so what is left at the end is not known.
    private final class Section {
        private final String prefix;
        private final Map<String, Node> values = new LinkedHashMap<>();
        private final Map<String, Integer> lines = new HashMap<>();
        private final java.util.List<String> known = new java.util.ArrayList<>();

        Section(String prefix, @Nullable Node node) {
            this.prefix = prefix;
            if (node == null || node.getTag().equals(Tag.NULL)) {
                return;
            }
            if (!(node instanceof MappingNode mapping)) {
                throw wrong(node, prefix.isEmpty() ? "the file" : name(prefix), "must hold `key: value` lines");
            }
            for (NodeTuple tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    throw at(Yaml.line(tuple.getKeyNode()), "a key must be plain text");
                }
                if (values.put(key.getValue(), tuple.getValueNode()) != null) {
                    throw at(Yaml.line(key), "the key " + prefix + key.getValue() + " is there twice: remove one");
                }
                lines.put(key.getValue(), Yaml.line(key));
            }
        }

        private @Nullable Node take(String key) {
            known.add(key);
            return values.remove(key);
        }

        Section section(String key) {
            return new Section(prefix + key + ".", take(key));
        }

        boolean flag(String key, boolean otherwise) {
            Node node = take(key);
            if (node == null) {
                return otherwise;
            }
            return switch (scalar(node).orElse("").toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw wrong(node, prefix + key, "must be true or false");
            };
        }

        long whole(String key, long otherwise, long least, long most, String rule) {
            Node node = take(key);
            if (node == null) {
                return otherwise;
            }
            try {
                if (node.getTag().equals(Tag.INT)) {
                    long value = Long.parseLong(scalar(node).orElse(""));
                    if (value >= least && value <= most) {
                        return value;
                    }
                }
            } catch (NumberFormatException e) {
                // not decimal, or longer than any number here may be
            }
            throw wrong(node, prefix + key, "must be " + rule);
        }

        int positive(String key, int otherwise) {
            return (int) whole(key, otherwise, 1, Integer.MAX_VALUE, "a whole number of at least 1");
        }

        double seconds(String key, double otherwise, double least) {
            Node node = take(key);
            if (node == null) {
                return otherwise;
            }
            try {
                if (node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT)) {
                    double value = Double.parseDouble(scalar(node).orElse(""));
                    if (value >= least && value <= Integer.MAX_VALUE) {
                        return value;
                    }
                }
            } catch (NumberFormatException e) {
                // .inf, .nan, 0x10: numbers of YAML, not of a clock
            }
            throw wrong(node, prefix + key, "must be a number of seconds of at least " + (int) least);
        }

        String text(String key, String otherwise, Predicate<String> allowed, String rule) {
            Node node = take(key);
            if (node == null) {
                return otherwise;
            }
            return scalar(node)
                    .filter(text -> node.getTag().equals(Tag.STR) && allowed.test(text))
                    .orElseThrow(() -> wrong(node, prefix + key, "must be " + rule));
        }

        /// A text that nobody is shown, also when it is wrong.
        Optional<String> secret(String key, Predicate<String> allowed, String rule) {
            Node node = take(key);
            if (node == null || node.getTag().equals(Tag.NULL)) {
                return Optional.empty();
            }
            String text = scalar(node).filter(allowed).orElse(null);
            if (text == null) {
                throw at(Yaml.line(node), prefix + key + " must be " + rule);
            }
            return Optional.of(text);
        }

        /// Everything has been taken that may be there.
        void end() {
            values.forEach((key, node) -> {
                String nearest = nearest(key);
                throw at(
                        lines.getOrDefault(key, 0),
                        "there is no key " + prefix + key
                                + (nearest == null
                                        ? ": remove it, or take one of " + String.join(", ", known)
                                        : ": did you mean " + prefix + nearest + "?"));
            });
        }

        private @Nullable String nearest(String key) {
            String best = null;
            int bestDistance = Math.max(1, key.length() / 3) + 1;
            for (String candidate : known) {
                int distance = distance(key.toLowerCase(Locale.ROOT).replace('-', '_'), candidate);
                if (distance < bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
            return best;
        }
    }

    RealtimeConfigReader(Path file) {
        this.file = file;
    }

    RealtimeConfig read() {
        if (!Files.exists(file)) {
            return RealtimeConfig.DEFAULT;
        }
        try {
            return parse(Yaml.compose(Files.readString(file)).orElse(null));
        } catch (IOException e) {
            throw new InstallationException(
                    "cannot read " + file + " as UTF-8 text: make it readable, or remove it for the defaults", e);
        } catch (Yaml.Malformed e) {
            throw new InstallationException(
                    file + ", line " + e.line() + ": this is not valid YAML (" + e.getMessage() + "): correct the line",
                    e);
        }
    }

    private RealtimeConfig parse(@Nullable Node root) {
        var top = new Section("", root);
        if (top.values.containsKey("realtime")) {
            var below = top.section("realtime");
            top.end();
            return config(below);
        }
        return config(top);
    }

    private RealtimeConfig config(Section top) {
        var standard = RealtimeConfig.DEFAULT;
        boolean enabled = top.flag("enabled", standard.enabled());
        int port = (int) top.whole("port", standard.port(), 1, 65535, "a whole number from 1 to 65535");
        String host = top.text(
                "host", standard.host(), text -> !text.isBlank(), "a host name or an address, such as 127.0.0.1");
        String path = top.text(
                "path", standard.path(), text -> text.startsWith("/"), "a path that starts with /, such as /realtime");
        var rooms = rooms(top.section("rooms"));
        var snapshots = snapshots(top.section("snapshots"));
        var rateLimiting = rateLimiting(top.section("rate_limiting"));
        var cleanup = cleanup(top.section("connection_cleanup"));
        var journal = journal(top.section("journal"));
        top.end();
        return new RealtimeConfig(enabled, port, host, path, rooms, snapshots, rateLimiting, cleanup, journal);
    }

    private static RealtimeConfig.Rooms rooms(Section section) {
        var standard = RealtimeConfig.DEFAULT.rooms();
        var rooms = new RealtimeConfig.Rooms(
                section.positive("max_rooms", standard.maxRooms()),
                section.whole(
                        "cleanup_timeout",
                        standard.cleanupTimeoutSeconds(),
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        "a whole number of seconds"),
                section.whole(
                        "grace_period_ms",
                        standard.gracePeriodMillis(),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        "a whole number of milliseconds"));
        section.end();
        return rooms;
    }

    private static RealtimeConfig.Snapshots snapshots(Section section) {
        var standard = RealtimeConfig.DEFAULT.snapshots();
        var snapshots = new RealtimeConfig.Snapshots(
                section.flag("enabled", standard.enabled()),
                section.seconds("interval", standard.intervalSeconds(), 0),
                section.whole("max_updates", standard.maxUpdates(), Long.MIN_VALUE, Long.MAX_VALUE, "a whole number"),
                storage(section));
        section.end();
        return snapshots;
    }

    private static RealtimeConfig.Storage storage(Section section) {
        String standard = RealtimeConfig.DEFAULT.snapshots().storage().name().toLowerCase(Locale.ROOT);
        String storage = section.text(
                "storage",
                standard,
                text -> text.equals("database") || text.equals("filesystem"),
                "database or filesystem");
        return RealtimeConfig.Storage.valueOf(storage.toUpperCase(Locale.ROOT));
    }

    private static RealtimeConfig.RateLimiting rateLimiting(Section section) {
        var standard = RealtimeConfig.DEFAULT.rateLimiting();
        var limits = new RealtimeConfig.RateLimiting(
                section.positive("messages_per_second", standard.messagesPerSecond()),
                section.positive("connections_per_ip", standard.connectionsPerIp()),
                section.positive("connections_per_user", standard.connectionsPerUser()));
        section.end();
        return limits;
    }

    private static RealtimeConfig.ConnectionCleanup cleanup(Section section) {
        var standard = RealtimeConfig.DEFAULT.connectionCleanup();
        var cleanup = new RealtimeConfig.ConnectionCleanup(
                section.flag("enabled", standard.enabled()),
                section.seconds("check_interval", standard.checkIntervalSeconds(), 1),
                section.seconds("stale_threshold", standard.staleThresholdSeconds(), 1));
        section.end();
        return cleanup;
    }

    private static RealtimeConfig.Journal journal(Section section) {
        var journal = new RealtimeConfig.Journal(section.secret(
                "database",
                text -> text.startsWith("jdbc:postgresql:"),
                "a URL such as jdbc:postgresql://HOST/DATABASE?user=USER: correct it, or leave it out to keep the "
                        + "journal in a file"));
        section.end();
        return journal;
    }

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    private static String name(String prefix) {
        return prefix.substring(0, prefix.length() - 1);
    }

    private InstallationException wrong(Node node, String key, String rule) {
        String value = scalar(node).map(text -> ", not \"" + text + "\"").orElse("");
        return at(Yaml.line(node), key + " " + rule + value);
    }

    private InstallationException at(int line, String problem) {
        return new InstallationException(file + ", line " + line + ": " + problem);
    }

    /// How many letters have to be typed, removed, changed or swapped with their neighbour to get from one to the
    /// other.
    private static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int change = steps[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                steps[i][j] = Math.min(change, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[from.length()][to.length()];
    }
}
