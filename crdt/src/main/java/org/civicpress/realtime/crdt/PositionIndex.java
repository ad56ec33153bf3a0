package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds places in a long list in logarithmic time: the item that holds a unit, the units left of an item, the marks
/// that hold behind an item.
///
/// A B+ tree over the list's items in their order, tombstones included. A leaf stands for up to [#ITEMS] neighbours,
/// which are reached by their links from the first; each item knows its leaf. Every node counts the units that can be
/// seen below it, and notes in a bit per key whether there are live formats, and live formats that end a mark.
///
/// It is made when a list is first walked far, and from then on told of every change to it. Confined to its [Doc].
final class PositionIndex {
    /// So many steps are walked before an index is made.
    static final int WALK = 64;

    private static final int ITEMS = 64;
    private static final int CHILDREN = 32;
    /// A text with more keys has its marks collected by walking.
    private static final int KEYS = 64;

    static final class Node {
        @Nullable
        Node parent;
        /// Of an inner node; null in a leaf.
        final @Nullable Node @Nullable [] children;
        /// How many children, or items.
        int size;
        /// The first item of a leaf.
        int first = NONE;
        /// What can be seen below.
        int units;
        /// Which keys have live formats below.
        long formats;
        /// Which keys have live formats below that end a mark.
        long ends;

        Node(boolean leaf) {
            children = leaf ? null : new Node[CHILDREN + 1];
        }

        Node child(int position) {
            return java.util.Objects.requireNonNull(java.util.Objects.requireNonNull(children)[position]);
        }

        int positionOf(Node child) {
            int position = 0;
            while (child(position) != child) {
                position++;
            }
            return position;
        }

        boolean isLeaf() {
            return children == null;
        }
    }

    private final StructStore store;
    private final List<String> keys = new ArrayList<>(2);
    private Node root = new Node(true);
    /// How far into the item that [#find] found the unit is.
    private int offset;

    PositionIndex(YType type) {
        store = type.store();
        store.indexItems();
        Node leaf = root;
        for (int item = type.first; item != NONE; item = store.right(item)) {
            if (leaf.size == ITEMS / 2) {
                Node next = new Node(true);
                addBehind(leaf, next);
                leaf = next;
            }
            if (leaf.size++ == 0) {
                leaf.first = item;
            }
            store.setLeaf(item, leaf);
            add(leaf, visible(item));
            noteFormat(leaf, item);
        }
    }

    private int visible(int item) {
        return store.isVisible(item) ? store.length(item) : 0;
    }

    // ---- questions

    /// The visible item that holds a unit; which of its units that is, [#offset] says.
    ///
    /// @param unit less than the length of the list
    int find(int unit) {
        Node node = root;
        int rest = unit;
        while (!node.isLeaf()) {
            int position = 0;
            Node child = node.child(0);
            while (rest >= child.units) {
                rest -= child.units;
                child = node.child(++position);
            }
            node = child;
        }
        int item = node.first;
        for (int units = visible(item); rest >= units; units = visible(item)) {
            rest -= units;
            item = store.right(item);
        }
        offset = rest;
        return item;
    }

    int offset() {
        return offset;
    }

    int last() {
        Node node = root;
        while (!node.isLeaf()) {
            node = node.child(node.size - 1);
        }
        int item = node.first;
        for (int i = 1; i < node.size; i++) {
            item = store.right(item);
        }
        return item;
    }

    int unitsBefore(int item) {
        Node leaf = store.leaf(item);
        int units = 0;
        for (int other = leaf.first; other != item; other = store.right(other)) {
            units += visible(other);
        }
        Node child = leaf;
        for (Node node = leaf.parent; node != null; node = node.parent) {
            for (int i = 0; node.child(i) != child; i++) {
                units += node.child(i).units;
            }
            child = node;
        }
        return units;
    }

    /// May [#attributesBehind] be asked?
    boolean knowsAttributes() {
        return keys.size() <= KEYS;
    }

    /// The marks that hold behind an item, in the order in which they began.
    Map<String, Any> attributesBehind(int item) {
        Map<String, Any> attributes = new LinkedHashMap<>();
        IntList starts = new IntList();
        IntList values = new IntList();
        for (long rest = root.formats; rest != 0; rest &= rest - 1) {
            long key = rest & -rest;
            int value = lastFormat(item, key, false);
            if (value != NONE && !isEnd(value)) {
                starts.add(value);
                values.add(value);
            }
        }
        if (values.size() > 1) {
            for (int i = 0; i < starts.size(); i++) {
                starts.set(i, beginOfMark(starts.get(i)));
            }
            sortByPlace(starts, values);
        }
        for (int i = 0; i < values.size(); i++) {
            Content.Format format = format(values.get(i));
            attributes.put(format.key(), format.value());
        }
        return attributes;
    }

