package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// Brings an update into a document: every struct after those it refers to, then the deletions. What refers to
/// something that has not come is held, and tried again when it has.
///
/// # The order
///
/// Clients are taken with the highest id first, each client's structs in their order. A struct that needs another
/// client's struct waits on a stack while that client's next one is taken. When there is none, the whole stack is
/// held, each client from its first waiting struct on. The order of structs of different clients decides nothing
/// about the document, but it decides which structs are held together, and so the bytes.
///
/// Source: yjs 13.6 `encoding.js#integrateStructs`, `DeleteSet.js#readAndApplyDeleteSet`. Confined to its [Doc].
final class Integrator {
    /// A run over more blocks than this is not used again.
    private static final int MOST_SPARE = 64;

    private final Doc doc;
    private final StructStore store;
    private final Yata yata;

    /// Structs that wait for others, and from which clock on those others are missing.
    private @Nullable DecodedUpdate heldStructs;

    private Map<Long, Long> missing = Map.of();
    /// Deletions of units that have not come.
    private @Nullable DeleteSet heldDeletions;
    /// Did part of the last update have to be held?
    private boolean heldLast;
    /// To be used for the next update, unless one is under way with it.
    private @Nullable Run spare;

    Integrator(Doc doc, Yata yata) {
        this.doc = doc;
        this.store = doc.store;
        this.yata = yata;
    }

    boolean holdsAnything() {
        return holdsStructs() || holdsDeletions();
    }

    boolean holdsStructs() {
        return heldStructs != null;
    }

    boolean holdsDeletions() {
        return heldDeletions != null;
    }

    boolean heldLast() {
        return heldLast;
    }

    /// Refuses what a document cannot hold, before anything is touched.
    ///
    /// @param clients how many have edited the document so far
    /// @throws MalformedBytesException when a client's clock would pass 2^31 - 1, or clients would be too many
    static void check(DecodedUpdate update, int clients) {
        if (update.blocks > StructStore.MOST_CLIENTS - clients) {
            throw new MalformedBytesException("more than " + StructStore.MOST_CLIENTS + " clients", 0);
        }
        for (int i = 0; i < update.size; i++) {
            if (update.clock[i] + update.length[i] > Integer.MAX_VALUE) {
                throw new MalformedBytesException("a clock above 2^31 - 1 in struct " + i, 0);
            }
        }
    }

    /// @return whether the structs were all new and nothing had to be held or could be taken from what was
    boolean apply(Transaction transaction, DecodedUpdate update) {
        Run run = spare != null ? spare : new Run(transaction, update);
        spare = null;
        run.begin(transaction, update);
        DecodedUpdate rest = run.integrate();
        boolean retry = false;
        DecodedUpdate held = heldStructs;
        if (held != null) {
            for (Map.Entry<Long, Long> entry : missing.entrySet()) {
                retry |= entry.getValue() < store.state(entry.getKey());
            }
            if (rest != null) {
                run.missing.forEach((client, clock) -> missing.merge(client, clock, Math::min));
                heldStructs = Updates.mergeDecoded(List.of(held, rest)).asReadBack();
            }
        } else if (rest != null) {
            heldStructs = rest;
            missing = run.missing;
        }
        boolean heldBefore = heldDeletions != null;
        DeleteSet unapplied = applyDeletions(transaction, update.deletes);
        boolean heldNow = rest != null || unapplied != null;
        if (heldDeletions != null) {
            DeleteSet still = applyDeletions(transaction, heldDeletions);
            if (unapplied != null && still != null) {
                unapplied.addAll(still);
                unapplied = unapplied.normalised();
            } else if (still != null) {
                unapplied = still;
            }
        }
        heldDeletions = unapplied;
        if (retry) {
            DecodedUpdate again = java.util.Objects.requireNonNull(heldStructs);
            heldStructs = null;
            missing = Map.of();
            apply(transaction, again);
        }
        heldLast = heldNow;
        spare = update.blocks <= MOST_SPARE ? run : null;
        return run.allNew && rest == null && !retry && !heldBefore && unapplied == null;
    }

