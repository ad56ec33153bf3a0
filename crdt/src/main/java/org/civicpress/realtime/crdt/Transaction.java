package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Edits that belong together: what they added, deleted and touched, until [Commit] is done with them. Not to be
/// kept beyond the call that it came with. Confined to its [Doc].
public final class Transaction {
    private static final int MOST_KEPT = 256;

    final Doc doc;
    /// Of its document's transactions, from 1 on; all that refer to a transaction while it runs note its number.
    long number;

    @Nullable
    Object origin;
    /// Made here, not received.
    boolean local;

    /// The state before this transaction of each client that grew since: client index to clock.
    final IntMap before = new IntMap();
    /// The types whose list or entries changed, in order of first change; only those whose [YType#changedIn] is
    /// this transaction count.
    final List<YType> changedTypes = new ArrayList<>(2);

    private final StructStore store;
    /// Three ints each: client index, clock, length. No unit is deleted twice.
    private final IntList deleted = new IntList();

    private final DeleteSet deletions = new DeleteSet();
    /// Are the deletions those of `deleted`?
    private boolean collected = true;
    /// Two ints each: client index and clock of structs that may be joined with their neighbours again.
    private final IntList mergeLater = new IntList();

    private final IntList work = new IntList();
    private boolean leftGarbage;
    private @Nullable SubDocsEvent subDocs;

    /// How many clients had grown when the edits ended, and their states then; null while edits are made, and for
    /// good when nobody observes the document.
    private @Nullable IntList statesAtEnd;
    /// How many clients had grown when the commit began; the growth since is of later transactions.
    private int grown = NONE;
    /// Are the observers being called?
    private boolean observed;
    /// May somebody outside hold it?
    private boolean shown;

    Transaction(Doc doc) {
        this.doc = doc;
        this.store = doc.store;
    }

    /// To be called before anything else; what it was used for before is forgotten.
    void begin(long itsNumber, @Nullable Object by, boolean isLocal) {
        number = itsNumber;
        origin = by;
        local = isLocal;
        before.clear();
        changedTypes.clear();
        deleted.clear();
        deletions.clear();
        collected = true;
        mergeLater.clear();
        leftGarbage = false;
        grown = NONE;
    }

    /// To be called before it is handed to somebody who may keep it.
    void shown() {
        shown = true;
    }

    /// Can it begin anew when it is committed? A large one is not worth the memory that it holds meanwhile.
    boolean isReusable() {
        return !shown
                && before.size() <= MOST_KEPT
                && changedTypes.size() <= MOST_KEPT
                && deleted.size() <= MOST_KEPT
                && mergeLater.size() <= MOST_KEPT;
    }

    /// The document that was edited.
    public Doc doc() {
        return doc;
    }

    /// Who edited, as given to [Doc#transact] or [Doc#apply]; null for an edit without a transaction around it,
    /// and for what the document does by itself.
    public @Nullable Object origin() {
        return origin;
    }

    /// Were the edits made here, not received?
    public boolean isLocal() {
        return local;
    }

    /// The types that changed, in the order of their first change. Those that the transaction made are new, not
    /// changed, and those that it deleted are not among them.
    public Set<YType> changedTypes() {
        Set<YType> types = new LinkedHashSet<>(changedTypes);
        if (statesAtEnd == null) {
            types.removeIf(type -> type.changedIn != number);
        }
        return Collections.unmodifiableSet(types);
    }