    /// The first of the formats that kept a mark on without a gap until the given one.
    private int beginOfMark(int format) {
        long key = bit(format(format).key());
        int end = lastFormat(format, key, true);
        return nextFormat(end, key);
    }

    private void sortByPlace(IntList starts, IntList values) {
        for (int i = 1; i < starts.size(); i++) {
            for (int j = i; j > 0 && isBefore(starts.get(j), starts.get(j - 1)); j--) {
                starts.swap(j, j - 1);
                values.swap(j, j - 1);
            }
        }
    }

    /// Does one item stand left of another?
    boolean isBefore(int a, int b) {
        Node ofA = store.leaf(a);
        Node ofB = store.leaf(b);
        if (ofA == ofB) {
            int item = ofA.first;
            while (item != a && item != b) {
                item = store.right(item);
            }
            return item == a;
        }
        while (ofA.parent != ofB.parent) {
            ofA = java.util.Objects.requireNonNull(ofA.parent);
            ofB = java.util.Objects.requireNonNull(ofB.parent);
        }
        Node parent = java.util.Objects.requireNonNull(ofA.parent);
        return parent.positionOf(ofA) < parent.positionOf(ofB);
    }

    /// The last live format of a key at an item or left of it, or NONE.
    private int lastFormat(int from, long key, boolean end) {
        Node node = store.leaf(from);
        if ((mask(node, end) & key) != 0) {
            for (int item = from; ; item = store.left(item)) {
                if (isFormat(item, key, end)) {
                    return item;
                }
                if (item == node.first) {
                    break;
                }
            }
        }
        for (Node parent = node.parent; parent != null; parent = node.parent) {
            for (int i = parent.positionOf(node) - 1; i >= 0; i--) {
                if ((mask(parent.child(i), end) & key) != 0) {
                    return lastBelow(parent.child(i), key, end);
                }
            }
            node = parent;
        }
        return NONE;
    }

    private int lastBelow(Node top, long key, boolean end) {
        Node node = top;
        while (!node.isLeaf()) {
            int position = node.size - 1;
            while ((mask(node.child(position), end) & key) == 0) {
                position--;
            }
            node = node.child(position);
        }
        int last = NONE;
        int item = node.first;
        for (int i = 0; i < node.size; i++, item = store.right(item)) {
            if (isFormat(item, key, end)) {
                last = item;
            }
        }
        return last;
    }

    /// The first live format of a key right of an item; with NONE, the first of all.
    private int nextFormat(int behind, long key) {
        Node node = root;
        if (behind != NONE) {
            node = store.leaf(behind);
            int count = node.size;
            for (int item = node.first; item != behind; item = store.right(item)) {
                count--;
            }
            int item = store.right(behind);
            for (; count > 1; count--, item = store.right(item)) {
                if (isFormat(item, key, false)) {
                    return item;
                }
            }
            node = nodeBehind(node, key);
        }
        while (!node.isLeaf()) {
            int position = 0;
            while ((node.child(position).formats & key) == 0) {
                position++;
            }
            node = node.child(position);
        }
        int item = node.first;
        while (!isFormat(item, key, false)) {
            item = store.right(item);
        }
        return item;
    }

    private static Node nodeBehind(Node from, long key) {
        Node node = from;
        while (true) {
            Node parent = java.util.Objects.requireNonNull(node.parent);
            for (int i = parent.positionOf(node) + 1; i < parent.size; i++) {
                if ((parent.child(i).formats & key) != 0) {
                    return parent.child(i);
                }
            }
            node = parent;
        }
    }

    private static long mask(Node node, boolean end) {
        return end ? node.ends : node.formats;
    }

    private boolean isFormat(int item, long key, boolean end) {
        return store.kind(item) == Content.FORMAT
                && !store.isDeleted(item)
                && bit(format(item).key()) == key
                && (!end || isEnd(item));
    }

    private boolean isEnd(int format) {
        return format(format).value() instanceof Any.Null;
    }

    private Content.Format format(int item) {
        return (Content.Format) store.content(item);
    }

    // ---- changes

    /// An item was linked into the list.
    void inserted(int item) {
        int left = store.left(item);
        int right = store.right(item);
        Node leaf = root;
        if (left != NONE) {
            leaf = store.leaf(left);
        } else if (right != NONE) {
            leaf = store.leaf(right);
        }
        if (left == NONE) {
            leaf.first = item;
        }
        store.setLeaf(item, leaf);
        leaf.size++;
        add(leaf, visible(item));
        noteFormat(leaf, item);
        splitWhenFull(leaf);
    }

