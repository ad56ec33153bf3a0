package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A list of XML nodes: elements ([YXmlElement]), texts ([YXmlText]), hooks ([YXmlHook]). A position counts
/// the nodes before it. Confined to its [Doc].
public sealed class YXmlFragment extends YType permits YXmlElement {
    private @Nullable List<YType> preliminaryChildren;

    /// A fragment that is in no document yet.
    public YXmlFragment() {}

    /// The nodes that are there now. Whatever else a client may have put into the list is left out.
    public final List<YType> children() {
        if (!isIntegrated()) {
            return List.copyOf(preliminary());
        }
        StructStore store = store();
        List<YType> children = new ArrayList<>();
        for (int item = first; item != NONE; item = store.right(item)) {
            if (!store.isDeleted(item) && store.content(item) instanceof YType type) {
                children.add(type);
            }
        }
        return children;
    }

    /// The nodes that were there when a snapshot was taken, as they are now. The document has to keep what
    /// was deleted.
    public final List<YType> children(Snapshot snapshot) {
        return isIntegrated() ? typesIn(unitValuesAt(snapshot)) : List.of();
    }

    /// The node at a position; empty when a client put something there that is none. The time it takes grows
    /// with the logarithm of the length.
    ///
    /// @throws IndexOutOfBoundsException when nothing stands there
    public final Optional<YType> get(int position) {
        if (!isIntegrated()) {
            return Optional.of(preliminary().get(position));
        }
        Objects.checkIndex(position, length);
        return store().content(itemAt(position)) instanceof YType type ? Optional.of(type) : Optional.empty();
    }

    /// The nodes between two positions. A negative position counts from the end, and what is beyond the list
    /// is left out.
    ///
    /// @param end exclusive
    public final List<YType> slice(int start, int end) {
        int length = length();
        int from = inside(start, length);
        int to = Math.max(from, inside(end, length));
        return isIntegrated()
                ? typesIn(unitValues(from, to))
                : List.copyOf(preliminary().subList(from, to));
    }

    /// The first node; empty when there is none.
    public final Optional<YType> firstChild() {
        return Optional.ofNullable(first());
    }

    private @Nullable YType first() {
        if (!isIntegrated()) {
            return preliminary().isEmpty() ? null : preliminary().getFirst();
        }
        StructStore store = store();
        for (int item = first; item != NONE; item = store.right(item)) {
            if (!store.isDeleted(item) && store.content(item) instanceof YType type) {
                return type;
            }
        }
        return null;
    }

    // ---- all that is below

