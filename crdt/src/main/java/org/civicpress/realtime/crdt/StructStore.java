package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.jspecify.annotations.Nullable;

/// All structs of a document.
///
/// # Rows instead of objects
///
/// A struct is a number: a row of eleven ints in one array, and beside it what it carries. So a struct costs 48
/// bytes and its content, a walk from neighbour to neighbour stays in one array, and making one allocates nothing.
/// Rows that were freed are used again.
///
/// | column | meaning |
/// |---|---|
/// | client | whose; in the lowest bits its flags: kind of content, deleted, keep, redone |
/// | clock, length | from which unit on, how many units |
/// | left, right | neighbours in the list, or in the history of a key; [#NONE] at the ends |
/// | origin | the last unit of the left neighbour when it was made (client, clock); client [#NONE] without |
/// | right origin | the first unit of the right neighbour then |
/// | parent | the type it stands in, [#NONE] for a Gc |
/// | key | of a map or an attribute, [#NONE] in a list |
///
/// Clients, types and keys are numbers too, in tables beside the rows. Clocks inside a document are ints: a client
/// can make at most 2^31 - 1 units in one document; [Integrator] refuses more before anything is touched.
///
/// Confined to its [Doc].
final class StructStore {
    static final int NONE = -1;
    /// More clients than this cannot be told apart in a row.
    static final int MOST_CLIENTS = 1 << 23;

    private static final int CLIENT = 0;
    private static final int CLOCK = 1;
    private static final int LENGTH = 2;
    private static final int LEFT = 3;
    private static final int RIGHT = 4;
    private static final int ORIGIN_CLIENT = 5;
    private static final int ORIGIN_CLOCK = 6;
    private static final int RIGHT_CLIENT = 7;
    private static final int RIGHT_CLOCK = 8;
    private static final int PARENT = 9;
    private static final int KEY = 10;
    private static final int COLUMNS = 11;

    /// The client stands above its item's flags.
    private static final int CLIENT_SHIFT = 8;

    private static final int FLAGS = 0xff;
    private static final int KIND = 0xf;
    private static final int DELETED = 0x10;
    private static final int KEEP = 0x20;
    private static final int REDONE = 0x40;

    private int[] rows = new int[8 * COLUMNS];
    private Object[] contents = new Object[8];
    /// Beside each item of an indexed list, its leaf; null while no list is indexed.
    private PositionIndex.@Nullable Node @Nullable [] leaves;

    private int used;
    /// The first free row; the next one stands in its column LEFT.
    private int free = NONE;

    /// Of the few items that an undo brought back: where their copies are, client index and clock in one long.
    private final Map<Integer, Long> redone = new HashMap<>(0);

    private ClientStructs[] clients = new ClientStructs[1];
    private int clientCount;
    /// Which was asked for last: it will be asked for again.
    private @Nullable ClientStructs recent;
    private final Map<Long, ClientStructs> byClient = new HashMap<>(4);
    /// The same, highest client id first: the order in which everything is written.
    private final List<ClientStructs> descending = new ArrayList<>(2);

    private final ByteWriter writer = new ByteWriter();

    private final List<@Nullable YType> types = new ArrayList<>(4);
    private final Names keys = new Names();

    // ---- columns

    int clientIndex(int item) {
        return rows[item * COLUMNS + CLIENT] >>> CLIENT_SHIFT;
    }

    int clock(int item) {
        return rows[item * COLUMNS + CLOCK];
    }

    int length(int item) {
        return rows[item * COLUMNS + LENGTH];
    }

    int end(int item) {
        int row = item * COLUMNS;
        return rows[row + CLOCK] + rows[row + LENGTH];
    }

    int left(int item) {
        return rows[item * COLUMNS + LEFT];
    }

    int right(int item) {
        return rows[item * COLUMNS + RIGHT];
    }

    void setLeft(int item, int left) {
        rows[item * COLUMNS + LEFT] = left;
    }