    /// An item that could be seen, or a format, was marked deleted.
    void deleted(int item) {
        Node leaf = store.leaf(item);
        if (store.kind(item) == Content.FORMAT) {
            recount(leaf);
            for (Node node = leaf.parent; node != null; node = node.parent) {
                recount(node);
            }
        } else {
            add(leaf, -store.length(item));
        }
    }

    /// The right part of an item that was cut stands beside it.
    void cut(int item, int part) {
        Node leaf = store.leaf(item);
        store.setLeaf(part, leaf);
        leaf.size++;
        splitWhenFull(leaf);
    }

    /// An item has taken in the one behind it, which still has its length and its links.
    void joined(int item, int gone) {
        Node from = store.leaf(gone);
        Node into = store.leaf(item);
        if (from.first == gone) {
            from.first = store.right(gone);
        }
        if (from != into) {
            int units = visible(gone);
            add(from, -units);
            add(into, units);
        }
        if (--from.size == 0) {
            remove(from);
        }
    }

    private static void add(Node leaf, int units) {
        if (units != 0) {
            for (Node node = leaf; node != null; node = node.parent) {
                node.units += units;
            }
        }
    }

    private void noteFormat(Node leaf, int item) {
        if (store.kind(item) == Content.FORMAT && !store.isDeleted(item)) {
            long key = bit(format(item).key());
            long end = isEnd(item) ? key : 0;
            for (Node node = leaf; node != null; node = node.parent) {
                node.formats |= key;
                node.ends |= end;
            }
        }
    }

    /// The bit of a key; all keys beyond the last have the same.
    private long bit(String key) {
        int position = keys.indexOf(key);
        if (position < 0) {
            position = keys.size();
            if (position <= KEYS) {
                keys.add(key);
            }
        }
        return 1L << Math.min(position, KEYS - 1);
    }

    private void recount(Node node) {
        node.units = 0;
        node.formats = 0;
        node.ends = 0;
        if (node.isLeaf()) {
            int item = node.first;
            for (int i = 0; i < node.size; i++, item = store.right(item)) {
                node.units += visible(item);
                if (store.kind(item) == Content.FORMAT && !store.isDeleted(item)) {
                    long key = bit(format(item).key());
                    node.formats |= key;
                    node.ends |= isEnd(item) ? key : 0;
                }
            }
        } else {
            for (int i = 0; i < node.size; i++) {
                Node child = node.child(i);
                node.units += child.units;
                node.formats |= child.formats;
                node.ends |= child.ends;
            }
        }
    }

    private void splitWhenFull(Node leaf) {
        if (leaf.size <= ITEMS) {
            return;
        }
        Node next = new Node(true);
        int stay = leaf.size / 2;
        int item = leaf.first;
        for (int i = 0; i < leaf.size; i++, item = store.right(item)) {
            if (i == stay) {
                next.first = item;
            }
            if (i >= stay) {
                store.setLeaf(item, next);
            }
        }
        next.size = leaf.size - stay;
        leaf.size = stay;
        recount(leaf);
        recount(next);
        addBehind(leaf, next);
    }

    /// Puts a node behind its left part, of which what is counted above was the sum.
    private void addBehind(Node left, Node added) {
        Node parent = left.parent;
        if (parent == null) {
            parent = new Node(false);
            parent.size = 1;
            java.util.Objects.requireNonNull(parent.children)[0] = left;
            left.parent = parent;
            root = parent;
        }
        @Nullable Node[] children = java.util.Objects.requireNonNull(parent.children);
        int position = parent.positionOf(left) + 1;
        System.arraycopy(children, position, children, position + 1, parent.size - position);
        children[position] = added;
        added.parent = parent;
        parent.size++;
        if (parent.size <= CHILDREN) {
            recount(parent);
            return;
        }
        Node next = new Node(false);
        int stay = parent.size / 2;
        next.size = parent.size - stay;
        @Nullable Node[] moved = java.util.Objects.requireNonNull(next.children);
        System.arraycopy(children, stay, moved, 0, next.size);
        Arrays.fill(children, stay, parent.size, null);
        parent.size = stay;
        for (int i = 0; i < next.size; i++) {
            next.child(i).parent = next;
        }
        recount(parent);
        recount(next);
        addBehind(parent, next);
    }

    private void remove(Node empty) {
        Node node = empty;
        for (Node parent = node.parent; parent != null; parent = node.parent) {
            @Nullable Node[] children = java.util.Objects.requireNonNull(parent.children);
            int position = parent.positionOf(node);
            parent.size--;
            System.arraycopy(children, position + 1, children, position, parent.size - position);
            children[parent.size] = null;
            if (parent.size > 0) {
                return;
            }
            node = parent;
        }
    }
}
