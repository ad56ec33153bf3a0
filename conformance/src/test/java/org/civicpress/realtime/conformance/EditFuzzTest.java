package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.civicpress.realtime.crdt.AbsolutePosition;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.ChangeMark;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Id;
import org.civicpress.realtime.crdt.Item;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.PermanentUserData;
import org.civicpress.realtime.crdt.RelativePosition;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.Tagged;
import org.civicpress.realtime.crdt.TaggedEvents;
import org.civicpress.realtime.crdt.Transaction;
import org.civicpress.realtime.crdt.TransactionListener;
import org.civicpress.realtime.crdt.UndoManager;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YArrayEvent;
import org.civicpress.realtime.crdt.YEvent;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YMapEvent;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YTextEvent;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlEvent;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The engine beside npm Yjs: the same edits, made here and there in the same document, must be the same bytes.
class EditFuzzTest {
    private static final Map<String, Function<Doc, YType>> ROOTS = new LinkedHashMap<>();

    static {
        ROOTS.put("text", doc -> doc.text("text"));
        ROOTS.put("array", doc -> doc.array("array"));
        ROOTS.put("map", doc -> doc.map("map"));
        ROOTS.put("xml", doc -> doc.xmlFragment("xml"));
    }

    @Test
    void editsAreTheBytesThatYjsMakesOfThem() throws IOException, InterruptedException {
        Sessions.each("fuzz-edits.mjs", 400, EditFuzzTest::check);
    }

    private static void check(JsonNode session) {
        Doc.Options gc =
                Doc.Options.DEFAULTS.withGuid("g").withGc(session.get("gc").asBoolean());
        Doc doc = Tagged.withRoots(new Doc(
                session.get("clientID").asLong(),
                session.get("keep").asBoolean() ? gc.withGcFilter(EditFuzzTest::isLetGo) : gc));
        List<String> emitted = new ArrayList<>();
        doc.onUpdate((update, origin) -> emitted.add(Vectors.base64(update)));
        List<String> emitted2 = new ArrayList<>();
        doc.onUpdate(UpdateFormat.V2, (update, origin) -> emitted2.add(Vectors.base64(update)));
        List<Any> events = new ArrayList<>();
        if (session.get("observed").asBoolean()) {
            List<String> direct = Vectors.elements(session.get("direct")).stream()
                    .map(JsonNode::asString)
                    .toList();
            ROOTS.forEach((name, root) -> observe(name, root.apply(doc), direct.contains(name), events));
            if (session.get("echo").asBoolean()) {
                echo(doc);
            }
            doc.onTransactions(new Steps(events));
        }
        hear(doc, events);
        Marks marks = new Marks(doc);
        Queue<Runnable> timers = new ArrayDeque<>();
        PermanentUserData users = session.get("people").asBoolean() ? userData(doc, session, timers) : null;
        UndoManager undo = undoManager(doc, session.get("undo"));
        for (JsonNode step : session.get("steps")) {
            step.get("marks").forEach(marks::set);
            emitted.clear();
            emitted2.clear();
            events.clear();
            if (step.has("user")) {
                Objects.requireNonNull(users)
                        .setUserMapping(doc.clientId(), step.get("user").asString());
            } else if (step.has("apply")) {
                doc.apply(Vectors.base64(step.get("apply")), "remote");
            } else if (step.has("command")) {
                perform(Objects.requireNonNull(undo), step.get("command").asString());
            } else {
                Runnable edits = () -> step.get("edits").forEach(edit -> perform(doc, edit));
                if (step.get("together").asBoolean()) {
                    doc.transact(edits, null);
                } else {
                    edits.run();
                }
            }
            for (Runnable timer = timers.poll(); timer != null; timer = timers.poll()) {
                timer.run();
            }
            assertThat(emitted).as("events of %s", step).isEqualTo(strings(step.get("emitted")));
            assertThat(emitted2).as("events in V2 of %s", step).isEqualTo(strings(step.get("emitted2")));
            assertThat(Any.list(events))
                    .as("what observers hear of %s", step)
                    .isEqualTo(Tagged.expected(step.get("events")));
            assertThat(subDocs(doc))
                    .as("documents in the document after %s", step)
                    .isEqualTo(Tagged.expected(step.get("subdocs")));
            if (undo != null) {
                assertThat(List.of(undo.undoStack().size(), undo.redoStack().size()))
                        .as("stacks after %s", step)
                        .isEqualTo(Vectors.elements(step.get("stacks")).stream()
                                .map(JsonNode::asInt)
                                .toList());
            }
        }
        assertThat(Vectors.base64(doc.state()))
                .as("state")
                .isEqualTo(session.get("state").asString());
        assertThat(Vectors.base64(doc.stateVector()))
                .as("state vector")
                .isEqualTo(session.get("sv").asString());
        assertThat(Tagged.content(doc)).as("content").isEqualTo(Tagged.expected(session.get("content")));
        ROOTS.forEach((name, root) -> {
            JsonNode expected = session.get("json").get(name);
            if (!expected.isNull()) {
                assertThat(Json.stringify(root.apply(doc).toJson())).as(name).isEqualTo(expected.asString());
            }
        });
        marks.check(session);
        if (users != null) {
            session.get("who").forEach(who -> check(users, who));
        }
    }