    /// The units that came in, of each client those that follow each other. While a transaction is committed, later
    /// ones may have begun; what they brought counts too.
    public List<IdRange> inserted() {
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < grown(); i++) {
            ClientStructs structs = store.client(before.keyAt(i));
            int clock = before.valueAt(i);
            ranges.add(new IdRange(structs.client, clock, structs.state - clock));
        }
        return List.copyOf(ranges);
    }

    /// The units that were deleted: clients in the order of their first deletion, of each the ranges in ascending
    /// order.
    public List<IdRange> deleted() {
        return IdRange.of(deletions().clients());
    }

    /// To be called when the edits have ended and somebody observes the document. Later transactions may touch
    /// the same clients and types while this one is committed.
    void end() {
        shown = true;
        if (statesAtEnd == null) {
            IntList states = new IntList();
            for (int i = 0; i < before.size(); i++) {
                states.add(store.client(before.keyAt(i)).state);
            }
            statesAtEnd = states;
            changedTypes.removeIf(type -> type.changedIn != number);
        }
    }

    int grownUntilEnd() {
        return statesAtEnd == null ? before.size() : statesAtEnd.size();
    }

    /// The state at the end of the edits of the client that grew as `position`-th.
    int stateAtEnd(int position) {
        return statesAtEnd == null ? store.client(before.keyAt(position)).state : statesAtEnd.get(position);
    }

    /// To be called when the commit begins.
    void commits() {
        grown = before.size();
    }

    /// How many clients grew until the commit began.
    int grown() {
        return grown == NONE ? before.size() : grown;
    }

    /// Did a client grow until the commit began?
    boolean grew(int client) {
        for (int i = 0; i < grown(); i++) {
            if (before.keyAt(i) == client) {
                return true;
            }
        }
        return false;
    }

    /// From which clock on a client grew until the commit began; beyond all when it did not.
    int grownFrom(int client) {
        boolean grew = grown() == before.size() ? before.get(client) != IntMap.NONE : grew(client);
        return grew ? before.get(client) : Integer.MAX_VALUE;
    }

    boolean isObserved() {
        return observed;
    }

    void observed(boolean now) {
        observed = now;
    }

    /// To be called before a client gets another struct.
    void willGrow(int client) {
        doc.willGrow(client);
    }

    void remember(int client, int state) {
        if (before.get(client) == IntMap.NONE) {
            before.put(client, state);
        }
    }

    /// The state of a client when this transaction began.
    int stateBefore(int client) {
        int clock = before.get(client);
        return clock == IntMap.NONE ? store.client(client).state : clock;
    }

    boolean changedAnything() {
        return grown() > 0 || !deleted.isEmpty();
    }

    /// Was anything deleted that still has its content? What came as deleted has none.
    boolean leftGarbage() {
        return leftGarbage;
    }

    boolean deletedAnything() {
        return !deleted.isEmpty();
    }

    /// A type whose own item is of this transaction, or deleted, does not count as changed.
    void changed(YType type) {
        if (type.changedIn != number
                && !type.isDeleted()
                && (type.item == NONE || store.clock(type.item) < stateBefore(store.clientIndex(type.item)))) {
            type.changedIn = number;
            changedTypes.add(type);
        }
    }

    void mergeLater(int client, int clock) {
        mergeLater.add(client);
        mergeLater.add(clock);
    }

    IntList mergeCandidates() {
        return mergeLater;
    }

    /// What is noted about documents in the document.
    SubDocsEvent subDocs() {
        if (subDocs == null) {
            shown = true;
            subDocs = new SubDocsEvent(this);
        }
        return subDocs;
    }

    @Nullable
    SubDocsEvent subDocsOrNull() {
        return subDocs;
    }

    void addDeletion(int item) {
        collected = false;
        deleted.add(store.clientIndex(item));
        deleted.add(store.clock(item));
        deleted.add(store.length(item));
    }

    /// Marks an item deleted, and with it all that its content holds. Nothing happens when it was.
    void delete(int item) {
        if (store.isDeleted(item)) {
            return;
        }
        deleteOne(item);
        if (store.kind(item) == Content.TYPE) {
            deleteContent(item);
        }
    }

    private void deleteOne(int item) {
        YType parent = store.type(store.parent(item));
        if (store.key(item) == NONE && store.isVisible(item)) {
            parent.length -= store.length(item);
        }
        store.markDeleted(item);
        leftGarbage = true;
        if (parent.positions != null && store.key(item) == NONE) {
            parent.positions.deleted(item);
        }
        addDeletion(item);
        changed(parent);
        if (store.content(item) instanceof LazyDoc subDoc) {
            subDoc.delete(this);
        }
    }

    /// Types inside types to any depth, without recursion.
    private void deleteContent(int typeItem) {
        int floor = work.size();
        pushChildren(typeItem);
        while (work.size() > floor) {
            int item = work.removeLast();
            if (!store.isDeleted(item)) {
                deleteOne(item);
                if (store.kind(item) == Content.TYPE) {
                    pushChildren(item);
                }
            } else if (store.clock(item) < stateBefore(store.clientIndex(item))) {
                // Deleted long ago, so no range of this transaction leads there; it may join what is deleted now.
                mergeLater(store.clientIndex(item), store.clock(item));
            }
        }
    }

    /// On the stack so that the first child is on top.
    private void pushChildren(int typeItem) {
        YType type = (YType) store.content(typeItem);
        type.changedIn = 0;
        for (int i = type.entryCount() - 1; i >= 0; i--) {
            work.add(type.entryAt(i));
        }
        int last = NONE;
        for (int item = type.first; item != NONE; item = store.right(item)) {
            last = item;
        }
        for (int item = last; item != NONE; item = store.left(item)) {
            work.add(item);
        }
    }

    /// What was deleted, each client's ranges sorted and fused. Clients are in the order of their first deletion,
    /// in which [TextCleanup] visits them.
    DeleteSet deletions() {
        if (!collected) {
            collect();
        }
        return deletions;
    }

    private void collect() {
        collected = true;
        deletions.clear();
        int count = deleted.size() / 3;
        if (count == 1) {
            deletions.add(store.client(deleted.get(0)).client, deleted.get(1), deleted.get(2));
            return;
        }
        for (int i = 0; i < count; i++) {
            deletions.of(store.client(deleted.get(i * 3)).client);
        }
        // Ranges never overlap, so their sorted beginnings and their sorted ends belong together one by one.
        long[] begins = new long[count];
        long[] ends = new long[count];
        for (int i = 0; i < count; i++) {
            long client = (long) deleted.get(i * 3) << 32;
            begins[i] = client | deleted.get(i * 3 + 1);
            ends[i] = begins[i] + deleted.get(i * 3 + 2);
        }
        Arrays.sort(begins);
        Arrays.sort(ends);
        for (int i = 0; i < count; i++) {
            int last = i;
            while (last + 1 < count && begins[last + 1] == ends[last]) {
                last++;
            }
            deletions.add(store.client((int) (begins[i] >>> 32)).client, (int) begins[i], ends[last] - begins[i]);
            i = last;
        }
    }
}
