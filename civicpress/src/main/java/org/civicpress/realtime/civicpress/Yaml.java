package org.civicpress.realtime.civicpress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// YAML as nodes that know their lines, and as plain values: `Map<String, Object>` in order, `List`, `String`,
/// `Long`, `Double`, `Boolean`, null. Objects are never constructed. An unquoted date becomes ISO text, as in the
/// reference.
final class Yaml {
    /// A document that is not YAML, or not YAML that anyone writes by hand. [#line] counts from 1; 0 when not
    /// known.
    static final class Malformed extends Exception {
        private final int line;

        Malformed(String problem, int line, @Nullable Throwable cause) {
            super(problem, cause);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    private static final int MAX_DEPTH = 64;
    /// Aliases make a small document large; past this many values it is refused.
    private static final int MAX_VALUES = 200_000;

    private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)");
    private static final Pattern DATE_TIME =
            Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})(?:[Tt]|[ \\t]+)(\\d{1,2}):(\\d\\d):(\\d\\d)"
                    + "(?:\\.(\\d*))?(?:[ \\t]*(Z|([-+])(\\d\\d?)(?::?(\\d\\d))?))?");

    private int values;

    private Yaml() {}

    /// The document's root, or nothing for an empty document.
    static Optional<Node> compose(String text) throws Malformed {
        var settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new Malformed(e.getProblem(), line, e);
        } catch (YamlEngineException e) {
            throw new Malformed(String.valueOf(e.getMessage()), 0, e);
        }
    }

    /// The document as plain values; null for an empty one.
    static @Nullable Object load(String text) throws Malformed {
        Optional<Node> root = compose(text);
        return root.isEmpty() ? null : plain(root.get());
    }

    /// The document as a map; an empty one is an empty map.
    static Map<String, @Nullable Object> loadMap(String text) throws Malformed {
        Object value = load(text);
        if (value == null) {
            return Map.of();
        }
        return map(value).orElseThrow(() -> new Malformed("expected `key: value` lines", 1, null));
    }

    static @Nullable Object plain(Node node) throws Malformed {
        return new Yaml().plain(node, 0);
    }

    /// The value as a map, if it is one.
    @SuppressWarnings("unchecked") // plain() makes no other maps
    static Optional<Map<String, @Nullable Object>> map(@Nullable Object value) {
        return value instanceof Map<?, ?> ? Optional.of((Map<String, @Nullable Object>) value) : Optional.empty();
    }

    /// The line a node starts on, counted from 1.
    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    private @Nullable Object plain(Node node, int depth) throws Malformed {
        if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
            throw new Malformed("too deeply nested or too large", line(node), null);
        }
        return switch (node) {
            case MappingNode mapping -> plainMap(mapping, depth);
            case SequenceNode sequence -> plainList(sequence, depth);
            case ScalarNode scalar -> scalar(scalar);
            default -> throw new Malformed("unexpected " + node.getNodeType(), line(node), null);
        };
    }

    private Map<String, @Nullable Object> plainMap(MappingNode mapping, int depth) throws Malformed {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new Malformed("a key must be plain text", line(tuple.getKeyNode()), null);
            }
            if (map.containsKey(key.getValue())) {
                throw new Malformed("the key " + key.getValue() + " is there twice", line(key), null);
            }
            map.put(key.getValue(), plain(tuple.getValueNode(), depth + 1));
        }
        return map;
    }

    private List<@Nullable Object> plainList(SequenceNode sequence, int depth) throws Malformed {
        var list = new ArrayList<@Nullable Object>();
        for (Node element : sequence.getValue()) {
            list.add(plain(element, depth + 1));
        }
        return list;
    }

    private static @Nullable Object scalar(ScalarNode node) throws Malformed {
        String text = node.getValue();
        Tag tag = node.getTag();
        try {
            if (tag.equals(Tag.NULL)) {
                return null;
            } else if (tag.equals(Tag.BOOL)) {
                return Boolean.valueOf(text);
            } else if (tag.equals(Tag.INT)) {
                return integer(text);
            } else if (tag.equals(Tag.FLOAT)) {
                return decimal(text);
            }
        } catch (NumberFormatException e) {
            throw new Malformed("not a number: " + text, line(node), e);
        }
        return node.isPlain() ? isoDate(text) : text;
    }

    private static Number integer(String text) {
        try {
            if (text.startsWith("0o")) {
                return Long.valueOf(text.substring(2), 8);
            }
            return text.startsWith("0x") ? Long.valueOf(text.substring(2), 16) : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return Double.valueOf(text);
        }
    }

    private static Number decimal(String text) {
        String plain = text.startsWith("+") ? text.substring(1) : text;
        double value = switch (plain.toLowerCase(java.util.Locale.ROOT)) {
            case ".inf" -> Double.POSITIVE_INFINITY;
            case "-.inf" -> Double.NEGATIVE_INFINITY;
            case ".nan" -> Double.NaN;
            default -> Double.parseDouble(plain);
        };
        // One kind of number, as in JavaScript: 2.0 is 2.
        return value == Math.rint(value) && Math.abs(value) < 0x1p53 ? (Number) (long) value : (Number) value;
    }

    /// What a YAML 1.1 timestamp looks like is a point in time for the reference, written as ISO text with
    /// milliseconds.
    private static String isoDate(String text) {
        if (text.length() < 8 || text.charAt(0) < '0' || text.charAt(0) > '9') {
            return text;
        }
        try {
            var date = DATE.matcher(text);
            if (date.matches()) {
                return java.time.LocalDate.parse(text) + "T00:00:00.000Z";
            }
            var time = DATE_TIME.matcher(text);
            if (!time.matches()) {
                return text;
            }
            String fraction = time.group(7) == null ? "" : time.group(7);
            int millis = Integer.parseInt((fraction + "000").substring(0, 3));
            int offset = 0;
            if (time.group(9) != null) {
                int minutes = time.group(11) == null ? 0 : Integer.parseInt(time.group(11));
                offset = (Integer.parseInt(time.group(10)) * 60 + minutes) * ("-".equals(time.group(9)) ? -1 : 1);
            }
            return Timestamps.iso(java.time.LocalDateTime.of(
                            Integer.parseInt(time.group(1)),
                            Integer.parseInt(time.group(2)),
                            Integer.parseInt(time.group(3)),
                            Integer.parseInt(time.group(4)),
                            Integer.parseInt(time.group(5)),
                            Integer.parseInt(time.group(6)),
                            millis * 1_000_000)
                    .minusMinutes(offset)
                    .toInstant(java.time.ZoneOffset.UTC));
        } catch (java.time.DateTimeException e) {
            return text; // the 31st of February is a text
        }
    }
}
