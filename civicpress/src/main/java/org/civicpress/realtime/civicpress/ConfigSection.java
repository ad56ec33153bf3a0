package org.civicpress.realtime.civicpress;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One level of `realtime.yml`. Keys are taken out as they are read, so what is left at the end is not known.
/// Confined to the call that made it.
final class ConfigSection {
    private final ConfigSource source;
    private final String inFile; // what a key is called in the file begins with
    private final String prefix; // what it is called elsewhere begins with
    /// Of an element of a list that stands above the file.
    private final @Nullable Node above;

    private final boolean isElement;
    private final Map<String, NodeTuple> left = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    /// What a value has to be.
    ///
    /// @param text as in "must be a whole number"
    record Rule<T>(Predicate<T> allows, String text) {}

    private ConfigSection(
            ConfigSource source,
            String inFile,
            String prefix,
            @Nullable Node node,
            @Nullable Node above,
            boolean isElement) {
        this.source = source;
        this.inFile = inFile;
        this.prefix = prefix;
        this.above = above;
        this.isElement = isElement;
        if (node == null || node.getTag().equals(Tag.NULL)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            String what = inFile.isEmpty() ? "the file" : inFile.substring(0, inFile.length() - 1);
            throw wrong(node, what, "must hold `key: value` lines");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw source.wrong(above, tuple.getKeyNode(), "a key must be plain text");
            }
            if (left.put(key.getValue(), tuple) != null) {
                throw source.wrong(above, key, "the key " + inFile + key.getValue() + " is there twice: remove one");
            }
        }
    }

    /// The whole file, below `realtime:` when it has that.
    static ConfigSection top(ConfigSource source, @Nullable Node root) {
        var top = new ConfigSection(source, "", "", root, null, false);
        if (!top.left.containsKey("realtime")) {
            return top;
        }
        Node below = top.inFile("realtime");
        top.end();
        return new ConfigSection(source, "realtime.", "", below, null, false);
    }

    <T> T section(String key, Function<ConfigSection, T> read) {
        known.add(key);
        var below = new ConfigSection(source, inFile + key + ".", prefix + key + ".", inFile(key), above, isElement);
        T result = read.apply(below);
        below.end();
        return result;
    }

    private @Nullable Node take(String key) {
        Node below = inFile(key);
        Node stronger = isElement ? null : source.above(prefix + key);
        return stronger == null ? below : stronger;
    }

    private @Nullable Node inFile(String key) {
        known.add(key);
        NodeTuple tuple = left.remove(key);
        return tuple == null ? null : tuple.getValueNode();
    }

    private <T> T found(String key, @Nullable Node node, T value, String shown) {
        if (!isElement) {
            source.found(prefix + key, node, shown);
        }
        return value;
    }

    boolean flag(String key, boolean otherwise) {
        Node node = take(key);
        boolean value = node == null
                ? otherwise
                : switch (scalar(node).orElse("").toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw wrong(node, inFile + key, "must be true or false");
                };
        return found(key, node, value, String.valueOf(value));
    }

    long whole(String key, long otherwise, long least, long most, String rule) {
        Node node = take(key);
        long value = node == null ? otherwise : whole(node, least, most, inFile + key, rule);
        return found(key, node, value, String.valueOf(value));
    }

    private long whole(Node node, long least, long most, String key, String rule) {
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
        throw wrong(node, key, "must be " + rule);
    }

    int positive(String key, int otherwise) {
        return (int) whole(key, otherwise, 1, Integer.MAX_VALUE, "a whole number of at least 1");
    }

    double seconds(String key, double otherwise, double least) {
        Node node = take(key);
        double value = node == null ? otherwise : seconds(node, least, inFile + key);
        return found(key, node, value, value == Math.rint(value) ? String.valueOf((long) value) : "" + value);
    }

    private double seconds(Node node, double least, String key) {
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
        throw wrong(node, key, "must be a number of seconds of at least " + (int) least);
    }

    String text(String key, String otherwise, Rule<String> rule) {
        Node node = take(key);
        String value = node == null
                ? otherwise
                : scalar(node)
                        .filter(text ->
                                node.getTag().equals(Tag.STR) && rule.allows().test(text))
                        .orElseThrow(() -> wrong(node, inFile + key, "must be " + rule.text()));
        return found(key, node, value, value);
    }

    /// @param what it is, as in "must be a text: the issuer"
    Optional<String> optional(String key, String what) {
        String value = text(key, "", new Rule<>(text -> !text.isBlank(), "a text: " + what));
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    <E extends Enum<E>> E oneOf(String key, Class<E> type, E otherwise) {
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(ConfigSection::word).toList();
        String word = text(key, word(otherwise), new Rule<>(words::contains, String.join(" or ", words)));
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// A list of texts, or texts with commas between them.
    List<String> texts(String key, List<String> otherwise, Rule<String> rule) {
        Node node = take(key);
        List<String> value = node == null || node.getTag().equals(Tag.NULL) ? otherwise : texts(node);
        for (String text : value) {
            if (node != null && !rule.allows().test(text)) {
                throw source.wrong(above, node, inFile + key + " must be " + rule.text() + ", not \"" + text + "\"");
            }
        }
        return found(key, node, value, value.isEmpty() ? "[]" : String.join(", ", value));
    }

    private List<String> texts(Node node) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(element -> scalar(element).orElse(""))
                    .toList();
        }
        return Arrays.stream(scalar(node).orElse("").split(",", -1))
                .map(String::strip)
                .toList();
    }

    /// A text that nobody is shown, also when it is wrong.
    Optional<String> secret(String key, Rule<String> rule) {
        Node node = take(key);
        if (node == null || node.getTag().equals(Tag.NULL)) {
            return found(key, null, Optional.empty(), "");
        }
        String text = scalar(node).filter(rule.allows()).orElse(null);
        if (text == null) {
            throw source.wrong(above, node, inFile + key + " must be " + rule.text());
        }
        return found(key, node, Optional.of(text), "(set)");
    }

    /// A list of sections.
    ///
    /// @param rule what it must be
    <T> List<T> list(String key, Function<ConfigSection, T> read, String rule) {
        Node node = take(key);
        if (node == null || node.getTag().equals(Tag.NULL)) {
            return found(key, null, List.of(), "[]");
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw source.wrong(above, node, inFile + key + " must be " + rule);
        }
        List<T> elements = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            var below = new ConfigSection(source, inFile + key + ".", "", element, node, true);
            elements.add(read.apply(below));
            below.end();
        }
        return found(key, node, List.copyOf(elements), "(" + elements.size() + ")");
    }

    InstallationException missing(String key, String problem) {
        return source.missing(inFile + key + " " + problem);
    }

    /// Everything has been taken that may be there.
    void end() {
        left.forEach((key, tuple) -> {
            String nearest = nearest(key);
            throw source.wrong(
                    above,
                    tuple.getKeyNode(),
                    "there is no key " + inFile + key
                            + (nearest == null
                                    ? ": remove it, or take one of " + String.join(", ", known)
                                    : ": did you mean " + inFile + nearest + "?"));
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

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    private InstallationException wrong(Node node, String key, String rule) {
        String value = scalar(node).map(text -> ", not \"" + text + "\"").orElse("");
        return source.wrong(above, node, key + " " + rule + value);
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