    void setRight(int item, int right) {
        rows[item * COLUMNS + RIGHT] = right;
    }

    int originClient(int item) {
        return rows[item * COLUMNS + ORIGIN_CLIENT];
    }

    int originClock(int item) {
        return rows[item * COLUMNS + ORIGIN_CLOCK];
    }

    int rightOriginClient(int item) {
        return rows[item * COLUMNS + RIGHT_CLIENT];
    }

    int rightOriginClock(int item) {
        return rows[item * COLUMNS + RIGHT_CLOCK];
    }

    int parent(int item) {
        return rows[item * COLUMNS + PARENT];
    }

    /// The item that holds the type that an item stands in; NONE when that is a root.
    int parentItem(int item) {
        return type(parent(item)).item;
    }

    int key(int item) {
        return rows[item * COLUMNS + KEY];
    }

    int kind(int item) {
        return rows[item * COLUMNS + CLIENT] & KIND;
    }

    boolean isGc(int item) {
        return kind(item) == Content.GC;
    }

    /// Gcs count as deleted.
    boolean isDeleted(int item) {
        return (rows[item * COLUMNS + CLIENT] & DELETED) != 0;
    }

    /// Does it stand for something that can be seen and counted now?
    boolean isVisible(int item) {
        int flags = rows[item * COLUMNS + CLIENT];
        return (flags & DELETED) == 0 && Content.isCountable(flags & KIND);
    }

    boolean isKept(int item) {
        return (rows[item * COLUMNS + CLIENT] & KEEP) != 0;
    }

    void setKept(int item, boolean kept) {
        if (kept) {
            rows[item * COLUMNS + CLIENT] |= KEEP;
        } else {
            rows[item * COLUMNS + CLIENT] &= ~KEEP;
        }
    }

    /// Was it deleted and then brought back by an undo, as a copy? It is not joined with others any more.
    boolean isRedone(int item) {
        return (rows[item * COLUMNS + CLIENT] & REDONE) != 0;
    }

    void setRedone(int item, int client, int clock) {
        rows[item * COLUMNS + CLIENT] |= REDONE;
        redone.put(item, (long) client << 32 | clock);
    }

    int redoneClient(int item) {
        return (int) (java.util.Objects.requireNonNull(redone.get(item)) >>> 32);
    }

    int redoneClock(int item) {
        return (int) (long) java.util.Objects.requireNonNull(redone.get(item));
    }

    void markDeleted(int item) {
        changed(item);
        rows[item * COLUMNS + CLIENT] |= DELETED;
    }

    Object content(int item) {
        return contents[item];
    }

    PositionIndex.Node leaf(int item) {
        return java.util.Objects.requireNonNull(java.util.Objects.requireNonNull(leaves)[item]);
    }

    void setLeaf(int item, PositionIndex.Node leaf) {
        java.util.Objects.requireNonNull(leaves)[item] = leaf;
    }

    /// To be called before an index is made.
    void indexItems() {
        if (leaves == null) {
            leaves = new PositionIndex.Node[contents.length];
        }
    }

    /// The index of the list that an item stands in, or null.
    private @Nullable PositionIndex positions(int item) {
        return leaves == null || key(item) != NONE || isGc(item) ? null : type(parent(item)).positions;
    }

    /// Puts another content of the same kind and length in place.
    void setContent(int item, Object content) {
        changed(item);
        contents[item] = content;
    }

    /// Both ids are there and the same, or both are absent.
    boolean sameOrigin(int a, int b) {
        int rowA = a * COLUMNS;
        int rowB = b * COLUMNS;
        return rows[rowA + ORIGIN_CLIENT] == rows[rowB + ORIGIN_CLIENT]
                && (rows[rowA + ORIGIN_CLIENT] == NONE || rows[rowA + ORIGIN_CLOCK] == rows[rowB + ORIGIN_CLOCK]);
    }