    /// What a document holds beyond `known`, held structs and deletions included.
    Bytes stateSince(StateVector known, UpdateFormat format) {
        Bytes integrated = UpdateWriter.write(store, known, format);
        if (!holdsAnything()) {
            return integrated;
        }
        List<DecodedUpdate> parts = new ArrayList<>();
        parts.add(UpdateReader.read(integrated, format));
        if (heldDeletions != null) {
            DecodedUpdate deletions = new DecodedUpdate();
            deletions.deletes.addAll(heldDeletions);
            parts.add(deletions);
        }
        if (heldStructs != null) {
            parts.add(Updates.diffDecoded(heldStructs, known).asReadBack());
        }
        return UpdateWriter.write(Updates.mergeDecoded(parts), format);
    }

    /// @return the ranges beyond what is known of their clients, or null
    private @Nullable DeleteSet applyDeletions(Transaction transaction, DeleteSet deletions) {
        DeleteSet unapplied = null;
        for (DeleteSet.Ranges ranges : deletions.clients()) {
            ClientStructs structs = store.clientOrNull(ranges.client);
            int state = structs == null ? 0 : structs.state;
            for (int i = 0; i < ranges.size(); i++) {
                long clock = ranges.clock(i);
                long end = ranges.end(i);
                if (structs != null && clock < state) {
                    applyDeletion(transaction, structs, (int) clock, (int) Math.min(end, state));
                }
                if (end > state) {
                    if (unapplied == null) {
                        unapplied = new DeleteSet();
                    }
                    long begin = Math.max(clock, state);
                    unapplied.add(ranges.client, begin, end - begin);
                }
            }
        }
        return unapplied;
    }

    private void applyDeletion(Transaction transaction, ClientStructs structs, int clock, int end) {
        int place = structs.find(clock);
        int item = structs.get(place);
        if (store.clock(item) < clock && !store.isDeleted(item)) {
            place = store.split(transaction, structs, place, clock - store.clock(item));
        }
        for (; place != NONE; place = structs.next(place)) {
            item = structs.get(place);
            if (store.clock(item) >= end) {
                structs.expectFrom(place); // the next deletion is behind it
                return;
            }
            if (!store.isDeleted(item)) {
                if (end < store.end(item)) {
                    place = structs.previous(store.split(transaction, structs, place, end - store.clock(item)));
                }
                transaction.delete(item);
            }
        }
    }

    /// The structs of one update on their way in.
    private final class Run {
        private Transaction transaction;
        private DecodedUpdate update;
        Map<Long, Long> missing = Map.of();
        boolean allNew;

        /// Blocks to be taken, the lowest client first; taken from the end.
        private int[] order = {0};

        private int ordered;
        /// Per block: the next struct to take.
        private int[] next = {0};
        /// Per block: from which struct on it is held; -1 when it is not.
        private int[] heldFrom = {0};

        private @Nullable Map<Long, Integer> blockOf;
        private final IntList waiting = new IntList();
        private final IntList waitingBlocks = new IntList();

        Run(Transaction transaction, DecodedUpdate update) {
            this.transaction = transaction;
            this.update = update;
        }

        void begin(Transaction into, DecodedUpdate what) {
            transaction = into;
            update = what;
            missing = Map.of();
            allNew = true;
            blockOf = null;
            int blocks = update.blocks;
            if (blocks > next.length) {
                next = new int[blocks];
                heldFrom = new int[blocks];
                order = new int[blocks];
            }
            ordered = 0;
            for (int block = 0; block < blocks; block++) {
                next[block] = update.begin(block);
                heldFrom[block] = -1;
            }
            if (blocks == 1) {
                order[0] = 0;
                ordered = 1;
            } else if (blocks > 1) {
                arrange(blocks);
            }
        }

