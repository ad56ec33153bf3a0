package org.civicpress.realtime.cli.doc;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Awareness;

/// The presence of one client, step by step.
///
/// ```
/// script := { clientID, steps: [step…] }
/// step   := { set: state or null } | { field, value } | { apply: base64 } | { remove: [id…] }
///         | { encode: [id…] } | { modify: base64 }
/// ```
///
/// or, as others write it, `{ op: set, state }` and so on, where the second field may have any name. Confined to its
/// user.
final class AwarenessScript {
    private static final List<String> KINDS = List.of("set", "field", "apply", "remove", "encode", "modify");

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private final Awareness awareness;
    private final List<Any> out = new ArrayList<>();

    private AwarenessScript(long clientId) {
        awareness = new Awareness(clientId, CLOCK);
        awareness.onChange(event -> tell("change", event));
        awareness.onUpdate(event -> tell("update", event));
    }

    /// @throws IllegalArgumentException when it is not a script
    static Any run(Any json) {
        Fields told = Fields.of(json);
        AwarenessScript script = new AwarenessScript((long) told.number("clientID"));
        for (Any step : told.list("steps")) {
            try {
                script.run(named(Fields.of(step)));
            } catch (RuntimeException _) {
                script.out.add(Any.list(Any.of("error")));
            }
        }
        return script.result();
    }

    /// With its kind as the name of a field.
    private static Fields named(Fields step) {
        if (KINDS.stream().anyMatch(step::has)) {
            return step;
        }
        Any kind = step.values().values().stream()
                .filter(value -> value instanceof Any.Str(String text) && KINDS.contains(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a step: " + step));
        Any argument = step.values().values().stream()
                .filter(value -> value != kind)
                .findFirst()
                .orElse(Any.NULL);
        return new Fields(Map.of(((Any.Str) kind).value(), argument));
    }

    private void run(Fields step) {
        if (step.has("set")) {
            awareness.setLocalState(step.any("set"));
        } else if (step.has("field")) {
            awareness.setLocalStateField(step.string("field"), step.any("value"));
        } else if (step.has("apply")) {
            awareness.apply(bytes(step.string("apply")), "net");
        } else if (step.has("remove")) {
            awareness.remove(clients(step.list("remove")), "rm");
        } else if (step.has("encode")) {
            tell("encoded", awareness.encode(clients(step.list("encode"))));
        } else {
            tell("modified", Awareness.modify(bytes(step.string("modify")), AwarenessScript::stamped));
        }
    }

    private static Any stamped(Any state) {
        if (state instanceof Any.Null) {
            return state;
        }
        Map<String, Any> fields = Awareness.fieldsOf(state);
        fields.put("stamped", Any.TRUE);
        return Any.obj(fields);
    }

    private static Bytes bytes(String base64) {
        return Bytes.wrap(Base64.getDecoder().decode(base64));
    }

    private static List<Long> clients(List<Any> told) {
        return told.stream()
                .map(client -> {
                    if (client instanceof Any.Num(double id)) {
                        return (long) id;
                    }
                    throw new IllegalArgumentException("not a client: " + client);
                })
                .toList();
    }

    // ---- what is told

    private void tell(String what, Awareness.Event event) {
        out.add(Any.list(
                Any.of(what),
                ids(event.added()),
                ids(event.updated()),
                ids(event.removed()),
                Any.of(String.valueOf(event.origin()))));
    }

    private void tell(String what, Bytes bytes) {
        out.add(Any.list(Any.of(what), DocOperations.base64(bytes)));
    }

    private static Any ids(List<Long> clients) {
        return Any.list(clients.stream().map(AwarenessScript::id).toList());
    }

    private static Any id(long client) {
        return Any.of((double) client);
    }

    private Any result() {
        List<Any> states = new ArrayList<>();
        awareness.states().forEach((client, state) -> states.add(Any.list(id(client), Any.of(Json.stringify(state)))));
        List<Any> clocks = new ArrayList<>();
        awareness.clocks().forEach((client, clock) -> clocks.add(Any.list(id(client), id(clock))));
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("out", Any.list(out));
        result.put("states", Any.list(states));
        result.put("clocks", Any.list(clocks));
        return new Any.Obj(result);
    }
}