    boolean sameRightOrigin(int a, int b) {
        int rowA = a * COLUMNS;
        int rowB = b * COLUMNS;
        return rows[rowA + RIGHT_CLIENT] == rows[rowB + RIGHT_CLIENT]
                && (rows[rowA + RIGHT_CLIENT] == NONE || rows[rowA + RIGHT_CLOCK] == rows[rowB + RIGHT_CLOCK]);
    }

    private void changed(int item) {
        clients[clientIndex(item)].changed(clock(item));
    }

    // ---- rows

    /// A row that is nowhere linked yet.
    int allocate(
            int kind,
            int client,
            int clock,
            int length,
            int originClient,
            int originClock,
            int rightClient,
            int rightClock,
            int parent,
            int key,
            Object content) {
        int item = free;
        if (item != NONE) {
            free = rows[item * COLUMNS + LEFT];
        } else {
            if (used == contents.length) {
                reserve(grown());
            }
            item = used++;
        }
        int row = item * COLUMNS;
        rows[row + CLIENT] = client << CLIENT_SHIFT | (kind == Content.GC ? DELETED : kind);
        rows[row + CLOCK] = clock;
        rows[row + LENGTH] = length;
        rows[row + LEFT] = NONE;
        rows[row + RIGHT] = NONE;
        rows[row + ORIGIN_CLIENT] = originClient;
        rows[row + ORIGIN_CLOCK] = originClock;
        rows[row + RIGHT_CLIENT] = rightClient;
        rows[row + RIGHT_CLOCK] = rightClock;
        rows[row + PARENT] = parent;
        rows[row + KEY] = key;
        contents[item] = content;
        return item;
    }

    int allocateGc(int client, int clock, int length) {
        return allocate(Content.GC, client, clock, length, NONE, 0, NONE, 0, NONE, NONE, Content.NOTHING);
    }

    private void release(int item) {
        contents[item] = Content.NOTHING;
        if (leaves != null) {
            leaves[item] = null;
        }
        rows[item * COLUMNS + LEFT] = free;
        free = item;
    }

    /// Room for so many more rows, so that loading does not grow step by step. What is loaded first gets just what
    /// it needs.
    void prepareFor(int more) {
        int needed = used + more;
        if (needed > contents.length) {
            reserve(used == 0 ? needed : Math.max(needed, grown()));
        }
    }

    private int grown() {
        return used + (used >> 1) + 8;
    }

    private void reserve(int capacity) {
        rows = Arrays.copyOf(rows, Math.multiplyExact(capacity, COLUMNS));
        contents = Arrays.copyOf(contents, capacity);
        if (leaves != null) {
            leaves = Arrays.copyOf(leaves, capacity);
        }
    }

    /// Gives back room that is not used. A document that was loaded stays as small as it is until it is edited.
    void trim() {
        if (contents.length > used + 8) {
            rows = Arrays.copyOf(rows, used * COLUMNS);
            contents = Arrays.copyOf(contents, used);
        }
        descending.forEach(ClientStructs::trim);
        if (leaves != null) {
            leaves = null;
            for (YType type : types) {
                if (type != null) {
                    type.positions = null;
                }
            }
        }
    }

    int rowsInUse() {
        return used;
    }

    // ---- clients, types, keys

    int clientCount() {
        return clientCount;
    }

    ClientStructs client(int index) {
        return clients[index];
    }

    /// @param index may be [#NONE]
    @Nullable
    ClientStructs clientAt(int index) {
        return index == NONE ? null : clients[index];
    }

    @Nullable
    ClientStructs clientOrNull(long client) {
        return byClient.get(client);
    }

    ClientStructs clientOf(long client) {
        ClientStructs known = recent;
        if (known == null || known.client != client) {
            known = byClient.get(client);
            known = known != null ? known : addClient(client);
            recent = known;
        }
        return known;
    }

