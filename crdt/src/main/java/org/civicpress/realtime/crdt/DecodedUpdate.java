package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An update taken apart: blocks of structs, each block of one client, and the deletions. Nothing in it refers to a
/// document. Structs stand in columns, so that one instance can be filled again and again without allocating.
/// Confined to its user.
final class DecodedUpdate {
    /// No such id.
    static final long NONE = -1;

    /// Columns larger than this are given back: a load must not leave its size behind.
    private static final int KEEP = 32;

    /// Columns grow to what is declared, but not by more than this.
    private static final int MOST_AT_ONCE = 1 << 16;

    int blocks;
    long[] blockClient = new long[4];
    private int[] blockBegin = new int[5];

    int size;
    byte[] kind = new byte[8];
    long[] clock = new long[8];
    long[] length = new long[8];
    long[] originClient = new long[8];
    long[] originClock = new long[8];
    long[] rightClient = new long[8];
    long[] rightClock = new long[8];
    /// A root's name, the [Id] of the item that holds the parent, or null when the neighbours tell.
    @Nullable
    Object[] parent = new Object[8];

    @Nullable
    String[] key = new String[8];

    Object[] content = new Object[8];

    final DeleteSet deletes = new DeleteSet();

    int begin(int block) {
        return blockBegin[block];
    }

    int end(int block) {
        return block + 1 < blocks ? blockBegin[block + 1] : size;
    }

    /// Whose structs or deletions it holds, each once.
    List<Long> clients() {
        int count = blocks + deletes.clients().size();
        if (count == 1) {
            return List.of(blocks == 1 ? blockClient[0] : deletes.clients().getFirst().client);
        }
        Collection<Long> clients = count <= 8 ? new ArrayList<>(2) : new LinkedHashSet<>();
        for (int block = 0; block < blocks; block++) {
            addOnce(clients, blockClient[block]);
        }
        for (DeleteSet.Ranges ranges : deletes.clients()) {
            addOnce(clients, ranges.client);
        }
        return List.copyOf(clients);
    }

    private static void addOnce(Collection<Long> clients, long client) {
        if (!clients.contains(client)) {
            clients.add(client);
        }
    }

    void beginBlock(long client) {
        if (blocks == blockClient.length) {
            blockClient = Arrays.copyOf(blockClient, blocks * 2);
            blockBegin = Arrays.copyOf(blockBegin, blocks * 2);
        }
        blockClient[blocks] = client;
        blockBegin[blocks++] = size;
    }

    /// Room for so many more structs, without growing step by step.
    void reserve(long more) {
        if (size + more > kind.length) {
            grow((int) Math.max(Math.min(size + more, MOST_AT_ONCE + size), size + (size >> 1)));
        }
    }

    /// Room for one more struct, at the index that is returned; its columns hold what they held before.
    int add() {
        if (size == kind.length) {
            grow(size * 2);
        }
        return size++;
    }

    void set(
            int index,
            int kind,
            long clock,
            long length,
            long originClient,
            long originClock,
            long rightClient,
            long rightClock,
            @Nullable Object parent,
            @Nullable String key,
            Object content) {
        this.kind[index] = (byte) kind;
        this.clock[index] = clock;
        this.length[index] = length;
        this.originClient[index] = originClient;
        this.originClock[index] = originClock;
        this.rightClient[index] = rightClient;
        this.rightClock[index] = rightClock;
        this.parent[index] = parent;
        this.key[index] = key;
        this.content[index] = content;
    }

    /// A struct without content or place: [Content#GC] or [Content#SKIP].
    void addBare(int kind, long clock, long length) {
        set(add(), kind, clock, length, NONE, 0, NONE, 0, null, null, Content.NOTHING);
    }

    /// As if it had been written and read again, which Yjs does with what it holds: a struct that was cut begins
    /// with an origin, and beside an origin no place can be written.
    DecodedUpdate asReadBack() {
        for (int i = 0; i < size; i++) {
            if (originClient[i] >= 0 || rightClient[i] >= 0) {
                parent[i] = null;
                key[i] = null;
            }
        }
        return this;
    }

