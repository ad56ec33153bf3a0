package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.List;

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
    private final Doc doc;
    private final StructStore store;
    private final IntList work = new IntList();

    Commit(Doc doc) {
        this.doc = doc;
        this.store = doc.store;
    }

    void finish(Transaction transaction, Shield shield) {
        transaction.commits();
        boolean formattedText = doc.isObserved()
                ? EventDispatch.run(transaction, shield)
                : !transaction.local && TextCleanup.isNeeded(transaction);
        if (formattedText && !transaction.local) {
            TextCleanup.clean(transaction);
        }
        if (transaction.changedAnything() || !transaction.mergeCandidates().isEmpty()) {
            tidy(transaction);
        }
        doc.announce(transaction, shield);
    }

    private void tidy(Transaction transaction) {
        IntMap before = transaction.before;
        int grown = transaction.grown();
        if (transaction.deletedAnything()) {
            List<DeleteSet.Ranges> deletions = transaction.deletions().clients();
            if (doc.collectsGarbage() && transaction.leftGarbage()) {
                for (int i = 0; i < deletions.size(); i++) {
                    collect(deletions.get(i));
                }
            }
            for (int i = 0; i < deletions.size(); i++) {
                mergeAround(deletions.get(i), transaction);
            }
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
            for (int place = structs.find((int) ranges.clock(range)); place != NONE; place = structs.next(place)) {
                int item = structs.get(place);
                if (store.clock(item) >= end) {
                    break;
                }
                if (!store.isGc(item) && store.isDeleted(item) && !store.isKept(item) && doc.mayCollect(item)) {
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

    private void mergeAround(DeleteSet.Ranges ranges, Transaction transaction) {
        ClientStructs structs = structsOf(ranges.client);
        int grownFrom = transaction.grownFrom(structs.index);
        for (int range = ranges.size() - 1; range >= 0; range--) {
            if (ranges.clock(range) >= grownFrom) {
                continue; // what a client grew by is joined as a whole
            }
            int last = structs.find((int) ranges.end(range) - 1);
            int behind = structs.next(last);
            mergeDownTo(structs, behind == NONE ? last : behind, (int) ranges.clock(range));
        }
    }

    private void mergeFrom(ClientStructs structs, int clock) {
        mergeDownTo(structs, structs.last(), store.clock(structs.get(structs.find(clock))));
    }

    /// Joins what will join, from a place on down to the struct that begins with a clock.
    private void mergeDownTo(ClientStructs structs, int from, int clock) {
        int place = from;
        while (place != NONE && store.clock(structs.get(place)) >= clock) {
            place = structs.previous(store.mergeWithLefts(structs, place));
        }
    }

    private void mergeCandidates(IntList candidates) {
        for (int i = candidates.size() - 2; i >= 0; i -= 2) {
            ClientStructs structs = store.client(candidates.get(i));
            int place = structs.find(candidates.get(i + 1));
            int begin = store.clock(structs.get(place));
            int behind = structs.next(place);
            if (behind != NONE) {
                int merged = store.mergeWithLefts(structs, behind);
                if (merged != behind) {
                    place = merged;
                }
            }
            if (store.clock(structs.get(place)) == begin) {
                store.mergeWithLefts(structs, place);
            }
        }
    }
}