    /// All nodes below this one in the order of the document, each before its children. They are looked for
    /// one by one, so to find the first that is wanted does not walk through the others; filter the stream
    /// for what in Yjs is a tree walker. Empty as long as this is in no document.
    ///
    /// To edit meanwhile is allowed, and what comes later in the order shows. When the node that the walk
    /// stands at was deleted and collected, it throws [ConcurrentModificationException].
    public final Stream<YType> descendants() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new Walk(this), Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
                false);
    }

    /// The first element below this one, in the order of the document, with a name; capital letters do not
    /// count.
    ///
    /// @param nodeName a name and nothing else: Yjs 13.6 knows no other queries
    public final Optional<YXmlElement> querySelector(String nodeName) {
        return elements(nodeName).findFirst();
    }

    /// All such elements.
    public final List<YXmlElement> querySelectorAll(String nodeName) {
        return elements(nodeName).toList();
    }

    private Stream<YXmlElement> elements(String nodeName) {
        String wanted = nodeName.toUpperCase(Locale.ROOT);
        return descendants()
                .filter(YXmlElement.class::isInstance)
                .map(YXmlElement.class::cast)
                .filter(element -> element.nodeName().toUpperCase(Locale.ROOT).equals(wanted));
    }

    /// From node to node, down, to the right or up again: needs no stack.
    private static final class Walk implements Iterator<YType> {
        private final YXmlFragment root;
        private YType at;
        private @Nullable YType next;

        Walk(YXmlFragment root) {
            this.root = root;
            this.at = root;
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = after();
            }
            return next != null;
        }

        @Override
        public YType next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at = Objects.requireNonNull(next);
            next = null;
            return at;
        }

        private @Nullable YType after() {
            if (!root.isIntegrated()) {
                return null;
            }
            if (at != root && at.item == NONE) {
                throw new ConcurrentModificationException("the node that the walk stands at was deleted");
            }
            YType child = at instanceof YXmlFragment fragment && !at.isDeleted() ? fragment.first() : null;
            if (child != null) {
                return child;
            }
            for (YType node = at; node != root; ) {
                YType sibling = node.sibling(true);
                if (sibling != null) {
                    return sibling;
                }
                node = node.parent().orElse(root);
            }
            return null;
        }
    }

    // ---- edits

    /// Puts nodes in before the one that stands at a position.
    ///
    /// @param position 0 to the length
    /// @throws IndexOutOfBoundsException when `position` is beyond the end
    /// @throws IllegalArgumentException when one is in a document already, stands in two places, or brings
    ///     along types nested deeper than 160
    public final void insert(int position, List<? extends YType> children) {
        Preliminary.check(this, children);
        if (isIntegrated()) {
            doc().edit(transaction -> insertBehind(transaction, itemBefore(transaction, position), children));
        } else {
            preliminary().addAll(position, children);
        }
    }

    /// Puts nodes in behind one that is a child of this.
    ///
    /// @param reference null for the beginning
    /// @throws IllegalArgumentException when it is no child of this, or was collected; and as [#insert(int,
    ///     List)]
    public final void insertAfter(@Nullable YType reference, List<? extends YType> children) {
        Preliminary.check(this, children);
        if (isIntegrated()) {
            int left = reference == null ? NONE : itemOfChild(reference);
            doc().edit(transaction -> insertBehind(transaction, left, children));
        } else {
            int position = 0;
            if (reference != null) {
                while (position < length() && preliminary().get(position) != reference) {
                    position++;
                }
                if (position++ == length()) {
                    throw noChild();
                }
            }
            preliminary().addAll(position, children);
        }
    }

    private int itemOfChild(YType reference) {
        if (reference.item == NONE
                || reference.doc() != doc()
                || store().key(reference.item) != NONE
                || store().parent(reference.item) != index) {
            throw noChild();
        }
        return reference.item;
    }

    private static IllegalArgumentException noChild() {
        return new IllegalArgumentException("the reference is no child");
    }

    private void insertBehind(Transaction transaction, int reference, List<? extends YType> children) {
        int left = reference;
        int right = rightOf(left);
        for (YType child : children) {
            left = insert(transaction, NONE, left, right, Content.TYPE, child, 1);
        }
    }

    /// Puts nodes in before all others.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public final void unshift(List<? extends YType> children) {
        insert(0, children);
    }

    /// Puts nodes in behind all others.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public final void push(List<? extends YType> children) {
        insert(length(), children);
    }

    /// Puts a node in behind all others.
    ///
    /// @throws IllegalArgumentException as [#insert(int, List)]
    public final void append(YType child) {
        insert(length(), List.of(child));
    }

    /// @throws IndexOutOfBoundsException when there are fewer than `count` nodes from `position` on
    public final void delete(int position, int count) {
        if (isIntegrated()) {
            doc().edit(transaction -> deleteUnits(transaction, position, count));
        } else {
            preliminary().subList(position, position + count).clear();
        }
    }

    @Override
    public final int length() {
        return isIntegrated() ? length : preliminary().size();
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See
    /// [#observeDeep] for when that is.
    public final Subscription observe(Consumer<? super YXmlEvent> handler) {
        return observeDirectly(event -> handler.accept((YXmlEvent) event));
    }

    /// The tree as text, nothing escaped.
    @Override
    public final String toString() {
        return XmlString.of(this);
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_FRAGMENT, null);
    }

    @Override
    void integratePreliminary() {
        List<YType> children = preliminaryChildren;
        if (children != null && !children.isEmpty()) {
            preliminaryChildren = null;
            doc().edit(transaction -> insertBehind(transaction, NONE, children));
        }
    }

    @Override
    List<YType> preliminaryTypes() {
        return preliminaryChildren == null ? List.of() : List.copyOf(preliminaryChildren);
    }

    @Override
    public YXmlFragment copy() {
        return (YXmlFragment) TypeCopy.of(this);
    }

    private List<YType> preliminary() {
        if (preliminaryChildren == null) {
            preliminaryChildren = new ArrayList<>();
        }
        return preliminaryChildren;
    }
}
