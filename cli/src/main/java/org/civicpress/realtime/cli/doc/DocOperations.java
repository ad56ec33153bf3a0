package org.civicpress.realtime.cli.doc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.AnyCodec;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// The operations of `doc`, from bytes to bytes. Immutable.
public final class DocOperations {
    /// @param inputs the contents of the files, in their order
    @FunctionalInterface
    private interface Operation {
        Bytes on(List<Bytes> inputs, DocOptions options);
    }

    private static final Map<String, Operation> OPERATIONS = operations();

    /// Who edits in a document that was restored.
    private static final long RESTORED_CLIENT = 999;

    /// The types of y-protocols/sync messages.
    private static final int STEP_1 = 0;

    private static final int STEP_2 = 1;
    private static final int UPDATE = 2;

    private DocOperations() {}

    private static Map<String, Operation> operations() {
        Map<String, Operation> operations = new LinkedHashMap<>();
        operations.put("apply", DocOperations::apply);
        operations.put("to-json", DocOperations::toJson);
        operations.put("encode-diff", DocOperations::encodeDiff);
        operations.put("merge", (inputs, options) -> Updates.merge(inputs, options.format()));
        operations.put(
                "diff",
                (inputs, options) ->
                        Updates.diff(in(inputs, 0, "an update"), in(inputs, 1, "a state vector"), options.format()));
        operations.put(
                "state-vector",
                (inputs, options) -> Updates.stateVectorOf(in(inputs, 0, "an update"), options.format()));
        operations.put(
                "convert-v1-v2",
                (inputs, options) -> Updates.convert(in(inputs, 0, "an update"), UpdateFormat.V1, UpdateFormat.V2));
        operations.put(
                "convert-v2-v1",
                (inputs, options) -> Updates.convert(in(inputs, 0, "an update"), UpdateFormat.V2, UpdateFormat.V1));
        operations.put("parse-meta", DocOperations::parseMeta);
        operations.put("contains", DocOperations::contains);
        operations.put("snapshot-restore", DocOperations::snapshotRestore);
        operations.put("script", (inputs, options) -> text(Script.run(json(in(inputs, 0, "a script")))));
        operations.put("any", DocOperations::any);
        operations.put("sync-reply", DocOperations::syncReply);
        operations.put("awareness", (inputs, options) -> text(AwarenessScript.run(json(in(inputs, 0, "a script")))));
        return operations;
    }

    public static List<String> names() {
        return List.copyOf(OPERATIONS.keySet());
    }

    /// @throws IllegalArgumentException when there is no such operation, or not with these options or inputs
    /// @throws MalformedBytesException when an input is not what it has to be
    public static Bytes run(String name, DocOptions options, List<Bytes> inputs) {
        Operation operation = OPERATIONS.get(name);
        if (operation == null) {
            throw new IllegalArgumentException(
                    "there is no operation \"" + name + "\": it can do " + String.join(", ", names()));
        }
        return operation.on(inputs, options);
    }

    /// All that is in a document, as `to-json` has it, and roots whose names do not say what they are as well.
    public static Bytes json(Doc doc) {
        return text(Dump.whole(doc));
    }

    private static Bytes apply(List<Bytes> updates, DocOptions options) {
        Doc doc = document(options);
        long clientId = doc.clientId();
        List<Any> events1 = new ArrayList<>();
        List<Any> events2 = new ArrayList<>();
        doc.onUpdate(UpdateFormat.V1, (update, origin) -> events1.add(base64(update)));
        doc.onUpdate(UpdateFormat.V2, (update, origin) -> events2.add(base64(update)));
        List<Any> status = new ArrayList<>();
        for (Bytes update : updates) {
            status.add(Any.of(applies(doc, update, options)));
        }
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("status", Any.list(status));
        result.put("clientIDChanged", Any.of(doc.clientId() != clientId));
        result.put("updates1", Any.list(events1));
        result.put("updates2", Any.list(events2));
        result.putAll(summary(doc));
        return text(new Any.Obj(result));
    }

    /// All that a document can say of itself.
    static Map<String, Any> summary(Doc doc) {
        Snapshot snapshot = Snapshot.of(doc);
        Map<String, Any> told = new LinkedHashMap<>();
        told.put("v1", base64(doc.state(UpdateFormat.V1)));
        told.put("v2", base64(doc.state(UpdateFormat.V2)));
        told.put("sv", base64(doc.stateVector()));
        told.put("snap1", base64(snapshot.encode(UpdateFormat.V1)));
        told.put("snap2", base64(snapshot.encode(UpdateFormat.V2)));
        told.put("pendingStructs", Any.of(doc.hasPendingStructs()));
        told.put("pendingDs", Any.of(doc.hasPendingDeletions()));
        told.put("json", Dump.of(doc));
        return told;
    }

    private static boolean applies(Doc doc, Bytes update, DocOptions options) {
        try {
            doc.apply(update, options.format(), "remote");
            return true;
        } catch (MalformedBytesException e) {
            return false;
        }
    }

