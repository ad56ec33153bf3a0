package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A list of values, types and documents. A position counts the values before it. Confined to its [Doc].
public final class YArray extends YType implements Iterable<YValue> {
    private final List<YValue> preliminary = new ArrayList<>(0);

    /// An array that is in no document yet.
    public YArray() {}

    /// The same, with plain values in it.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public static YArray of(Any... values) {
        return from(plain(values));
    }

    /// The same, with values of any kind in it.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public static YArray from(List<YValue> values) {
        YArray array = new YArray();
        array.push(values);
        return array;
    }

    /// What stands at a position. The time it takes grows with the logarithm of the length.
    ///
    /// @throws IndexOutOfBoundsException when nothing does
    public YValue get(int position) {
        if (!isIntegrated()) {
            return preliminary.get(position);
        }
        Objects.checkIndex(position, length);
        int item = itemAt(position);
        return YValue.at(store(), item, unitInItem());
    }

    /// The values between two positions. A negative position counts from the end, and what is beyond the list
    /// is left out.
    ///
    /// @param end exclusive
    public List<YValue> slice(int start, int end) {
        int length = length();
        int from = inside(start, length);
        int to = Math.max(from, inside(end, length));
        return isIntegrated() ? unitValues(from, to) : List.copyOf(preliminary.subList(from, to));
    }

    /// All values, as they are now.
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

    /// All values as they were when a snapshot was taken. The document has to keep what was deleted.
    ///
    /// Yjs (`typeListToArraySnapshot`) shows values that were put in together only together, also when some
    /// of them are newer than the snapshot.
    public List<YValue> values(Snapshot snapshot) {
        return isIntegrated() ? unitValuesAt(snapshot) : List.of();
    }

    /// Over the values as they are now; what is edited meanwhile does not show.
    @Override
    public Iterator<YValue> iterator() {
        return values().iterator();
    }

    /// Puts values in before the one that stands at a position. Plain values side by side travel as one.
    ///
    /// @param position 0 to the length
    /// @throws IndexOutOfBoundsException when `position` is beyond the end
    /// @throws IllegalArgumentException for `undefined` and big integers, which a list of Yjs cannot be
    ///     given, for a document that stands in another one, and for a type that is in a document already,
    ///     stands in two places, or brings along types nested deeper than 160
    public void insert(int position, List<YValue> values) {
        check(values);
        if (isIntegrated()) {
            doc().edit(transaction -> insertAfter(transaction, itemBefore(transaction, position), values));
        } else {
            preliminary.addAll(position, values);
        }
    }

    /// The same for plain values.
    public void insert(int position, Any... values) {
        insert(position, plain(values));
    }

    /// The same for a type.
    public void insert(int position, YType type) {
        insert(position, List.of(YValue.of(type)));
    }

    /// Before all others.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public void unshift(List<YValue> values) {
        insert(0, values);
    }

    /// The same for plain values.
    public void unshift(Any... values) {
        insert(0, values);
    }

    /// After all others, also after those that were deleted: between values that are put in at the end and
    /// those that are pushed at the same time, the latter come last.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public void push(List<YValue> values) {
        check(values);
        if (isIntegrated()) {
            doc().edit(transaction -> insertAfter(transaction, lastItem(), values));
        } else {
            preliminary.addAll(values);
        }
    }

    /// The same for plain values.
    public void push(Any... values) {
        push(plain(values));
    }

    /// The same for a type.
    public void push(YType type) {
        push(List.of(YValue.of(type)));
    }

    /// @throws IndexOutOfBoundsException when there are fewer than `count` values from `position` on
    public void delete(int position, int count) {
        if (isIntegrated()) {
            doc().edit(transaction -> deleteUnits(transaction, position, count));
        } else {
            preliminary.subList(position, position + count).clear();
        }
    }

    private static List<YValue> plain(Any... values) {
        return Arrays.stream(values).map(YValue::of).toList();
    }

    private void check(List<YValue> values) {
        for (YValue value : values) {
            if (value instanceof YValue.Plain(Any.Undefined _) || value instanceof YValue.Plain(Any.BigInt _)) {
                throw new IllegalArgumentException("a list cannot hold " + value);
            }
            if (value instanceof YValue.SubDoc(var doc)) {
                LazyDoc.requireFree(doc);
            }
        }
        Preliminary.check(this, typesIn(values));
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

    /// Calls a handler after every transaction that changed this type, not those inside it. See
    /// [#observeDeep] for when that is.
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
            doc().edit(transaction -> insertAfter(transaction, NONE, values));
        }
    }

    @Override
    List<YType> preliminaryTypes() {
        return typesIn(preliminary);
    }

    @Override
    public YArray copy() {
        return (YArray) TypeCopy.of(this);
    }
}