    private static boolean isLetGo(Item item) {
        return item.id().clock() % 3 != 0;
    }

    /// Some sessions note what users did when their transactions are done, the others when their timers run.
    private static PermanentUserData userData(Doc doc, JsonNode session, Queue<Runnable> timers) {
        return session.get("seed").asLong() % 2 == 0
                ? new PermanentUserData(doc)
                : new PermanentUserData(doc.map("users"), timers::add);
    }

    private static void check(PermanentUserData users, JsonNode who) {
        long client = who.get("client").asLong();
        assertThat(users.userByClientId(client)).as("client %s", client).isEqualTo(user(who.get("user")));
        JsonNode deletedBy = who.get("deletedBy");
        for (int clock = 0; clock < deletedBy.size(); clock++) {
            assertThat(users.userByDeletedId(new Id(client, clock)))
                    .as("who deleted %s of client %s", clock, client)
                    .isEqualTo(user(deletedBy.get(clock)));
        }
    }

    private static Optional<String> user(JsonNode told) {
        return told.isNull() ? Optional.empty() : Optional.of(told.asString());
    }

    private static @Nullable UndoManager undoManager(Doc doc, JsonNode told) {
        if (told.isNull()) {
            return null;
        }
        UndoManager.Options options = UndoManager.Options.DEFAULTS
                .withCaptureTimeout(Duration.ofMillis(told.get("captureTimeout").asLong()))
                .withIgnoreRemoteMapChanges(told.get("ignoreRemoteMapChanges").asBoolean());
        if (told.get("roots").isNull()) {
            return UndoManager.of(doc, options);
        }
        List<YType> scope = Vectors.elements(told.get("roots")).stream()
                .map(root -> Objects.requireNonNull(ROOTS.get(root.asString())).apply(doc))
                .toList();
        return UndoManager.of(scope, options);
    }

    /// Notes what is said of the documents in a document, and in those.
    private static void hear(Doc doc, List<Any> log) {
        doc.onSubDocs(event -> {
            log.add(Any.obj(Map.of(
                    "on",
                    Any.of("subdocs"),
                    "of",
                    Any.of(doc.guid()),
                    "loaded",
                    guids(event.loaded()),
                    "added",
                    guids(event.added()),
                    "removed",
                    guids(event.removed()))));
            event.added().forEach(subDoc -> {
                hear(subDoc, log);
                subDoc.onDestroy(gone -> log.add(Any.obj(Map.of("on", Any.of("destroy"), "of", Any.of(gone.guid())))));
            });
        });
    }

    private static Any guids(Set<Doc> docs) {
        return Any.list(docs.stream().map(doc -> Any.of(doc.guid())).toList());
    }

    private static Any subDocs(Doc doc) {
        return Any.list(doc.subDocs().stream()
                .map(subDoc -> Any.list(Any.of(subDoc.guid()), Any.of(subDoc.shouldLoad()), Any.of(subDoc.clientId())))
                .toList());
    }

    private static void perform(UndoManager undo, String command) {
        switch (command) {
            case "undo" -> undo.undo();
            case "redo" -> undo.redo();
            case "stopCapturing" -> undo.stopCapturing();
            case "clear" -> undo.clear();
            default -> throw new IllegalArgumentException(command);
        }
    }

    /// Places and moments that are remembered on the way, and looked at in the end.
    private static final class Marks {
        private final Doc doc;
        private final List<RelativePosition> positions = new ArrayList<>();
        private final List<Snapshot> snapshots = new ArrayList<>();

        Marks(Doc doc) {
            this.doc = doc;
        }