    private static Bytes toJson(List<Bytes> updates, DocOptions options) {
        return text(Dump.of(document(options, updates)));
    }

    private static Bytes encodeDiff(List<Bytes> inputs, DocOptions options) {
        Bytes stateVector = in(inputs, inputs.size() - 1, "updates and a state vector");
        return document(options, inputs.subList(0, inputs.size() - 1)).stateSince(stateVector, options.outFormat());
    }

    private static Bytes parseMeta(List<Bytes> inputs, DocOptions options) {
        Updates.Meta meta = Updates.meta(in(inputs, 0, "an update"), options.format());
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("from", clocks(meta.from()));
        result.put("to", clocks(meta.to()));
        return text(new Any.Obj(result));
    }

    private static Bytes contains(List<Bytes> inputs, DocOptions options) {
        Snapshot snapshot = Snapshot.decode(in(inputs, 0, "a snapshot and an update"));
        Bytes update = in(inputs, 1, "a snapshot and an update");
        return text(new Any.Obj(Map.of("contains", Any.of(snapshot.contains(update, options.format())))));
    }

    /// A document as it was, out of one that forgets nothing.
    private static Bytes snapshotRestore(List<Bytes> inputs, DocOptions options) {
        Snapshot snapshot = Snapshot.decode(in(inputs, 0, "a snapshot and updates"));
        Doc origin = document(
                new DocOptions(options.format(), options.outFormat(), false, options.clientId()),
                inputs.subList(1, inputs.size()));
        Doc restored = restored(snapshot, origin);
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("v1", base64(restored.state()));
        result.put("json", Dump.of(restored));
        result.put("delta", Dump.runs(origin.text("text").toDelta(snapshot)));
        return text(new Any.Obj(result));
    }

    static Doc restored(Snapshot snapshot, Doc origin) {
        Doc restored = withRoots(new Doc(RESTORED_CLIENT, false));
        snapshot.restore(origin, restored);
        return restored;
    }

    private static Any clocks(Map<Long, Long> clocks) {
        return Any.list(new TreeMap<>(clocks)
                .entrySet().stream()
                        .map(entry -> Any.list(
                                Any.of(entry.getKey().doubleValue()),
                                Any.of(entry.getValue().doubleValue())))
                        .toList());
    }

    private static Bytes any(List<Bytes> inputs, DocOptions options) {
        ByteWriter out = new ByteWriter();
        for (Bytes input : inputs) {
            ByteReader in = new ByteReader(input);
            while (in.hasRemaining()) {
                AnyCodec.write(out, AnyCodec.read(in));
            }
        }
        return out.toBytes();
    }

    /// What a document that holds the updates answers to a message, and what it holds then. An update that it cannot
    /// read is passed over, as y-protocols does.
    private static Bytes syncReply(List<Bytes> inputs, DocOptions options) {
        ByteReader message = new ByteReader(in(inputs, 0, "a message and updates"));
        Doc doc = document(options, inputs.subList(1, inputs.size()));
        Bytes reply = Bytes.EMPTY;
        long type = message.varUint();
        if (type == STEP_1) {
            reply = new ByteWriter()
                    .varUint(STEP_2)
                    .byteArray(doc.stateSince(message.byteArray()))
                    .toBytes();
        } else if (type == STEP_2 || type == UPDATE) {
            try {
                doc.apply(message.byteArray(), "remote");
            } catch (MalformedBytesException _) {
                // The document is as it was.
            }
        } else {
            throw new IllegalArgumentException("there is no sync message of type " + type);
        }
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("reply", base64(reply));
        result.put("v1", base64(doc.state()));
        return text(new Any.Obj(result));
    }

    private static Doc document(DocOptions options, List<Bytes> updates) {
        Doc doc = document(options);
        for (Bytes update : updates) {
            doc.apply(update, options.format(), "remote");
        }
        return doc;
    }

    private static Doc document(DocOptions options) {
        long clientId = options.clientId().orElseGet(() -> new Doc().clientId());
        return withRoots(new Doc(clientId, options.gc()));
    }

    /// The roots of a document made for an operation.
    static Doc withRoots(Doc doc) {
        doc.array("arr");
        doc.map("map");
        doc.text("text");
        doc.xmlElement("xel");
        doc.xmlFragment("xml");
        return doc;
    }

    private static Bytes in(List<Bytes> inputs, int index, String what) {
        if (index < 0 || index >= inputs.size()) {
            throw new IllegalArgumentException("a file is missing: the operation needs " + what);
        }
        return inputs.get(index);
    }

    static Any base64(Bytes bytes) {
        return Any.of(Base64.getEncoder().encodeToString(bytes.toArray()));
    }

    private static Any json(Bytes bytes) {
        return Json.parse(new String(bytes.toArray(), StandardCharsets.UTF_8));
    }

    private static Bytes text(Any value) {
        return Bytes.wrap(Json.stringify(value).getBytes(StandardCharsets.UTF_8));
    }
}