    private ClientStructs addClient(long client) {
        ClientStructs added = new ClientStructs(this, client, clientCount);
        if (clientCount == clients.length) {
            clients = Arrays.copyOf(clients, clientCount * 2);
        }
        clients[clientCount++] = added;
        byClient.put(client, added);
        int low = 0;
        int high = descending.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (descending.get(middle).client > client) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        descending.add(low, added);
        return added;
    }

    List<ClientStructs> descending() {
        return descending;
    }

    /// The clock expected next of a client.
    int state(long client) {
        ClientStructs known = byClient.get(client);
        return known == null ? 0 : known.state;
    }

    StateVector stateVector() {
        Map<Long, Long> clocks = new LinkedHashMap<>();
        for (ClientStructs client : descending) {
            if (client.state > 0) {
                clocks.put(client.client, (long) client.state);
            }
        }
        return new StateVector(clocks);
    }

    YType type(int index) {
        YType type = types.get(index);
        if (type == null) {
            // An item that stood elsewhere, which only clients that contradict each other can bring about.
            type = YType.remains(index);
            types.set(index, type);
        }
        return type;
    }

    int addType(YType type) {
        types.add(type);
        return types.size() - 1;
    }

    void setType(int index, @Nullable YType type) {
        types.set(index, type);
    }

    String keyName(int key) {
        return keys.get(key);
    }

    int keyOf(String name) {
        return keys.add(name);
    }

    /// The number of a key, or [#NONE] when nothing ever stood under it.
    int knownKey(String name) {
        return keys.find(name);
    }

    /// An empty writer, to be given back before it is asked for again.
    ByteWriter writer() {
        writer.clear();
        return writer;
    }

    // ---- finding, cutting, joining

    /// The struct that holds a unit.
    int find(int client, int clock) {
        ClientStructs structs = clients[client];
        return structs.get(structs.find(clock));
    }

    /// The struct that begins with a unit; an item is cut for that, a Gc never.
    int cleanStart(Transaction transaction, int client, int clock) {
        ClientStructs structs = clients[client];
        int place = structs.find(clock);
        int item = structs.get(place);
        if (clock(item) < clock && !isGc(item)) {
            return structs.get(split(transaction, structs, place, clock - clock(item)));
        }
        return item;
    }

    /// Is the right neighbour of an item one that begins with a unit? It mostly is between the origins of a new item,
    /// and then nothing has to be searched.
    boolean isFollowedBy(int item, int client, int clock) {
        int right = right(item);
        return right != NONE
                && !isGc(item)
                && !isGc(right) // the links of Gcs mean nothing
                && clientIndex(right) == client
                && clock(right) == clock;
    }

    /// The struct that ends with a unit; an item is cut for that, a Gc never.
    int cleanEnd(Transaction transaction, int client, int clock) {
        ClientStructs structs = clients[client];
        int place = structs.find(clock);
        int item = structs.get(place);
        if (clock != end(item) - 1 && !isGc(item)) {
            split(transaction, structs, place, clock - clock(item) + 1);
        }
        return item;
    }

    /// Cuts an item after its first `cut` units.
    ///
    /// @return the place of the right part; that of the left one is the one before it
    int split(Transaction transaction, ClientStructs structs, int place, int cut) {
        int item = structs.get(place);
        int kind = kind(item);
        int length = length(item);
        Object content = contents[item];
        int client = clientIndex(item);
        int clock = clock(item);
        int next = allocate(
                kind,
                client,
                clock + cut,
                length - cut,
                client,
                clock + cut - 1,
                rightOriginClient(item),
                rightOriginClock(item),
                parent(item),
                key(item),
                Content.right(kind, content, cut, length));
        rows[next * COLUMNS + CLIENT] = rows[item * COLUMNS + CLIENT];
        if (isRedone(item)) {
            setRedone(next, redoneClient(item), redoneClock(item) + cut);
        }
        contents[item] = Content.left(kind, content, cut);
        rows[item * COLUMNS + LENGTH] = cut;
        int right = right(item);
        setLeft(next, item);
        setRight(next, right);
        setRight(item, next);
        if (right != NONE) {
            setLeft(right, next);
        } else if (key(item) != NONE) {
            type(parent(item)).newestItems().put(key(item), next);
        }
        PositionIndex positions = positions(item);
        if (positions != null) {
            positions.cut(item, next);
        }
        transaction.mergeLater(client, clock + cut);
        return structs.insertAfter(place, next);
    }

