package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

/// Gives an item its place among those that were made at the same spot without knowing of each other, so that every
/// replica comes to the same order.
///
/// # The rule
///
/// An item wants to stand between its origins. What stands there already was made concurrently. Going through it
/// from left to right, the item is placed after another one that has the same origin and a lower client id, and
/// after whatever stands in the shadow of an item that it has to follow (its origin lies among those passed
/// since). It stops before the first one whose origin lies further left than its own, and before one with both
/// origins equal and a higher client id.
///
/// In the history of a key the same rule holds; the entry furthest to the right is the value, all others are
/// deleted.
///
/// Paper: Nicolaescu, Jahns, Derntl, Klamma, "Near Real-Time Peer-to-Peer Shared Editing on Extensible Data Types"
/// (2016); source: yjs 13.6 `Item.js#integrate`. Confined to its [Doc].
final class Yata {
    private final Doc doc;
    private final StructStore store;
    /// Beside each item, its turn among all that were ever passed in a search for a place.
    private int[] passed = {};

    private int turns;

    Yata(Doc doc) {
        this.doc = doc;
        this.store = doc.store;
    }

    /// Links an item whose row was made, with the neighbours that it names now.
    ///
    /// @param left the item that ends with its origin, or [StructStore#NONE]
    /// @param right the item that begins with its right origin, or [StructStore#NONE]
    void integrate(Transaction transaction, int item, int left, int right) {
        YType parent = store.type(store.parent(item));
        int key = store.key(item);
        if (left == NONE ? right == NONE || store.left(right) != NONE : store.right(left) != right) {
            left = place(item, parent, key, left, right);
        }
        link(transaction, item, parent, key, left);
        if (key == NONE && store.isVisible(item)) {
            parent.length += store.length(item);
        }
        if (key == NONE && parent.positions != null) {
            parent.positions.inserted(item);
        }
        transaction.willGrow(store.clientIndex(item));
        store.client(store.clientIndex(item)).append(item);
        integrateContent(transaction, item, parent);
        transaction.changed(parent);
        if (parent.isDeleted() || (key != NONE && store.right(item) != NONE)) {
            transaction.delete(item);
        }
    }

    private int place(int item, YType parent, int key, int left, int right) {
        int other;
        if (left != NONE) {
            other = store.right(left);
        } else if (key != NONE) {
            other = leftmost(parent, key);
        } else {
            other = parent.first;
        }
        if (other == NONE || other == right) {
            return left;
        }
        prepareTurns();
        int begin = turns;
        int since = turns;
        long client = store.client(store.clientIndex(item)).client;
        while (other != NONE && other != right) {
            passed[other] = ++turns;
            if (store.sameOrigin(item, other)) {
                if (store.client(store.clientIndex(other)).client < client) {
                    left = other;
                    since = turns;
                } else if (store.sameRightOrigin(item, other)) {
                    break;
                }
            } else if (store.originClient(other) != NONE) {
                int origin = store.find(store.originClient(other), store.originClock(other));
                if (passed[origin] <= begin) {
                    break;
                }
                if (passed[origin] <= since) {
                    left = other;
                    since = turns;
                }
            } else {
                break;
            }
            other = store.right(other);
        }
        return left;
    }

    private void prepareTurns() {
        if (passed.length < store.rowsInUse() || turns > Integer.MAX_VALUE - store.rowsInUse()) {
            passed = new int[store.rowsInUse() + (store.rowsInUse() >> 1)];
            turns = 0;
        }
    }

    private void link(Transaction transaction, int item, YType parent, int key, int left) {
        int right;
        if (left != NONE) {
            right = store.right(left);
            store.setRight(left, item);
        } else if (key != NONE) {
            right = leftmost(parent, key);
        } else {
            right = parent.first;
            parent.first = item;
        }
        store.setLeft(item, left);
        store.setRight(item, right);
        if (right != NONE) {
            store.setLeft(right, item);
        } else if (key != NONE) {
            parent.newestItems().put(key, item);
            if (left != NONE) {
                transaction.delete(left);
            }
        }
    }

    private int leftmost(YType parent, int key) {
        int item = parent.entry(key);
        while (item != NONE && store.left(item) != NONE) {
            item = store.left(item);
        }
        return item;
    }

    private void integrateContent(Transaction transaction, int item, YType parent) {
        switch (store.kind(item)) {
            case Content.DELETED -> {
                transaction.addDeletion(item);
                store.markDeleted(item);
            }
            case Content.FORMAT -> parent.hasFormatting = true;
            case Content.TYPE -> {
                YType type = store.content(item) instanceof YType own
                        ? own
                        : YType.of((Content.TypeRef) store.content(item));
                store.setContent(item, type);
                type.integrate(doc, item);
            }
            case Content.DOC -> {
                LazyDoc subDoc = store.content(item) instanceof LazyDoc own
                        ? own
                        : new LazyDoc((Doc.Options) store.content(item));
                store.setContent(item, subDoc);
                subDoc.integrate(transaction, store.clientIndex(item), store.clock(item));
            }
            default -> {}
        }
    }
}