        void set(JsonNode mark) {
            if (mark.has("position")) {
                JsonNode told = mark.get("position");
                YType type = typeAt(doc, told.get("path"));
                RelativePosition position = RelativePosition.at(
                        type, told.get("index").asInt(), told.get("assoc").asInt());
                Bytes bytes = position.encode();
                assertThat(Vectors.base64(bytes))
                        .as("%s", told)
                        .isEqualTo(told.get("bytes").asString());
                positions.add(RelativePosition.decode(bytes));
            } else {
                Snapshot snapshot = Snapshot.of(doc);
                Bytes bytes2 = snapshot.encode(UpdateFormat.V2);
                assertThat(Vectors.base64(snapshot.encode()))
                        .isEqualTo(mark.get("snapshot").asString());
                assertThat(Vectors.base64(bytes2))
                        .isEqualTo(mark.get("snapshot2").asString());
                snapshots.add(Snapshot.decode(bytes2, UpdateFormat.V2));
            }
        }

        void check(JsonNode session) {
            for (int i = 0; i < positions.size(); i++) {
                RelativePosition position = positions.get(i);
                assertThat(position.in(doc).map(AbsolutePosition::index))
                        .as("%s", position)
                        .isEqualTo(index(session.get("resolved").get(0).get(i)));
                assertThat(position.in(doc, false).map(AbsolutePosition::index))
                        .as("%s without following", position)
                        .isEqualTo(index(session.get("resolved").get(1).get(i)));
            }
            for (int i = 0; i < snapshots.size(); i++) {
                JsonNode shown = session.get("shown").get(i);
                Doc restored = Tagged.withRoots(new Doc(11, false));
                snapshots.get(i).restore(doc, restored);
                assertThat(Vectors.base64(restored.state()))
                        .as("snapshot %s restored", i)
                        .isEqualTo(shown.get("restored").asString());
                Snapshot before = i == 0 ? null : snapshots.get(i - 1);
                assertThat(Tagged.delta(doc.text("text").toDelta(snapshots.get(i), before, ChangeMark.PLAIN)))
                        .as("text of snapshot %s", i)
                        .isEqualTo(Tagged.expected(shown.get("delta")));
            }
        }
    }

    private static Optional<Integer> index(JsonNode told) {
        return told.isNull() ? Optional.empty() : Optional.of(told.asInt());
    }

    private static List<String> strings(JsonNode array) {
        return Vectors.elements(array).stream().map(JsonNode::asString).toList();
    }

    private static Any tagged(YEvent event) {
        Map<String, Any> tagged = new LinkedHashMap<>(((Any.Obj) TaggedEvents.of(event, true)).values());
        tagged.put(
                "added",
                switch (event) {
                    case YArrayEvent array -> TaggedEvents.units(array.added());
                    case YXmlEvent xml -> TaggedEvents.units(xml.added());
                    case YTextEvent _, YMapEvent _ -> Any.list();
                });
        tagged.put(
                "deleted",
                switch (event) {
                    case YArrayEvent array -> TaggedEvents.units(array.deleted());
                    case YXmlEvent xml -> TaggedEvents.units(xml.deleted());
                    case YTextEvent _, YMapEvent _ -> Any.list();
                });
        return Any.obj(tagged);
    }

    private static void observe(String name, YType root, boolean directly, List<Any> log) {
        Any tag = Any.of(name);
        if (directly) {
            Consumer<YEvent> handler = event -> log.add(Any.obj(Map.of("root", tag, "event", tagged(event))));
            switch (root) {
                case YText text -> text.observe(handler);
                case YArray array -> array.observe(handler);
                case YMap map -> map.observe(handler);
                case YXmlFragment fragment -> fragment.observe(handler);
                case YUntyped _ -> throw new IllegalArgumentException(name);
            }
        }
        root.observeDeep(events -> log.add(Any.obj(Map.of(
                "root",
                tag,
                "events",
                Any.list(events.stream().map(event -> tagged(event)).toList())))));
    }

    /// An observer that edits too.
    private static void echo(Doc doc) {
        YArray array = doc.array("array");
        array.observe(event -> {
            if (Objects.equals(event.transaction().origin(), "echo")) {
                return;
            }
            doc.transact(
                    () -> {
                        doc.text("text").insert(0, "e");
                        doc.map("map").set("a", Any.of(array.length()));
                        if (array.length() > 4) {
                            array.delete(1, 2);
                        }
                    },
                    "echo");
        });
    }

    /// Notes the steps of transactions under the names that they have in Yjs.
    private record Steps(List<Any> log) implements TransactionListener {
        private void note(String name, Transaction transaction) {
            Object origin = transaction.origin() instanceof UndoManager ? "undo" : transaction.origin();
            log.add(Any.obj(Map.of(
                    "on",
                    Any.of(name),
                    "local",
                    Any.of(transaction.isLocal()),
                    "origin",
                    origin == null ? Any.NULL : Any.of((String) origin),
                    "changed",
                    Any.of(transaction.changedTypes().size()))));
        }

