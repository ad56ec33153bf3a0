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
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;

/// The operations of `doc`, from bytes to bytes. Immutable.
public final class DocOperations {
    private static final List<String> NOT_YET = List.of("script", "awareness");

    /// @param inputs the contents of the files, in their order
    @FunctionalInterface
    private interface Operation {
        Bytes on(List<Bytes> inputs, DocOptions options);
    }

    private static final Map<String, Operation> OPERATIONS = operations();

    /// Who edits in a document that was restored.
    private static final long RESTORED_CLIENT = 999;

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
        operations.put("any", DocOperations::any);
        operations.put("sync-reply", DocOperations::syncReply);
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
                    NOT_YET.contains(name)
                            ? "this version of the engine cannot do \"" + name + "\" yet"
                            : "there is no operation \"" + name + "\": it can do " + String.join(", ", names()));
        }
        return operation.on(inputs, options);
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
        result.put("v1", base64(doc.state(UpdateFormat.V1)));
        result.put("v2", base64(doc.state(UpdateFormat.V2)));
        result.put("sv", base64(doc.stateVector()));
        Snapshot snapshot = Snapshot.of(doc);
        result.put("snap1", base64(snapshot.encode(UpdateFormat.V1)));
        result.put("snap2", base64(snapshot.encode(UpdateFormat.V2)));
        result.put("pendingStructs", Any.of(doc.hasPendingStructs()));
        result.put("pendingDs", Any.of(doc.hasPendingDeletions()));
        result.put("json", Dump.of(doc));
        return text(new Any.Obj(result));
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
        Doc restored = withRoots(new Doc(RESTORED_CLIENT, false));
        snapshot.restore(origin, restored);
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("v1", base64(restored.state()));
        result.put("json", Dump.of(restored));
        result.put("delta", Dump.delta(origin.text("text").toDelta(snapshot)));
        return text(new Any.Obj(result));
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

    /// What a document that holds the updates answers to a message, and what it holds then.
    private static Bytes syncReply(List<Bytes> inputs, DocOptions options) {
        Bytes sync = in(inputs, 0, "a message and updates");
        Doc doc = document(options, inputs.subList(1, inputs.size()));
        Bytes reply = Bytes.EMPTY;
        // The message comes without the type that a socket puts before it.
        switch (Messages.read(new ByteWriter().varUint(0).bytes(sync).toBytes())) {
            case Message.SyncStep1(var stateVector) ->
                reply = Messages.write(new Message.SyncStep2(doc.stateSince(stateVector)));
            case Message.SyncStep2(var update) -> doc.apply(update, "remote");
            case Message.Update(var update) -> doc.apply(update, "remote");
            case Message.AwarenessUpdate _,
                    Message.PermissionDenied _,
                    Message.QueryAwareness _,
                    Message.SyncStatus _,
                    Message.Unknown _ -> throw new IllegalStateException("type 0 is sync");
        }
        Map<String, Any> result = new LinkedHashMap<>();
        result.put("reply", base64(reply.isEmpty() ? reply : reply.slice(1, reply.length())));
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

    private static Doc withRoots(Doc doc) {
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

    private static Any base64(Bytes bytes) {
        return Any.of(Base64.getEncoder().encodeToString(bytes.toArray()));
    }

    private static Bytes text(Any value) {
        return Bytes.wrap(Json.stringify(value).getBytes(StandardCharsets.UTF_8));
    }
}