        private void arrange(int blocks) {
            Map<Long, Integer> byClient = new HashMap<>(blocks * 2);
            for (int block = 0; block < blocks; block++) {
                // A client that comes twice: Yjs keeps the block that came last.
                byClient.put(update.blockClient[block], block);
            }
            blockOf = byClient;
            long[] clients =
                    byClient.keySet().stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(clients);
            for (long client : clients) {
                order[ordered++] = java.util.Objects.requireNonNull(byClient.get(client));
            }
            if (ordered < blocks) {
                allNew = false;
            }
        }

        private int blockOf(long client) {
            if (blockOf == null) {
                return update.blocks == 1 && update.blockClient[0] == client ? 0 : -1;
            }
            Integer block = blockOf.get(client);
            return block == null ? -1 : block;
        }

        /// @return what has to be held, or null
        @Nullable
        DecodedUpdate integrate() {
            int target = nextTarget();
            if (target < 0) {
                return null;
            }
            store.prepareFor(update.size);
            int block = target;
            int struct = next[block]++;
            while (true) {
                int waitFor = update.kind[struct] == Content.SKIP ? skip() : take(struct, block);
                if (waitFor >= 0) {
                    block = waitFor;
                    struct = next[block]++;
                    continue;
                }
                if (!waiting.isEmpty()) {
                    struct = waiting.removeLast();
                    block = waitingBlocks.removeLast();
                } else {
                    if (next[target] == update.end(target)) {
                        target = nextTarget();
                        if (target < 0) {
                            break;
                        }
                    }
                    block = target;
                    struct = next[block]++;
                }
            }
            return rest();
        }

        private int nextTarget() {
            while (ordered > 0 && next[order[ordered - 1]] == update.end(order[ordered - 1])) {
                ordered--;
            }
            return ordered > 0 ? order[ordered - 1] : -1;
        }

        private int skip() {
            allNew = false;
            return -1;
        }

        /// Integrates a struct, or sees that it cannot be.
        ///
        /// @return the block whose next struct has to come first, or -1
        private int take(int struct, int block) {
            ClientStructs structs = store.clientOf(update.blockClient[block]);
            long clock = update.clock[struct];
            if (structs.state < clock) {
                push(struct, block);
                missing(update.blockClient[block], clock - 1);
                hold();
                return -1;
            }
            long lacking = lackingClient(struct, update.blockClient[block]);
            if (lacking != DecodedUpdate.NONE) {
                push(struct, block);
                int other = blockOf(lacking);
                if (other >= 0 && next[other] < update.end(other)) {
                    return other;
                }
                missing(lacking, store.state(lacking));
                hold();
                return -1;
            }
            int offset = (int) (structs.state - clock);
            if (offset > 0) {
                allNew = false;
            }
            if (offset < update.length[struct]) {
                integrate(struct, structs, offset);
            } else {
                cutAtNeighbours(struct);
            }
            return -1;
        }

        /// A struct that is here already still cuts what it names, as in Yjs. The parts are joined again, but a
        /// pair of surrogates that was cut is lost.
        private void cutAtNeighbours(int struct) {
            if (update.originClient[struct] >= 0) {
                int client = store.clientOf(update.originClient[struct]).index;
                store.cleanEnd(transaction, client, (int) update.originClock[struct]);
            }
            if (update.rightClient[struct] >= 0) {
                int client = store.clientOf(update.rightClient[struct]).index;
                store.cleanStart(transaction, client, (int) update.rightClock[struct]);
            }
        }

        private void push(int struct, int block) {
            waiting.add(struct);
            waitingBlocks.add(block);
        }

        private void missing(long client, long clock) {
            if (missing.isEmpty()) {
                missing = new HashMap<>(2);
            }
            missing.merge(client, clock, Math::min);
        }

        /// Whatever waits is held, with all that comes after it in its block.
        private void hold() {
            while (!waiting.isEmpty()) {
                int struct = waiting.removeLast();
                int block = waitingBlocks.removeLast();
                next[block] = update.end(block);
                heldFrom[block] = heldFrom[block] < 0 ? struct : Math.min(heldFrom[block], struct);
            }
        }

