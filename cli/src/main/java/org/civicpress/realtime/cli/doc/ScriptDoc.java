package org.civicpress.realtime.cli.doc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.ChangeMark;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.KeyChange;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.Transaction;
import org.civicpress.realtime.crdt.TransactionListener;
import org.civicpress.realtime.crdt.UndoManager;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.YEvent;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A document of a script, and what was heard of it. Confined to its [Script].
final class ScriptDoc {
    final Doc doc;
    final List<Bytes> updates1 = new ArrayList<>();
    final List<Bytes> updates2 = new ArrayList<>();
    final List<Any> events = new ArrayList<>();
    final List<Any> trace = new ArrayList<>();

    @Nullable
    UndoManager undoManager;

    private final List<Snapshot> snapshots = new ArrayList<>();

    ScriptDoc(Doc doc, boolean observe, boolean trace) {
        this.doc = DocOperations.withRoots(doc);
        doc.onUpdate(UpdateFormat.V1, (update, _) -> updates1.add(update));
        doc.onUpdate(UpdateFormat.V2, (update, _) -> updates2.add(update));
        if (observe) {
            doc.rootNames().forEach(this::observe);
        }
        if (trace) {
            trace();
        }
    }

    // ---- events

    private void observe(String name) {
        YType root = Dump.root(doc, name).orElseThrow();
        root.observeDeep(heard -> {
            Map<String, Any> call = new LinkedHashMap<>();
            call.put("root", Any.of(name));
            call.put("evs", Any.list(heard.stream().map(ScriptDoc::event).toList()));
            events.add(new Any.Obj(call));
        });
    }

    private static Any event(YEvent event) {
        Map<String, Any> told = new LinkedHashMap<>();
        told.put("target", Any.of(Dump.kind(event.target())));
        told.put("path", Any.list(event.path().stream().map(ScriptDoc::step).toList()));
        told.put("delta", Dump.delta(event));
        List<Any> keys = new ArrayList<>();
        new TreeMap<>(event.keys()).forEach((key, change) -> keys.add(keyChange(key, change)));
        told.put("keys", Any.list(keys));
        return new Any.Obj(told);
    }

    private static Any step(YEvent.Step step) {
        return switch (step) {
            case YEvent.Step.Key(String name) -> Any.of(name);
            case YEvent.Step.Index(int position) -> Any.of(position);
        };
    }

    private static Any keyChange(String key, KeyChange change) {
        return switch (change) {
            case KeyChange.Added() -> keyChange(key, "add", YValue.of(Any.UNDEFINED));
            case KeyChange.Updated(YValue old) -> keyChange(key, "update", old);
            case KeyChange.Deleted(YValue old) -> keyChange(key, "delete", old);
        };
    }

    private static Any keyChange(String key, String action, YValue oldValue) {
        return Any.list(Any.of(key), Any.of(action), Dump.shallow(oldValue));
    }

    // ---- trace

    private void trace() {
        doc.onTransactions(new TransactionListener() {
            @Override
            public void beforeAllTransactions(Doc traced) {
                note("beforeAllTransactions");
            }

            @Override
            public void beforeTransaction(Transaction transaction) {
                note("beforeTransaction", Any.of(transaction.isLocal()));
            }

            @Override
            public void beforeObserverCalls(Transaction transaction) {
                note("beforeObserverCalls");
            }

            @Override
            public void afterTransaction(Transaction transaction) {
                note("afterTransaction");
            }

            @Override
            public void afterTransactionCleanup(Transaction transaction) {
                note("afterTransactionCleanup");
            }

            @Override
            public void afterAllTransactions(Doc traced, List<Transaction> transactions) {
                note("afterAllTransactions");
            }
        });
        doc.onUpdate(UpdateFormat.V1, (_, _) -> note("update"));
        doc.onUpdate(UpdateFormat.V2, (_, _) -> note("updateV2"));
        doc.onSubDocs(event -> note("subdocs", guids(event.loaded()), guids(event.added()), guids(event.removed())));
    }

    private static Any guids(Set<Doc> docs) {
        return Any.list(docs.stream().map(Doc::guid).sorted().map(Any::of).toList());
    }

    private void note(String event, Any... details) {
        List<Any> noted = new ArrayList<>();
        noted.add(Any.of(event));
        noted.addAll(List.of(details));
        trace.add(Any.list(noted));
    }

    // ---- the past

    void takeSnapshot() {
        snapshots.add(Snapshot.of(doc));
    }

    /// Each snapshot, and of a document that forgets nothing what it was then, and how the text got there from the
    /// one before.
    List<Any> past() {
        List<Any> told = new ArrayList<>();
        Snapshot previous = null;
        for (Snapshot snapshot : snapshots) {
            Map<String, Any> moment = new LinkedHashMap<>();
            moment.put("v1", DocOperations.base64(snapshot.encode(UpdateFormat.V1)));
            moment.put("v2", DocOperations.base64(snapshot.encode(UpdateFormat.V2)));
            if (!doc.collectsGarbage()) {
                moment.put(
                        "restored",
                        DocOperations.base64(
                                DocOperations.restored(snapshot, doc).state()));
                moment.put("delta", Dump.runs(doc.text("text").toDelta(snapshot, previous, ChangeMark.PLAIN)));
            }
            told.add(new Any.Obj(moment));
            previous = snapshot;
        }
        return told;
    }
}