        @Override
        public void beforeAllTransactions(Doc doc) {
            log.add(Any.obj(Map.of("on", Any.of("beforeAllTransactions"))));
        }

        @Override
        public void beforeTransaction(Transaction transaction) {
            note("beforeTransaction", transaction);
        }

        @Override
        public void beforeObserverCalls(Transaction transaction) {
            note("beforeObserverCalls", transaction);
        }

        @Override
        public void afterTransaction(Transaction transaction) {
            note("afterTransaction", transaction);
        }

        @Override
        public void afterTransactionCleanup(Transaction transaction) {
            note("afterTransactionCleanup", transaction);
        }

        @Override
        public void afterAllTransactions(Doc doc, List<Transaction> transactions) {
            log.add(Any.obj(Map.of("on", Any.of("afterAllTransactions"))));
        }
    }

    private static void perform(Doc doc, JsonNode edit) {
        String operation = edit.get("op").asString();
        if (edit.has("document")) {
            Doc subDoc = List.copyOf(doc.subDocs()).get(edit.get("document").asInt());
            switch (operation) {
                case "load" -> subDoc.load();
                case "destroy" -> subDoc.destroy();
                case "fill" -> {
                    Doc inner = new Doc(
                            Doc.Options.DEFAULTS.withGuid(edit.get("guid").asString()));
                    subDoc.map("map").set("a", inner);
                }
                default -> throw new IllegalArgumentException(operation);
            }
            return;
        }
        switch (typeAt(doc, edit.get("path"))) {
            case YText text -> performInText(text, edit);
            case YArray array -> {
                switch (operation) {
                    case "insert" -> array.insert(at(edit), values(edit.get("values")));
                    case "push" -> array.push(values(edit.get("values")));
                    case "unshift" -> array.unshift(values(edit.get("values")));
                    case "insertCopy" -> array.insert(at(edit), copy(doc, edit));
                    case "unshiftCopy" -> array.unshift(List.of(YValue.of(copy(doc, edit))));
                    case "delete" -> array.delete(at(edit), edit.get("count").asInt());
                    default -> throw new IllegalArgumentException(operation);
                }
            }
            case YMap map -> {
                switch (operation) {
                    case "set" -> map.set(edit.get("key").asString(), value(edit.get("value")));
                    case "setCopy" -> map.set(edit.get("key").asString(), copy(doc, edit));
                    case "remove" -> map.delete(edit.get("key").asString());
                    case "clear" -> map.clear();
                    default -> throw new IllegalArgumentException(operation);
                }
            }
            case YXmlFragment fragment -> {
                switch (operation) {
                    case "insert" -> fragment.insert(at(edit), nodes(edit.get("values")));
                    case "push" -> fragment.push(nodes(edit.get("values")));
                    case "unshift" -> fragment.unshift(nodes(edit.get("values")));
                    case "insertAfter" -> {
                        int child = edit.get("child").asInt();
                        YType reference = child < 0 ? null : fragment.children().get(child);
                        fragment.insertAfter(reference, nodes(edit.get("values")));
                    }
                    case "insertCopy" -> fragment.insert(at(edit), List.of(copy(doc, edit)));
                    case "unshiftCopy" -> fragment.unshift(List.of(copy(doc, edit)));
                    case "delete" -> fragment.delete(at(edit), edit.get("count").asInt());
                    case "setAttribute" ->
                        ((YXmlElement) fragment)
                                .setAttribute(edit.get("key").asString(), Vectors.any(edit.get("value")));
                    case "removeAttribute" ->
                        ((YXmlElement) fragment).removeAttribute(edit.get("key").asString());
                    default -> throw new IllegalArgumentException(operation);
                }
            }
            default -> throw new IllegalArgumentException("no such type: " + edit.get("path"));
        }
    }

    private static YType copy(Doc doc, JsonNode edit) {
        return typeAt(doc, edit.get("source")).copy();
    }

