package org.civicpress.realtime.cli.doc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.Any;

/// One step of a [Script]: what it is, and its parameters.
///
/// How a step says what it is, is not agreed on between those who write scripts. All of these undo in document 0:
///
/// ```
/// {"step": "undo", "d": 0}    {"do": "undo", "d": 0}    {"undo": {"d": 0}}    {"undo": 0}    ["undo", 0]
/// ```
///
/// @param kind one of the steps of a script
/// @param fields its parameters; of an edit, the edit
record Step(String kind, Fields fields) {
    /// The parameters of each, in their order.
    private static final Map<String, List<String>> KINDS = Map.ofEntries(
            Map.entry("op", List.of("d")),
            Map.entry("tx", List.of("d", "ops", "origin")),
            Map.entry("sync", List.of("from", "to")),
            Map.entry("sync2", List.of("from", "to")),
            Map.entry("deliver", List.of("from", "to", "n")),
            Map.entry("deliver2", List.of("from", "to", "n")),
            Map.entry("um", List.of("d", "paths", "captureTimeout", "ignoreRemoteMapChanges", "origins")),
            Map.entry("undo", List.of("d")),
            Map.entry("redo", List.of("d")),
            Map.entry("stop", List.of("d")),
            Map.entry("clear", List.of("d")),
            Map.entry("snap", List.of("d")),
            Map.entry("relpos", List.of("d", "path", "i", "assoc")));

    /// Fields whose texts are the user's.
    private static final List<String> FREE = List.of("op", "origin", "str", "k", "v");

    /// @throws IllegalArgumentException when it is no step
    static Step of(Any json) {
        if (json instanceof Any.Arr(List<Any> parts)
                && !parts.isEmpty()
                && parts.getFirst() instanceof Any.Str(String kind)) {
            return inOrder(kind, parts.subList(1, parts.size()));
        }
        Fields step = Fields.of(json);
        for (Map.Entry<String, Any> field : step.values().entrySet()) {
            if (!FREE.contains(field.getKey())
                    && field.getValue() instanceof Any.Str(String kind)
                    && KINDS.containsKey(kind)) {
                return new Step(kind, unfolded(step));
            }
        }
        if (step.find("op").orElse(Any.NULL) instanceof Any.Str(String operation)) {
            return new Step(KINDS.containsKey(operation) ? operation : "op", step);
        }
        for (Map.Entry<String, Any> field : step.values().entrySet()) {
            if (KINDS.containsKey(field.getKey())) {
                return field.getValue() instanceof Any.Num
                        ? new Step(field.getKey(), with(step, "d", field.getValue()))
                        : new Step(field.getKey(), unfolded(step));
            }
        }
        throw new IllegalArgumentException("not a step: " + json);
    }

    private static Step inOrder(String kind, List<Any> arguments) {
        List<String> names = KINDS.get(kind);
        if (names == null) {
            throw new IllegalArgumentException("there is no step \"" + kind + "\"");
        }
        Map<String, Any> fields = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            fields.put(i < names.size() ? names.get(i) : "edit", arguments.get(i));
        }
        return new Step(kind, unfolded(new Fields(fields)));
    }

    /// With the fields of what is an object in it.
    private static Fields unfolded(Fields step) {
        Map<String, Any> fields = new LinkedHashMap<>(step.values());
        for (Any value : step.values().values()) {
            if (value instanceof Any.Obj(Map<String, Any> inner) && !inner.containsKey("$")) {
                fields.putAll(inner);
            }
        }
        return new Fields(fields);
    }

    private static Fields with(Fields step, String name, Any value) {
        Map<String, Any> fields = new LinkedHashMap<>(step.values());
        fields.put(name, value);
        return new Fields(fields);
    }
}