    /// Puts U+FFFD in place of halves of surrogate pairs in marks and embedded values, which come in V1 as JSON that
    /// can
    /// say them. Yjs holds everything in V2, which cannot.
    void completeValues() {
        for (int i = 0; i < size; i++) {
            if (content[i] instanceof Content.Format(String name, Any value) && !isComplete(value)) {
                content[i] = new Content.Format(name, completed(value));
            } else if (kind[i] == Content.EMBED && content[i] instanceof Any value && !isComplete(value)) {
                content[i] = completed(value);
            }
        }
    }

    private static boolean isComplete(Any value) {
        return switch (value) {
            case Any.Str(String text) -> isComplete(text);
            case Any.Arr(var values) -> values.stream().allMatch(DecodedUpdate::isComplete);
            case Any.Obj(var values) ->
                values.keySet().stream().allMatch(DecodedUpdate::isComplete)
                        && values.values().stream().allMatch(DecodedUpdate::isComplete);
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Num _, Any.BigInt _, Any.Bin _ -> true;
        };
    }

    private static boolean isComplete(String text) {
        return text.codePoints().noneMatch(DecodedUpdate::isHalf);
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static Any completed(Any value) {
        return switch (value) {
            case Any.Str(String text) -> Any.of(completed(text));
            case Any.Arr(var values) ->
                Any.list(values.stream().map(DecodedUpdate::completed).toList());
            case Any.Obj(var values) -> {
                Map<String, Any> whole = new LinkedHashMap<>();
                values.forEach((name, member) -> whole.put(completed(name), completed(member)));
                yield Any.obj(whole);
            }
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Num _, Any.BigInt _, Any.Bin _ -> value;
        };
    }

    private static String completed(String text) {
        int[] points =
                text.codePoints().map(point -> isHalf(point) ? 0xfffd : point).toArray();
        return new String(points, 0, points.length);
    }

    /// Takes a struct over from another update, without its first `offset` units.
    void addFrom(DecodedUpdate from, long client, int index, long offset) {
        int kind = from.kind[index];
        if (offset == 0) {
            set(
                    add(),
                    kind,
                    from.clock[index],
                    from.length[index],
                    from.originClient[index],
                    from.originClock[index],
                    from.rightClient[index],
                    from.rightClock[index],
                    from.parent[index],
                    from.key[index],
                    from.content[index]);
            return;
        }
        long clock = from.clock[index] + offset;
        long length = from.length[index] - offset;
        if (kind == Content.GC || kind == Content.SKIP) {
            addBare(kind, clock, length);
            return;
        }
        Object rest = Content.canMerge(kind) && kind != Content.DELETED
                ? Content.right(kind, from.content[index], (int) offset, (int) from.length[index])
                : from.content[index];
        set(
                add(),
                kind,
                clock,
                length,
                client,
                clock - 1,
                from.rightClient[index],
                from.rightClock[index],
                from.parent[index],
                from.key[index],
                rest);
    }

    void clear() {
        if (size > KEEP) {
            blockClient = new long[4];
            blockBegin = new int[5];
            grow(8);
        } else {
            Arrays.fill(parent, 0, size, null);
            Arrays.fill(key, 0, size, null);
            Arrays.fill(content, 0, size, Content.NOTHING);
        }
        blocks = 0;
        size = 0;
        deletes.clear();
    }

    private void grow(int capacity) {
        kind = Arrays.copyOf(kind, capacity);
        clock = Arrays.copyOf(clock, capacity);
        length = Arrays.copyOf(length, capacity);
        originClient = Arrays.copyOf(originClient, capacity);
        originClock = Arrays.copyOf(originClock, capacity);
        rightClient = Arrays.copyOf(rightClient, capacity);
        rightClock = Arrays.copyOf(rightClock, capacity);
        parent = Arrays.copyOf(parent, capacity);
        key = Arrays.copyOf(key, capacity);
        content = Arrays.copyOf(content, capacity);
    }
}
