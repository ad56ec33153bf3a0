package org.civicpress.realtime.crdt;

import java.util.LinkedHashSet;
import java.util.Set;

/// What a transaction did to the documents that stand in a document. A document is in the sets as itself, so
/// one that was destroyed is in [#removed], and the new one of the same guid that took its place in [#added].
///
/// Whoever syncs documents with others begins with those of [#loaded] and ends with those of [#removed].
///
/// Source: yjs 13.6 `Transaction.js`, the event `subdocs`. Confined to the document.
public final class SubDocsEvent {
    private final Transaction transaction;
    private final Set<LazyDoc> loaded = new LinkedHashSet<>();
    private final Set<LazyDoc> added = new LinkedHashSet<>();
    private final Set<LazyDoc> removed = new LinkedHashSet<>();

    SubDocsEvent(Transaction transaction) {
        this.transaction = transaction;
    }

    /// The transaction that did it.
    public Transaction transaction() {
        return transaction;
    }

    /// Documents that somebody here wants to have the content of: those that were added and [Doc#shouldLoad],
    /// and those that [Doc#load] was called on.
    public Set<Doc> loaded() {
        return LazyDoc.docs(loaded);
    }

    /// Documents that stand in this one now.
    public Set<Doc> added() {
        return LazyDoc.docs(added);
    }

    /// Documents that stood in this one. They are destroyed after the event.
    public Set<Doc> removed() {
        return LazyDoc.docs(removed);
    }

    // ---- what is noted while the transaction is under way

    void add(LazyDoc subDoc) {
        added.add(subDoc);
    }

    void load(LazyDoc subDoc) {
        loaded.add(subDoc);
    }

    void remove(LazyDoc subDoc) {
        removed.add(subDoc);
    }

    /// One that came in the same transaction was never there; if it was to be loaded, that stays noted, as in
    /// Yjs.
    void delete(LazyDoc subDoc) {
        if (!added.remove(subDoc)) {
            removed.add(subDoc);
        }
    }

    boolean isEmpty() {
        return loaded.isEmpty() && added.isEmpty() && removed.isEmpty();
    }

    Set<LazyDoc> addedPlaces() {
        return added;
    }

    Set<LazyDoc> removedPlaces() {
        return removed;
    }
}
