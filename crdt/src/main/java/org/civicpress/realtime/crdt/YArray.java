package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A list of values, types and documents. Confined to its [Doc].
public final class YArray extends YType {
    private final List<YValue> preliminary = new ArrayList<>(0);

    /// An array that is in no document yet.
    public YArray() {}

    public List<YValue> values() {
        if (!isIntegrated()) {
            return List.copyOf(preliminary);
        }
        StructStore store = store();
        List<YValue> values = new ArrayList<>(length);
        for (int item = first; item != NONE; item = store.right(item)) {
            if (store.isVisible(item)) {
                for (int unit = 0; unit < store.length(item); unit++) {
                    values.add(YValue.at(store, item, unit));
                }
            }
        }
        return values;
    }

    /// @throws IndexOutOfBoundsException when `position` is beyond the end
    /// @throws IllegalArgumentException for `undefined` and big integers, which a list of Yjs cannot hold, and
    ///     for a document that stands in another one
    public void insert(int position, List<YValue> values) {
        values.forEach(YArray::check);
        if (isIntegrated()) {
            doc().edit(transaction -> insertAfter(transaction, itemBefore(transaction, position), values));
        } else {
            preliminary.addAll(position, values);
        }
    }

    /// After the last item, tombstones included.
    public void push(List<YValue> values) {
        values.forEach(YArray::check);
        if (isIntegrated()) {
            doc().edit(transaction -> insertAfter(transaction, lastItem(), values));
        } else {
            preliminary.addAll(values);
        }
    }

    /// @throws IndexOutOfBoundsException when there are fewer than `count` values from `position` on
    public void delete(int position, int count) {
        if (isIntegrated()) {
            doc().edit(transaction -> deleteUnits(transaction, position, count));
        } else {
            preliminary.subList(position, position + count).clear();
        }
    }

    private static void check(YValue value) {
        if (value instanceof YValue.Plain(Any.Undefined _) || value instanceof YValue.Plain(Any.BigInt _)) {
            throw new IllegalArgumentException("a list cannot hold " + value);
        }
        if (value instanceof YValue.SubDoc(var doc)) {
            LazyDoc.requireFree(doc);
        }
    }

    private void insertAfter(Transaction transaction, int reference, List<YValue> values) {
        int left = reference;
        int right = rightOf(reference);
        List<Any> run = new ArrayList<>();
        for (YValue value : values) {
            if (value instanceof YValue.Plain(var any) && !(any instanceof Any.Bin)) {
                run.add(any);
                continue;
            }
            left = insertRun(transaction, left, right, run);
            left = switch (value) {
                case YValue.Plain(Any.Bin(Bytes bytes)) ->
                    insert(transaction, NONE, left, right, Content.BINARY, bytes, 1);
                case YValue.Plain(var any) -> throw new IllegalStateException("not a run: " + any);
                case YValue.Nested(var type) -> insert(transaction, NONE, left, right, Content.TYPE, type, 1);
                case YValue.SubDoc(var doc) ->
                    insert(transaction, NONE, left, right, Content.DOC, LazyDoc.of(doc, doc()), 1);
            };
        }
        insertRun(transaction, left, right, run);
    }

    /// Plain values that stand side by side make one item.
    private int insertRun(Transaction transaction, int left, int right, List<Any> run) {
        if (run.isEmpty()) {
            return left;
        }
        Any[] values = run.toArray(Any[]::new);
        run.clear();
        return insert(transaction, NONE, left, right, Content.ANY, values, values.length);
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See [#observeDeep]
    /// for when that is.
    public final Subscription observe(Consumer<? super YArrayEvent> handler) {
        return observeDirectly(event -> handler.accept((YArrayEvent) event));
    }

    @Override
    public int length() {
        return isIntegrated() ? length : preliminary.size();
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.ARRAY, null);
    }

    @Override
    void integratePreliminary() {
        List<YValue> values = List.copyOf(preliminary);
        preliminary.clear();
        if (!values.isEmpty()) {
            insert(0, values);
        }
    }
}
