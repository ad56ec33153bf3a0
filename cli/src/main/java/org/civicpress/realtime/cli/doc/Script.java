package org.civicpress.realtime.cli.doc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.civicpress.realtime.crdt.AbsolutePosition;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.RelativePosition;
import org.civicpress.realtime.crdt.UndoManager;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// Documents that are edited, synchronised, undone and looked at, step by step.
///
/// ```
/// script := { docs: [{ clientID, gc }…], observe, trace, steps: [step…] }
/// step   := { step: op, d, …edit }                             an edit, see Edits
///         | { step: tx, d, ops: [edit…], origin }              edits in one transaction
///         | { step: sync | sync2, from, to }                   what `to` lacks, in V1 or V2
///         | { step: deliver | deliver2, from, to, n }          the n-th update event of `from`
///         | { step: um, d, paths, captureTimeout, ignoreRemoteMapChanges, origins }
///         | { step: undo | redo | stop | clear, d }            of the last `um` there
///         | { step: snap, d } | { step: relpos, d, path, i, assoc }
/// ```
///
/// A step that throws is noted and the script goes on. All of a script happens at the same instant. Confined to its
/// user.
final class Script {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private final boolean observes;
    private final boolean traces;
    private final List<ScriptDoc> docs = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Any> errors = new ArrayList<>();

    private record Place(Doc doc, Bytes position) {}

    private Script(Fields told) {
        observes = told.isTrue("observe");
        traces = told.isTrue("trace");
        for (Any each : told.list("docs")) {
            Fields doc = Fields.of(each);
            boolean gc = !Any.FALSE.equals(doc.find("gc").orElse(Any.TRUE));
            docs.add(new ScriptDoc(new Doc((long) doc.number("clientID"), gc), observes, traces));
        }
    }

    /// @throws IllegalArgumentException when it is not a script
    static Any run(Any json) {
        Fields told = Fields.of(json);
        Script script = new Script(told);
        int number = 0;
        for (Any step : told.list("steps")) {
            try {
                script.run(Step.of(step));
            } catch (RuntimeException _) {
                script.errors.add(Any.of(number));
            }
            number++;
        }
        return script.result();
    }

    private void run(Step told) {
        Fields step = told.fields();
        switch (told.kind()) {
            case "op" -> Edits.perform(doc(step, "d").doc, step);
            case "tx" -> transact(doc(step, "d").doc, step);
            case "sync" -> sync(step, UpdateFormat.V1);
            case "sync2" -> sync(step, UpdateFormat.V2);
            case "deliver" -> deliver(step, UpdateFormat.V1);
            case "deliver2" -> deliver(step, UpdateFormat.V2);
            case "um" -> doc(step, "d").undoManager = undoManager(doc(step, "d").doc, step);
            case "undo" -> undoManager(step).undo();
            case "redo" -> undoManager(step).redo();
            case "stop" -> undoManager(step).stopCapturing();
            case "clear" -> undoManager(step).clear();
            case "snap" -> doc(step, "d").takeSnapshot();
            case "relpos" -> mark(doc(step, "d").doc, step);
            default -> throw new IllegalStateException("a step without a meaning: " + told.kind());
        }
    }

    private ScriptDoc doc(Fields step, String field) {
        return docs.get(step.integer(field));
    }

    private static void transact(Doc doc, Fields step) {
        List<Any> edits = step.list("ops");
        doc.transact(
                () -> edits.forEach(edit -> Edits.perform(doc, Fields.of(edit))),
                origin(step.find("origin").orElse(Any.NULL)));
    }

    private static @Nullable Object origin(Any told) {
        return switch (told) {
            case Any.Null() -> null;
            case Any.Str(String name) -> name;
            default -> told;
        };
    }

    private void sync(Fields step, UpdateFormat format) {
        Doc to = doc(step, "to").doc;
        to.apply(doc(step, "from").doc.stateSince(to.stateVector(), format), format, "remote");
    }

    private void deliver(Fields step, UpdateFormat format) {
        ScriptDoc from = doc(step, "from");
        Bytes update = (format == UpdateFormat.V1 ? from.updates1 : from.updates2).get(step.integer("n"));
        doc(step, "to").doc.apply(update, format, "remote");
    }

    private static UndoManager undoManager(Doc doc, Fields step) {
        List<YType> scope = step.list("paths").stream()
                .map(path -> Edits.typeAt(doc, Fields.list(path)))
                .toList();
        Set<@Nullable Object> origins = new HashSet<@Nullable Object>(Collections.singleton(null));
        step.listIfAny("origins").forEach(origin -> origins.add(origin(origin)));
        UndoManager.Options options = UndoManager.Options.DEFAULTS
                .withClock(CLOCK)
                .withTrackedOrigins(origins)
                .withIgnoreRemoteMapChanges(step.isTrue("ignoreRemoteMapChanges"));
        return UndoManager.of(
                scope,
                step.has("captureTimeout")
                        ? options.withCaptureTimeout(Duration.ofMillis((long) step.number("captureTimeout")))
                        : options);
    }

    private UndoManager undoManager(Fields step) {
        return Optional.ofNullable(doc(step, "d").undoManager)
                .orElseThrow(() -> new NoSuchElementException("nothing is undone in this document"));
    }

    private void mark(Doc doc, Fields step) {
        YType type = Edits.typeAt(doc, step.list("path"));
        int assoc = step.has("assoc") ? step.integer("assoc") : 0;
        places.add(new Place(
                doc, RelativePosition.at(type, step.integer("i"), assoc).encode()));
    }

    // ---- the result

    private Any result() {
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("errors", Any.list(errors));
        result.put("updates1", each(doc -> base64(doc.updates1)));
        result.put("updates2", each(doc -> base64(doc.updates2)));
        result.put("docs", each(doc -> new Any.Obj(DocOperations.summary(doc.doc))));
        // To show the past of a document is a transaction, too: what happens meanwhile is part of the trace.
        Any relpos = Any.list(places.stream().map(Script::resolved).toList());
        Any snaps = each(doc -> Any.list(doc.past()));
        if (observes) {
            result.put("events", each(doc -> Any.list(doc.events)));
        }
        if (traces) {
            result.put("traces", each(doc -> Any.list(doc.trace)));
        }
        result.put("relpos", relpos);
        result.put("snaps", snaps);
        return new Any.Obj(result);
    }

    @FunctionalInterface
    private interface Told {
        Any of(ScriptDoc doc);
    }

    private Any each(Told told) {
        return Any.list(docs.stream().map(told::of).toList());
    }

    private static Any base64(List<Bytes> updates) {
        return Any.list(updates.stream().map(DocOperations::base64).toList());
    }

    private static Any resolved(Place place) {
        RelativePosition position = RelativePosition.decode(place.position);
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("bin", DocOperations.base64(place.position));
        result.put("abs", absolute(position.in(place.doc)));
        result.put("absNoFollow", absolute(position.in(place.doc, false)));
        return new Any.Obj(result);
    }

    private static Any absolute(Optional<AbsolutePosition> position) {
        if (position.isEmpty()) {
            return Any.NULL;
        }
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("kind", Any.of(Dump.kind(position.get().type())));
        result.put("index", Any.of(position.get().index()));
        result.put("assoc", Any.of(position.get().assoc()));
        return new Any.Obj(result);
    }
}
