package org.civicpress.realtime.crdt;

import java.util.List;

/// Hears of the life of each transaction of a document, also of those that change nothing. Overrides what it is
/// interested in; the methods stand in the order in which they are called. What one throws comes out of the
/// edit or the apply that was the cause, after everybody has heard.
///
/// Source: yjs 13.6 `Transaction.js`, where these are events of the document.
public interface TransactionListener {
    /// A transaction begins while none is open. Edits made here belong to it.
    default void beforeAllTransactions(Doc doc) {}

    /// A transaction begins. Edits made here belong to it.
    default void beforeTransaction(Transaction transaction) {}

    /// A transaction has ended and its observers are about to be called. Edits made from here on are
    /// transactions of their own, committed one after the other when this one is done.
    default void beforeObserverCalls(Transaction transaction) {}

    /// All observers were called; what was deleted is still there.
    default void afterTransaction(Transaction transaction) {}

    /// What was deleted is collected; those who wait for updates are about to get theirs.
    default void afterTransactionCleanup(Transaction transaction) {}

    /// The last of the transactions that were open is done.
    ///
    /// @param transactions all of them, in the order in which they began
    default void afterAllTransactions(Doc doc, List<Transaction> transactions) {}
}