    /// Goes through the structs of the given ranges, as far as they are here. Those that reach beyond a range are
    /// cut at its ends.
    void visit(Transaction transaction, DeleteSet ranges, IntConsumer visitor) {
        for (DeleteSet.Ranges of : ranges.clients()) {
            ClientStructs structs = byClient.get(of.client);
            if (structs == null) {
                continue;
            }
            long state = structs.state;
            for (int i = 0; i < of.size() && of.clock(i) < state; i++) {
                visit(transaction, structs, (int) of.clock(i), of.end(i), visitor);
            }
        }
    }

    private void visit(Transaction transaction, ClientStructs structs, int begin, long end, IntConsumer visitor) {
        int place = structs.find(begin);
        int first = structs.get(place);
        if (clock(first) < begin && !isGc(first)) {
            place = split(transaction, structs, place, begin - clock(first));
        }
        while (true) {
            int item = structs.get(place);
            if (end < end(item) && !isGc(item)) {
                split(transaction, structs, place, (int) end - clock(item));
            }
            int next = end(item);
            visitor.accept(item);
            if (next >= end || next >= structs.state) {
                return;
            }
            place = structs.find(next); // the visitor may have cut something
        }
    }

    /// Joins the struct at a place with as many before it as will join.
    ///
    /// @return the place of the one that remains
    int mergeWithLefts(ClientStructs structs, int place) {
        int first = place;
        int joining = 0;
        for (int before = structs.previous(first);
                before != NONE && canMerge(structs.get(before), structs.get(first));
                before = structs.previous(first)) {
            first = before;
            joining++;
        }
        if (joining == 0) {
            return place;
        }
        int item = structs.get(first);
        int last = structs.get(place);
        int kind = kind(item);
        int length = end(last) - clock(item);
        contents[item] = joined(structs, first, joining, kind, length);
        rows[item * COLUMNS + LENGTH] = length;
        if (kind != Content.GC) {
            int right = right(last);
            setRight(item, right);
            if (right != NONE) {
                setLeft(right, item);
            }
            if (key(last) != NONE) {
                IntMap entries = type(parent(last)).newestItems();
                if (entries.get(key(last)) == last) {
                    entries.put(key(last), item);
                }
            }
        }
        PositionIndex positions = positions(item);
        int at = first;
        for (int i = 0; i < joining; i++) {
            at = structs.next(at);
            int gone = structs.get(at);
            if (positions != null) {
                positions.joined(item, gone);
            }
            rows[item * COLUMNS + CLIENT] |= rows[gone * COLUMNS + CLIENT] & KEEP;
            release(gone);
        }
        structs.removeAfter(first, joining);
        return first;
    }

    private boolean canMerge(int a, int b) {
        int rowA = a * COLUMNS;
        int rowB = b * COLUMNS;
        int flags = rows[rowA + CLIENT];
        int kind = flags & KIND;
        if (((flags ^ rows[rowB + CLIENT]) & (KIND | DELETED)) != 0 || ((flags | rows[rowB + CLIENT]) & REDONE) != 0) {
            return false;
        }
        if (kind == Content.GC) {
            return true;
        }
        return Content.canMerge(kind)
                && rows[rowA + RIGHT] == b
                && rows[rowB + ORIGIN_CLIENT] == flags >>> CLIENT_SHIFT
                && rows[rowB + ORIGIN_CLOCK] == rows[rowA + CLOCK] + rows[rowA + LENGTH] - 1
                && sameRightOrigin(a, b);
    }