    private static void performInText(YText text, JsonNode edit) {
        switch (edit.get("op").asString()) {
            case "insert" -> {
                String inserted = edit.get("text").asString();
                if (edit.has("attributes")) {
                    text.insert(at(edit), inserted, Vectors.entries(edit.get("attributes")));
                } else {
                    text.insert(at(edit), inserted);
                }
            }
            case "embed" -> {
                switch (value(edit.get("value"))) {
                    case YValue.Nested(var type) ->
                        text.insertType(at(edit), type, Vectors.entries(edit.get("attributes")));
                    case YValue.Plain(var value) ->
                        text.insertEmbed(at(edit), value, Vectors.entries(edit.get("attributes")));
                    case YValue.SubDoc(var doc) -> throw new IllegalArgumentException(doc.guid());
                }
            }
            case "runs" ->
                text.insert(
                        at(edit),
                        Vectors.elements(edit.get("runs")).stream()
                                .map(run -> new Delta.Text(
                                        run.get("text").asString(), Vectors.entries(run.get("attributes"))))
                                .toList());
            case "delta" ->
                text.applyDelta(
                        Vectors.elements(edit.get("delta")).stream()
                                .map(EditFuzzTest::op)
                                .toList(),
                        edit.get("sanitize").asBoolean());
            case "format" -> text.format(at(edit), edit.get("count").asInt(), Vectors.entries(edit.get("attributes")));
            case "delete" -> text.delete(at(edit), edit.get("count").asInt());
            case "setAttribute" -> text.setAttribute(edit.get("key").asString(), Vectors.any(edit.get("value")));
            case "removeAttribute" -> text.removeAttribute(edit.get("key").asString());
            default -> throw new IllegalArgumentException("no such edit: " + edit);
        }
    }

    private static Delta.Op op(JsonNode told) {
        if (told.has("delete")) {
            return new Delta.Delete(told.get("delete").asInt());
        }
        Map<String, Any> attributes = Vectors.entries(told.get("attributes"));
        if (told.has("retain")) {
            return new Delta.Retain(told.get("retain").asInt(), attributes);
        }
        return switch (Vectors.any(told.get("insert"))) {
            case Any.Str(var text) -> new Delta.Text(text, attributes);
            case Any value -> new Delta.Embed(value, attributes);
        };
    }

    private static int at(JsonNode edit) {
        return edit.get("at").asInt();
    }

    // ---- places

    private static YType typeAt(Doc doc, JsonNode path) {
        YType type = Objects.requireNonNull(ROOTS.get(path.get(0).asString())).apply(doc);
        for (JsonNode step : Vectors.elements(path).subList(1, path.size())) {
            type = step.isString()
                    ? ((YMap) type).type(step.asString()).orElseThrow()
                    : childTypes(type).get(step.asInt());
        }
        return type;
    }

    private static List<YType> childTypes(YType type) {
        return switch (type) {
            case YText text ->
                text.toDelta().stream()
                        .filter(Delta.Type.class::isInstance)
                        .map(run -> ((Delta.Type) run).type())
                        .toList();
            case YArray array ->
                array.values().stream()
                        .filter(YValue.Nested.class::isInstance)
                        .map(value -> ((YValue.Nested) value).type())
                        .toList();
            case YXmlFragment fragment -> fragment.children();
            default -> throw new IllegalArgumentException("a type without children: " + type);
        };
    }

    // ---- values

    private static List<YValue> values(JsonNode told) {
        return Vectors.elements(told).stream().map(EditFuzzTest::value).toList();
    }

    private static List<YType> nodes(JsonNode told) {
        return Vectors.elements(told).stream().map(EditFuzzTest::type).toList();
    }

    private static YValue value(JsonNode told) {
        String kind = told.isObject() ? told.get("$").asString() : "";
        return switch (kind) {
            case "type" -> YValue.of(type(told));
            case "doc" ->
                YValue.of(new Doc(Doc.Options.DEFAULTS
                        .withGuid(told.get("guid").asString())
                        .withGc(told.get("gc").asBoolean())
                        .withMeta(Vectors.any(told.get("meta")))
                        .withAutoLoad(told.get("autoLoad").asBoolean())
                        .withShouldLoad(told.get("shouldLoad").asBoolean())));
            default -> YValue.of(Vectors.any(told));
        };
    }

    private static YType type(JsonNode told) {
        JsonNode content = told.get("v");
        return switch (told.get("k").asString()) {
            case "array" -> {
                YArray array = new YArray();
                array.insert(0, values(content));
                yield array;
            }
            case "map" -> {
                YMap map = new YMap();
                content.forEach(entry -> map.set(entry.get(0).asString(), value(entry.get(1))));
                yield map;
            }
            case "text" -> {
                YText text = new YText();
                text.insert(0, content.asString());
                yield text;
            }
            case "xmltext" -> new YXmlText(content.asString());
            case "xmlelement" -> {
                YXmlElement element = new YXmlElement(told.get("name").asString());
                told.get("attrs")
                        .forEach(entry -> element.setAttribute(entry.get(0).asString(), Vectors.any(entry.get(1))));
                element.insert(0, nodes(content));
                yield element;
            }
            default -> throw new IllegalArgumentException("no such type: " + told);
        };
    }
}
