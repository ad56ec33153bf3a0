package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.Arrays;

/// Undoes (or redoes) one step: first what it deleted is put in again, then what it put in is deleted, the last of
/// it first.
///
/// Source: yjs 13.6 `UndoManager.js#popStackItem`, `Item.js#redoItem`. Confined to its transaction.
final class UndoStep {
    private static final int BLOCKED = -2;

    private final UndoManager manager;
    private final Transaction transaction;
    private final StructStore store;
    private final StackItem step;
    private final IntList toDelete = new IntList();
    private final IntList toRedo = new IntList();
    private final IntSet isToBeRedone = new IntSet();
    private final IntList outwards = new IntList();

    UndoStep(UndoManager manager, Transaction transaction, StackItem step) {
        this.manager = manager;
        this.transaction = transaction;
        this.store = transaction.doc.store;
        this.step = step;
    }

    /// @return whether it had an effect
    boolean run() {
        store.visit(transaction, step.insertions, this::noteInserted);
        store.visit(transaction, step.deletions, this::noteDeleted);
        boolean changed = false;
        for (int i = 0; i < toRedo.size(); i++) {
            changed |= redo(toRedo.get(i)) != NONE;
        }
        for (int i = toDelete.size() - 1; i >= 0; i--) {
            int item = toDelete.get(i);
            if (manager.mayDelete(item)) {
                transaction.delete(item);
                changed = true;
            }
        }
        return changed;
    }

    private void noteInserted(int struct) {
        if (store.isGc(struct)) {
            return;
        }
        int item = struct;
        if (store.isRedone(struct)) {
            int offset = 0;
            while (store.isRedone(item)) {
                int clock = store.redoneClock(item) + offset;
                item = store.find(store.redoneClient(item), clock);
                offset = clock - store.clock(item);
            }
            if (offset > 0) {
                item = store.cleanStart(transaction, store.clientIndex(item), store.clock(item) + offset);
            }
        }
        if (!store.isDeleted(item) && manager.isInScope(item)) {
            toDelete.add(item);
        }
    }

    /// What the same step put in was made and deleted in between, and does not come back.
    private void noteDeleted(int item) {
        if (!store.isGc(item) && manager.isInScope(item) && !isIn(step.insertions, item)) {
            if (!isToBeRedone.contains(item)) {
                isToBeRedone.add(item);
                toRedo.add(item);
            }
        }
    }

    private boolean isIn(DeleteSet ranges, int item) {
        return ranges.contains(store.client(store.clientIndex(item)).client, store.clock(item));
    }

    /// Brings an item back, and before it the types that it stands in, the outermost first.
    ///
    /// @return the copy, or NONE when there is no place for one
    private int redo(int item) {
        outwards.clear();
        int at = item;
        while (!store.isRedone(at)) {
            outwards.add(at);
            int parentItem = store.parentItem(at);
            if (parentItem == NONE || !store.isDeleted(parentItem) || !isToBeRedone.contains(parentItem)) {
                break;
            }
            at = parentItem;
        }
        int copy = store.isRedone(item) ? copyOf(item) : NONE;
        while (!outwards.isEmpty()) {
            copy = redoInParent(outwards.removeLast());
        }
        return copy;
    }

    private int redoInParent(int item) {
        YType parent = store.type(store.parent(item));
        if (parent.isCollected()) {
            return NONE;
        }
        int parentItem = parent.item;
        if (parentItem != NONE && store.isDeleted(parentItem)) {
            if (!store.isRedone(parentItem)) {
                return NONE;
            }
            while (store.isRedone(parentItem)) {
                parentItem = copyOf(parentItem);
            }
            if (!(store.content(parentItem) instanceof YType copy)) {
                return NONE;
            }
            parent = copy;
        }
        int key = store.key(item);
        int left;
        int right = NONE;
        if (key == NONE) {
            left = nearest(store.left(item), parentItem, false);
            right = nearest(item, parentItem, true);
        } else {
            left = entryBefore(item, parent);
            if (left == BLOCKED) {
                return NONE;
            }
            if (left != NONE && store.parentItem(left) != parentItem) {
                left = parent.entry(key);
            }
        }
        int client = store.clientOf(transaction.doc.clientId()).index;
        int clock = store.client(client).state;
        int copy =
                parent.insert(transaction, key, left, right, store.kind(item), contentCopy(item), store.length(item));
        store.setRedone(item, client, clock);
        manager.keep(copy, true);
        return copy;
    }

    /// An item that was brought back, where it is now.
    private int copyOf(int item) {
        return store.cleanStart(transaction, store.redoneClient(item), store.redoneClock(item));
    }

    /// The first item, going outward, that stands in the type of `parentItem`, itself or as a copy; the copy then.
    private int nearest(int from, int parentItem, boolean rightward) {
        for (int item = from; item != NONE; item = rightward ? store.right(item) : store.left(item)) {
            int trace = item;
            while (trace != NONE && (store.isGc(trace) || store.parentItem(trace) != parentItem)) {
                trace = store.isRedone(trace) ? copyOf(trace) : NONE;
            }
            if (trace != NONE) {
                return trace;
            }
        }
        return NONE;
    }

    /// The newest item of the same key, behind which the copy of an entry is put.
    ///
    /// @return BLOCKED when somebody else has overwritten the entry
    private int entryBefore(int item, YType parent) {
        if (store.right(item) == NONE || manager.ignoresRemoteMapChanges()) {
            return parent.entry(store.key(item));
        }
        int left = item;
        while (store.right(left) != NONE && isOurs(store.right(left))) {
            left = store.right(left);
            while (store.isRedone(left)) {
                left = copyOf(left);
            }
            if (store.isGc(left)) {
                return BLOCKED;
            }
        }
        return store.right(left) == NONE ? left : BLOCKED;
    }

    private boolean isOurs(int item) {
        return store.isRedone(item)
                || isIn(step.insertions, item)
                || manager.isDeletedByAnyStep(store.client(store.clientIndex(item)).client, store.clock(item));
    }

    /// A type comes back empty; what stood in it is put in again by itself. A document comes back as another one
    /// of the same guid.
    private Object contentCopy(int item) {
        return switch (store.content(item)) {
            case YType type -> YType.of(type.typeRef());
            case LazyDoc subDoc -> subDoc.again(subDoc.options().autoLoad());
            case byte[] encoded when store.kind(item) == Content.ANY -> encoded;
            case byte[] ascii -> TextContent.slice(ascii, 0, store.length(item));
            case char[] text -> TextContent.slice(text, 0, store.length(item));
            case Any[] values -> Arrays.copyOf(values, store.length(item));
            case Object content -> content;
        };
    }
}