    /// The contents of the struct at `first` and of so many behind it as one.
    private Object joined(ClientStructs structs, int first, int joining, int kind, int length) {
        int begin = structs.get(first);
        int position = length(begin);
        int place = first;
        switch (kind) {
            case Content.STRING -> {
                Object like = contents[begin];
                for (int i = 0; i < joining && like instanceof byte[]; i++) {
                    place = structs.next(place);
                    like = contents[structs.get(place)];
                }
                Object text = TextContent.reserve(contents[begin], position, length - position, like);
                place = first;
                for (int i = 0; i < joining; i++) {
                    place = structs.next(place);
                    int item = structs.get(place);
                    TextContent.copy(contents[item], text, position, length(item));
                    position += length(item);
                }
                return text;
            }
            case Content.ANY -> {
                List<Object> others = new ArrayList<>(joining);
                for (int i = 0; i < joining; i++) {
                    place = structs.next(place);
                    others.add(contents[structs.get(place)]);
                }
                byte[] encoded = ValuesContent.join(contents[begin], others);
                return encoded != null ? encoded : joinedValues(structs, first, joining, length);
            }
            case Content.JSON -> {
                return joinedValues(structs, first, joining, length);
            }
            default -> {
                return Content.NOTHING;
            }
        }
    }

    private Any[] joinedValues(ClientStructs structs, int first, int joining, int length) {
        int begin = structs.get(first);
        int position = length(begin);
        Any[] values = ValuesContent.reserve(contents[begin], position, length);
        int place = first;
        for (int i = 0; i < joining; i++) {
            place = structs.next(place);
            int item = structs.get(place);
            System.arraycopy(ValuesContent.values(contents[item], length(item)), 0, values, position, length(item));
            position += length(item);
        }
        return values;
    }

    /// Drops what a deleted item carried.
    void collectContent(int item) {
        changed(item);
        contents[item] = Content.NOTHING;
        int row = item * COLUMNS + CLIENT;
        rows[row] = rows[row] & ~KIND | Content.DELETED;
    }

    /// Puts a Gc in place of an item whose parent is gone. The row stays, its links are of no use any more.
    void turnIntoGc(int item) {
        changed(item);
        contents[item] = Content.NOTHING;
        int row = item * COLUMNS;
        if (isRedone(item)) {
            redone.remove(item);
        }
        rows[row + PARENT] = NONE;
        rows[row + KEY] = NONE;
        rows[row + CLIENT] = rows[row + CLIENT] & ~FLAGS | DELETED;
    }

    /// Everything that is deleted, as maximal runs, the highest client first.
    DeleteSet deletions() {
        DeleteSet deletions = new DeleteSet();
        for (ClientStructs client : descending) {
            for (int place = client.first(); place != NONE; place = client.next(place)) {
                ClientStructs.Written written = client.written(place);
                if (written == null) {
                    addIfDeleted(client.get(place), deletions);
                    continue;
                }
                if (written.deleted == null) {
                    written.deleted = deletionsOfChunk(client, place);
                }
                if (written.deleted.size() > 0) {
                    deletions.of(client.client).extend(written.deleted);
                }
                place = client.lastOfChunk(place);
            }
        }
        return deletions;
    }

    private DeleteSet.Ranges deletionsOfChunk(ClientStructs client, int begin) {
        DeleteSet deletions = new DeleteSet();
        int end = client.next(client.lastOfChunk(begin));
        for (int place = begin; place != end; place = client.next(place)) {
            addIfDeleted(client.get(place), deletions);
        }
        return deletions.of(client.client);
    }

    private void addIfDeleted(int item, DeleteSet deletions) {
        if (isDeleted(item)) {
            deletions.of(clients[clientIndex(item)].client).extend(clock(item), end(item));
        }
    }
}