        /// The client of the first dependency that is not here, or NONE. A client's own structs come in order.
        private long lackingClient(int struct, long client) {
            long origin = update.originClient[struct];
            if (origin >= 0 && origin != client && update.originClock[struct] >= store.state(origin)) {
                return origin;
            }
            long right = update.rightClient[struct];
            if (right >= 0 && right != client && update.rightClock[struct] >= store.state(right)) {
                return right;
            }
            if (update.parent[struct] instanceof Id(var parentClient, var parentClock)
                    && parentClient != client
                    && parentClock >= store.state(parentClient)) {
                return parentClient;
            }
            return DecodedUpdate.NONE;
        }

        private void integrate(int struct, ClientStructs structs, int offset) {
            int kind = update.kind[struct];
            int clock = (int) update.clock[struct] + offset;
            int length = (int) update.length[struct] - offset;
            if (kind == Content.GC) {
                append(structs, clock, length);
                return;
            }
            int left = NONE;
            int originClient = NONE;
            int originClock = (int) update.originClock[struct];
            if (update.originClient[struct] >= 0) {
                originClient = store.clientOf(update.originClient[struct]).index;
                left = store.cleanEnd(transaction, originClient, originClock);
            }
            int right = NONE;
            int rightClient = NONE;
            int rightClock = (int) update.rightClock[struct];
            if (update.rightClient[struct] >= 0) {
                rightClient = store.clientOf(update.rightClient[struct]).index;
                right = left != NONE && store.isFollowedBy(left, rightClient, rightClock)
                        ? store.right(left)
                        : store.cleanStart(transaction, rightClient, rightClock);
            }
            int parent = NONE;
            int key = NONE;
            if ((left == NONE || !store.isGc(left)) && (right == NONE || !store.isGc(right))) {
                switch (update.parent[struct]) {
                    case String root -> parent = doc.root(root).index;
                    case Id(var parentClient, var parentClock) ->
                        parent = typeAt(store.clientOf(parentClient), (int) parentClock);
                    case null, default -> {
                        int neighbour = left != NONE ? left : right;
                        parent = store.parent(neighbour);
                        key = store.key(neighbour);
                    }
                }
            }
            String keyName = update.key[struct];
            if (keyName != null && parent != NONE) {
                key = store.keyOf(keyName);
            }
            Object content = update.content[struct];
            if (offset > 0) {
                originClient = structs.index;
                originClock = clock - 1;
                left = store.cleanEnd(transaction, originClient, originClock);
                content = Content.right(kind, content, offset, length + offset);
                if (store.isGc(left)) {
                    parent = NONE;
                }
            }
            if (parent == NONE) {
                append(structs, clock, length);
                return;
            }
            int item = store.allocate(
                    kind,
                    structs.index,
                    clock,
                    length,
                    originClient,
                    originClock,
                    rightClient,
                    rightClock,
                    parent,
                    key,
                    content);
            yata.integrate(transaction, item, left, right);
        }

        private int typeAt(ClientStructs structs, int clock) {
            return store.content(store.find(structs.index, clock)) instanceof YType type ? type.index : NONE;
        }

        private void append(ClientStructs structs, int clock, int length) {
            transaction.willGrow(structs.index);
            structs.append(store.allocateGc(structs.index, clock, length));
        }

        private @Nullable DecodedUpdate rest() {
            if (missing.isEmpty()) {
                return null;
            }
            List<Integer> held = new ArrayList<>();
            for (int block = 0; block < update.blocks; block++) {
                if (heldFrom[block] >= 0) {
                    held.add(block);
                }
            }
            held.sort((a, b) -> Long.compare(update.blockClient[b], update.blockClient[a]));
            DecodedUpdate rest = new DecodedUpdate();
            for (int block : held) {
                long client = update.blockClient[block];
                rest.beginBlock(client);
                for (int i = heldFrom[block]; i < update.end(block); i++) {
                    rest.addFrom(update, client, i, 0);
                }
            }
            rest.completeValues();
            return rest;
        }
    }
}
