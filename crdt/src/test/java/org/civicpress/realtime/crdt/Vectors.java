package org.civicpress.realtime.crdt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The golden vectors made by npm Yjs, see `yjs-vectors/README.md` in the test resources.
public final class Vectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Vectors() {}

    @FunctionalInterface
    public interface Check {
        void check(JsonNode vector);
    }

    /// One test for each case of a file.
    public static Stream<DynamicTest> each(String file, Check check) {
        return cases(file).stream().map(vector -> DynamicTest.dynamicTest(nameOf(vector), () -> check.check(vector)));
    }

    public static List<JsonNode> cases(String file) {
        try (var in = Vectors.class.getResourceAsStream("/yjs-vectors/" + file)) {
            if (in == null) {
                throw new IllegalStateException("no such vectors: " + file);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return elements(JSON.readTree(text).get("cases"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(JsonNode vector) {
        return vector.has("name")
                ? vector.get("name").asString()
                : vector.get("kind").asString() + " " + vector.get("bytes").asString();
    }

    public static Bytes base64(String text) {
        return Bytes.wrap(Base64.getDecoder().decode(text));
    }

    public static Bytes base64(JsonNode node) {
        return base64(node.asString());
    }

    public static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }

    public static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }

    /// A value in tagged JSON.
    public static Any any(JsonNode node) {
        if (node.isNull()) {
            return Any.NULL;
        }
        if (node.isBoolean()) {
            return Any.of(node.asBoolean());
        }
        if (node.isNumber()) {
            return Any.of(node.asDouble());
        }
        if (node.isString()) {
            return Any.of(node.asString());
        }
        if (node.isArray()) {
            return Any.list(elements(node).stream().map(Vectors::any).toList());
        }
        JsonNode value = node.get("v");
        return switch (node.get("$").asString()) {
            case "undef" -> Any.UNDEFINED;
            case "num" -> Any.of(Double.parseDouble(value.asString()));
            case "big" -> Any.bigInt(Long.parseLong(value.asString()));
            case "bin" -> Any.of(base64(value));
            case "obj" -> Any.obj(entries(value));
            default -> throw new IllegalArgumentException("unknown tag: " + node);
        };
    }

    public static Map<String, Any> entries(JsonNode array) {
        Map<String, Any> entries = new LinkedHashMap<>();
        for (JsonNode entry : elements(array)) {
            entries.put(entry.get(0).asString(), any(entry.get(1)));
        }
        return entries;
    }
}
