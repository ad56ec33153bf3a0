package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

/// What is done when a transaction has ended, in the order that decides the bytes.
///
/// 1. Observers of types are called, while what was deleted is still there.
/// 2. Rich text that others changed is put in order (a transaction of its own, committed after this one).
/// 3. What was deleted is collected: its content goes; what stood inside a deleted type becomes Gc.
/// 4. Structs are joined: around what was deleted, at the end of each client that grew, and at each cut.
/// 5. Listeners get the update; so they see what was collected and joined, not what was typed.
///
/// Whatever observers and listeners edit is a later transaction.
///
/// Source: yjs 13.6 `Transaction.js#cleanupTransactions`. Confined to its [Doc].
final class Commit {
    private final StructStore store;
    private final Transaction transaction;
    private final IntList work = new IntList();

    private Commit(Transaction transaction) {
        this.transaction = transaction;
        this.store = transaction.doc.store;
    }

    static void finish(Transaction transaction, Shield shield) {
        transaction.commits();
        Doc doc = transaction.doc;
        boolean formattedText = doc.isObserved()
                ? EventDispatch.run(transaction, shield)
                : !transaction.local && TextCleanup.isNeeded(transaction);
        if (formattedText && !transaction.local) {
            TextCleanup.clean(transaction);
        }
        if (transaction.changedAnything() || !transaction.mergeCandidates().isEmpty()) {
            new Commit(transaction).tidy();
        }
        transaction.changedTypes.forEach(type -> {
            if (type.changedIn == transaction) {
                type.changedIn = null;
            }
        });
        doc.announce(transaction, shield);
    }

    private void tidy() {
        IntMap before = transaction.before;
        int grown = transaction.grown();
        if (transaction.deletedAnything()) {
            DeleteSet deletions = transaction.deletions();
            if (transaction.doc.collectsGarbage()) {
                deletions.clients().forEach(this::collect);
            }
            deletions.clients().forEach(this::mergeAround);
        }
        for (int i = 0; i < grown; i++) {
            mergeFrom(store.client(before.keyAt(i)), before.valueAt(i));
        }
        mergeCandidates(transaction.mergeCandidates());
    }

    private ClientStructs structsOf(long client) {
        return store.clientOf(client);
    }

    private void collect(DeleteSet.Ranges ranges) {
        ClientStructs structs = structsOf(ranges.client);
        for (int range = ranges.size() - 1; range >= 0; range--) {
            long end = ranges.end(range);
            int position = structs.find((int) ranges.clock(range));
            for (; position < structs.size(); position++) {
                int item = structs.get(position);
                if (store.clock(item) >= end) {
                    break;
                }
                if (!store.isGc(item) && store.isDeleted(item) && !store.isKept(item)) {
                    collect(item);
                }
            }
        }
    }

    /// Types inside types to any depth, without recursion.
    private void collect(int item) {
        if (store.kind(item) == Content.TYPE) {
            work.clear();
            takeChildren(item);
            while (!work.isEmpty()) {
                int child = work.removeLast();
                if (store.kind(child) == Content.TYPE) {
                    takeChildren(child);
                }
                store.turnIntoGc(child);
            }
        }
        store.collectContent(item);
    }

    private void takeChildren(int typeItem) {
        YType type = (YType) store.content(typeItem);
        for (int item = type.first; item != NONE; item = store.right(item)) {
            work.add(item);
        }
        for (int i = 0; i < type.entryCount(); i++) {
            for (int item = type.entryAt(i); item != NONE; item = store.left(item)) {
                work.add(item);
            }
        }
        type.collected();
    }

    private void mergeAround(DeleteSet.Ranges ranges) {
        ClientStructs structs = structsOf(ranges.client);
        for (int range = ranges.size() - 1; range >= 0; range--) {
            int position = Math.min(structs.size() - 1, 1 + structs.find((int) ranges.end(range) - 1));
            while (position > 0 && store.clock(structs.get(position)) >= ranges.clock(range)) {
                position -= 1 + store.mergeWithLefts(structs, position);
            }
        }
    }

    private void mergeFrom(ClientStructs structs, int clock) {
        int first = Math.max(structs.find(clock), 1);
        for (int position = structs.size() - 1; position >= first; ) {
            position -= 1 + store.mergeWithLefts(structs, position);
        }
    }

    private void mergeCandidates(IntList candidates) {
        for (int i = candidates.size() - 2; i >= 0; i -= 2) {
            ClientStructs structs = store.client(candidates.get(i));
            int position = structs.find(candidates.get(i + 1));
            if (position + 1 < structs.size() && store.mergeWithLefts(structs, position + 1) > 1) {
                continue;
            }
            if (position > 0) {
                store.mergeWithLefts(structs, position);
            }
        }
    }
}
