package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
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
        /// Under a key of a map, or as an attribute.
        record Key(String name) implements Step {}

        /// @param position in units that can be seen
        record Index(int position) implements Step {}
    }

    /// Values that one client put into a list at once and side by side, or what is left of them.
    ///
    /// @param id of the first; the others follow it
    public record Item(Id id, List<YValue> values) {
        public Item {
            values = List.copyOf(values);
        }
    }

    /// With more changed items than this, all of a list are looked at.
    private static final int MANY = 32;

    private final YType target;
    private final Transaction transaction;
    private final TypeChange change;
    private YType currentTarget;
    private @Nullable List<Step> path;
    private @Nullable Map<String, KeyChange> keys;
    private @Nullable List<ListOp> listDelta;
    private @Nullable List<Item> added;
    private @Nullable List<Item> deleted;

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

    final List<Item> addedItems() {
        if (added == null) {
            requireComputable();
            added = change.list ? items(item -> !target.store().isDeleted(item) && adds(item)) : List.of();
        }
        return added;
    }

    final List<Item> deletedItems() {
        if (deleted == null) {
            requireComputable();
            deleted = change.list
                    ? items(item -> target.store().isDeleted(item) && deletes(item) && !adds(item))
                    : List.of();
        }
        return deleted;
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
        ListDelta delta = new ListDelta(this);
        IntList changed = target.hasFormatting ? null : changedItems();
        if (changed == null) {
            int steps = 0;
            for (int item = target.first; item != NONE; item = store.right(item), steps++) {
                delta.take(item);
            }
            target.walked(steps);
            return delta.ops();
        }
        int kept = 0;
        int added = 0;
        for (int i = 0; i < changed.size(); i++) {
            int item = changed.get(i);
            int before = target.unitsBefore(item) - added;
            delta.retain(before - kept);
            kept = before;
            delta.take(item);
            if (adds(item) && store.isVisible(item)) {
                added += store.length(item);
            }
        }
        return delta.ops();
    }

    private List<Item> items(IntPredicate wanted) {
        List<Item> items = new ArrayList<>();
        IntList changed = target.hasFormatting ? null : changedItems();
        if (changed == null) {
            StructStore store = target.store();
            int steps = 0;
            for (int item = target.first; item != NONE; item = store.right(item), steps++) {
                addItem(items, item, wanted);
            }
            target.walked(steps);
        } else {
            for (int i = 0; i < changed.size(); i++) {
                addItem(items, changed.get(i), wanted);
            }
        }
        return List.copyOf(items);
    }

    private void addItem(List<Item> items, int item, IntPredicate wanted) {
        StructStore store = target.store();
        if (Content.isCountable(store.kind(item)) && wanted.test(item)) {
            List<YValue> values = new ArrayList<>();
            for (int unit = 0; unit < store.length(item); unit++) {
                values.add(YValue.at(store, item, unit));
            }
            items.add(new Item(new Id(store.client(store.clientIndex(item)).client, store.clock(item)), values));
        }
    }

    /// What the transaction added to and deleted from the list, in the order of the list; null when it is as well
    /// to look at all items.
    final @Nullable IntList changedItems() {
        PositionIndex index = target.positions;
        if (index == null) {
            return null;
        }
        IntList items = new IntList();
        StructStore store = target.store();
        for (int i = 0; i < transaction.before.size(); i++) {
            ClientStructs structs = store.client(transaction.before.keyAt(i));
            if (!addItems(items, structs, transaction.before.valueAt(i), structs.state, false)) {
                return null;
            }
        }
        for (DeleteSet.Ranges ranges : transaction.deletions().clients()) {
            ClientStructs structs = store.clientOf(ranges.client);
            for (int i = 0; i < ranges.size(); i++) {
                if (!addItems(items, structs, (int) ranges.clock(i), (int) ranges.end(i), true)) {
                    return null;
                }
            }
        }
        items.sort(index::isBefore);
        return items;
    }

    /// @return false when there are too many
    private boolean addItems(IntList items, ClientStructs structs, int begin, int end, boolean onlyOld) {
        StructStore store = target.store();
        for (int place = structs.find(begin); place != NONE; place = structs.next(place)) {
            int item = structs.get(place);
            if (store.clock(item) >= end) {
                break;
            }
            if (store.parent(item) == target.index && store.key(item) == NONE && !(onlyOld && adds(item))) {
                items.add(item);
                if (items.size() > MANY) {
                    return false;
                }
            }
        }
        return true;
    }
}
