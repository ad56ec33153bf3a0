package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a transaction did to one type. The same event goes to all who observe the type or something above it.
///
/// What changed is computed when it is first asked for, and then remembered. It can only be computed while the
/// observers of the transaction are called, because afterwards what was deleted is collected; later it throws
/// [IllegalStateException].
///
/// Source: yjs 13.6 `YEvent.js`. Confined to its [Doc].
public abstract sealed class YEvent permits YArrayEvent, YMapEvent, YTextEvent, YXmlEvent {
    /// One step on the way from a type to one that is inside it.
    public sealed interface Step {
        record Key(String name) implements Step {}

        /// @param position in units that can be seen
        record Index(int position) implements Step {}
    }

    private final YType target;
    private final Transaction transaction;
    private final TypeChange change;
    private YType currentTarget;
    private @Nullable List<Step> path;
    private @Nullable Map<String, KeyChange> keys;
    private @Nullable List<ListOp> listDelta;

    YEvent(YType target, Transaction transaction, TypeChange change) {
        this.target = target;
        this.currentTarget = target;
        this.transaction = transaction;
        this.change = change;
    }

    /// The type that changed.
    public YType target() {
        return target;
    }

    /// The type whose observers are called now: the target or one above it.
    public final YType currentTarget() {
        return currentTarget;
    }

    /// The transaction that changed it.
    public final Transaction transaction() {
        return transaction;
    }

    /// The way from the current target to the target.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public final List<Step> path() {
        if (path == null) {
            requireComputable();
            path = computePath();
        }
        return path;
    }

    /// What happened under each key (of a map) or to each attribute. A key that is as it was is not among them.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public final Map<String, KeyChange> keys() {
        if (keys == null) {
            requireComputable();
            keys = Collections.unmodifiableMap(computeKeys());
        }
        return keys;
    }

    final List<ListOp> listDelta() {
        if (listDelta == null) {
            requireComputable();
            listDelta = change.list ? List.copyOf(computeListDelta()) : List.of();
        }
        return listDelta;
    }

    final boolean listChanged() {
        return change.list;
    }

    final Set<String> changedKeys() {
        return Collections.unmodifiableSet(change.keys);
    }

    final void requireComputable() {
        if (!transaction.isObserved()) {
            throw new IllegalStateException("changes cannot be computed after the observers were called");
        }
    }

    /// Was it made by this transaction (or one that began later)?
    final boolean adds(int item) {
        StructStore store = target.store();
        return store.clock(item) >= transaction.stateBefore(store.clientIndex(item));
    }

    final boolean deletes(int item) {
        StructStore store = target.store();
        return transaction.deletions().contains(store.client(store.clientIndex(item)).client, store.clock(item));
    }

    /// To be called before the observers of a type above the target.
    void climbTo(YType ancestor) {
        currentTarget = ancestor;
        path = null;
    }

    /// How many steps [#path] has.
    int depth() {
        StructStore store = target.store();
        int depth = 0;
        for (YType type = target; type.item != NONE && type != currentTarget; depth++) {
            type = store.type(store.parent(type.item));
        }
        return depth;
    }

    private List<Step> computePath() {
        StructStore store = target.store();
        LinkedList<Step> steps = new LinkedList<>();
        for (YType type = target; type.item != NONE && type != currentTarget; ) {
            YType parent = store.type(store.parent(type.item));
            int key = store.key(type.item);
            if (key != NONE) {
                steps.addFirst(new Step.Key(store.keyName(key)));
            } else {
                steps.addFirst(new Step.Index(parent.unitsBefore(type.item)));
            }
            type = parent;
        }
        return List.copyOf(steps);
    }

    private Map<String, KeyChange> computeKeys() {
        Map<String, KeyChange> changes = new LinkedHashMap<>();
        StructStore store = target.store();
        for (String name : change.keys) {
            KeyChange happened = keyChange(store, target.entry(store.knownKey(name)));
            if (happened != null) {
                changes.put(name, happened);
            }
        }
        return changes;
    }

    private @Nullable KeyChange keyChange(StructStore store, int entry) {
        if (!adds(entry)) {
            return deletes(entry) ? new KeyChange.Deleted(lastValue(store, entry)) : null;
        }
        int previous = store.left(entry);
        while (previous != NONE && adds(previous)) {
            previous = store.left(previous);
        }
        boolean hadValue = previous != NONE && deletes(previous);
        if (deletes(entry)) {
            return hadValue ? new KeyChange.Deleted(lastValue(store, previous)) : null;
        }
        return hadValue ? new KeyChange.Updated(lastValue(store, previous)) : new KeyChange.Added();
    }

    private static YValue lastValue(StructStore store, int item) {
        boolean gone = !Content.isCountable(store.kind(item));
        return gone ? YValue.of(Any.UNDEFINED) : YValue.at(store, item, store.length(item) - 1);
    }

    private List<ListOp> computeListDelta() {
        StructStore store = target.store();
        List<ListOp> ops = new ArrayList<>();
        List<YValue> inserted = new ArrayList<>();
        int retained = 0;
        int deleted = 0;
        for (int item = target.first; item != NONE; item = store.right(item)) {
            if (store.isDeleted(item)) {
                if (deletes(item) && !adds(item)) {
                    retained = flushRetain(ops, retained);
                    flushInsert(ops, inserted);
                    deleted += store.length(item);
                }
            } else if (adds(item)) {
                retained = flushRetain(ops, retained);
                deleted = flushDelete(ops, deleted);
                if (store.isVisible(item)) {
                    for (int unit = 0; unit < store.length(item); unit++) {
                        inserted.add(YValue.at(store, item, unit));
                    }
                }
            } else {
                flushInsert(ops, inserted);
                deleted = flushDelete(ops, deleted);
                retained += store.length(item);
            }
        }
        flushInsert(ops, inserted);
        flushDelete(ops, deleted);
        return ops;
    }

    private static int flushRetain(List<ListOp> ops, int units) {
        if (units > 0) {
            ops.add(new ListOp.Retain(units));
        }
        return 0;
    }

    private static int flushDelete(List<ListOp> ops, int units) {
        if (units > 0) {
            ops.add(new ListOp.Delete(units));
        }
        return 0;
    }

    private static void flushInsert(List<ListOp> ops, List<YValue> values) {
        if (!values.isEmpty()) {
            ops.add(new ListOp.Insert(values));
            values.clear();
        }
    }
}
