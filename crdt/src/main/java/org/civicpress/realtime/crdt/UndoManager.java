package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Takes back what was done here, step by step, and does it again, while others edit. Only transactions of tracked
/// origins that changed a type of the scope count; those that follow each other within the capture timeout make one
/// step.
///
/// # What undoing is
///
/// Nothing comes back from the dead: what a step put in is deleted, and what it deleted is put in again as a copy
/// between the same neighbours. So that there is something to copy, what a tracked transaction deletes is *kept*
/// here when garbage is collected, with all types that it stands in; other replicas collect it. An item remembers
/// its copy ("redone"), so that a later step that put in the item finds the copy.
///
/// An entry that somebody else has overwritten meanwhile stays as they set it.
///
/// Source: yjs 13.6 `UndoManager.js`. Confined to its [Doc].
public final class UndoManager implements AutoCloseable {
    private final Doc doc;
    private final Options options;
    /// The whole document is in the scope.
    private final boolean everything;

    private final Set<YType> scope = new LinkedHashSet<>();
    /// Which types are in scope (1) and which are not (0), as far as it was asked while one step is looked at; types
    /// stay where they are.
    private final IntMap isTypeInScope = new IntMap();

    private final IntList outwards = new IntList();
    private final Set<@Nullable Object> trackedOrigins;
    private final List<StackItem> undoStack = new ArrayList<>();
    private final List<StackItem> redoStack = new ArrayList<>();
    private final List<UndoListener> listeners = new ArrayList<>(1);
    private final Subscription subscription;

    /// What the transaction whose observers are being called put in; what they put in is not of it.
    private DeleteSet insertions = new DeleteSet();

    private boolean undoing;
    private boolean redoing;
    /// The step that is being undone or redone.
    private @Nullable StackItem current;
    /// When the newest step last got something, in milliseconds; 0 when nothing may be added to it.
    private long lastChangeMillis;

    /// How an [UndoManager] works. Immutable; begin with [#DEFAULTS].
    ///
    /// @param captureTimeout what follows sooner than this is added to the newest step
    /// @param clock tells the time for that
    /// @param trackedOrigins origins, or classes of origins, whose transactions are captured; null is that of edits
    ///     without one
    /// @param captureTransaction transactions for which it says false are not captured
    /// @param deleteFilter items for which it says false are not deleted by an undo or redo
    /// @param ignoreRemoteMapChanges entries that others have overwritten are overwritten too
    public record Options(
            Duration captureTimeout,
            InstantSource clock,
            Set<@Nullable Object> trackedOrigins,
            Predicate<Transaction> captureTransaction,
            Predicate<Item> deleteFilter,
            boolean ignoreRemoteMapChanges) {
        public static final Options DEFAULTS = new Options(
                Duration.ofMillis(500),
                InstantSource.system(),
                Collections.singleton(null),
                transaction -> true,
                item -> true,
                false);

        public Options {
            trackedOrigins = Collections.unmodifiableSet(new HashSet<>(trackedOrigins));
        }

        /// The same, joining what follows within a time; none: every transaction is a step.
        public Options withCaptureTimeout(Duration timeout) {
            return new Options(
                    timeout, clock, trackedOrigins, captureTransaction, deleteFilter, ignoreRemoteMapChanges);
        }

        /// The same by another clock.
        public Options withClock(InstantSource source) {
            return new Options(
                    captureTimeout, source, trackedOrigins, captureTransaction, deleteFilter, ignoreRemoteMapChanges);
        }

        /// The same for transactions of these origins, or of these classes of origins.
        public Options withTrackedOrigins(Set<@Nullable Object> origins) {
            return new Options(
                    captureTimeout, clock, origins, captureTransaction, deleteFilter, ignoreRemoteMapChanges);
        }

        /// The same for transactions for which a filter says true.
        public Options withCaptureTransaction(Predicate<Transaction> capture) {
            return new Options(captureTimeout, clock, trackedOrigins, capture, deleteFilter, ignoreRemoteMapChanges);
        }

        /// The same, deleting only items for which a filter says true.
        public Options withDeleteFilter(Predicate<Item> filter) {
            return new Options(
                    captureTimeout, clock, trackedOrigins, captureTransaction, filter, ignoreRemoteMapChanges);
        }

        /// The same, with or without putting back entries that others have replaced since.
        public Options withIgnoreRemoteMapChanges(boolean ignore) {
            return new Options(captureTimeout, clock, trackedOrigins, captureTransaction, deleteFilter, ignore);
        }
    }

    private UndoManager(Doc doc, boolean everything, List<? extends YType> scope, Options options) {
        this.doc = doc;
        this.everything = everything;
        this.options = options;
        this.trackedOrigins = new HashSet<>(options.trackedOrigins);
        scope.forEach(this::addToScope);
        subscription = doc.onTransactions(new TransactionListener() {
            @Override
            public void beforeObserverCalls(Transaction transaction) {
                insertions = insertionsOf(transaction);
            }

            @Override
            public void afterTransaction(Transaction transaction) {
                capture(transaction);
            }
        });
    }

    /// For everything in a document.
    public static UndoManager of(Doc doc, Options options) {
        return new UndoManager(doc, true, List.of(), options);
    }

    /// For some types of a document and what stands in them.
    ///
    /// @throws IllegalArgumentException when there is none, or when they are of different documents
    public static UndoManager of(List<? extends YType> scope, Options options) {
        if (scope.isEmpty()) {
            throw new IllegalArgumentException("nothing to be undone");
        }
        return new UndoManager(scope.getFirst().doc(), false, scope, options);
    }

    /// For a type and what stands in it.
    public static UndoManager of(YType scope) {
        return of(List.of(scope), Options.DEFAULTS);
    }

    /// @throws IllegalArgumentException when it is of another document
    public void addToScope(YType type) {
        if (type.doc() != doc) {
            throw new IllegalArgumentException("a type of another document");
        }
        scope.add(type);
    }

    /// @param origin an origin, or a class of origins
    public void addTrackedOrigin(@Nullable Object origin) {
        trackedOrigins.add(origin);
    }

    /// @param origin an origin, or a class of origins
    public void removeTrackedOrigin(@Nullable Object origin) {
        trackedOrigins.remove(origin);
    }

    /// Calls a listener whenever a step is added, undone, redone or forgotten.
    public Subscription onStacks(UndoListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /// Is there a step to be undone?
    public boolean canUndo() {
        return !undoStack.isEmpty();
    }

    /// Is there a step to be redone?
    public boolean canRedo() {
        return !redoStack.isEmpty();
    }

    /// The steps that can be undone, the newest last.
    public List<StackItem> undoStack() {
        return List.copyOf(undoStack);
    }

    /// The steps that can be redone, the newest last.
    public List<StackItem> redoStack() {
        return List.copyOf(redoStack);
    }

    /// Are we inside [#undo]?
    public boolean isUndoing() {
        return undoing;
    }

    /// Are we inside [#redo]?
    public boolean isRedoing() {
        return redoing;
    }

    /// The step that is being undone or redone, for those who hear of the change.
    public Optional<StackItem> current() {
        return Optional.ofNullable(current);
    }

    /// What comes next is a step of its own.
    public void stopCapturing() {
        lastChangeMillis = 0;
    }

    /// Takes back the newest step that has an effect.
    ///
    /// @return that step; empty when there was none
    public Optional<StackItem> undo() {
        undoing = true;
        try {
            return pop(undoStack, UndoListener.Direction.UNDO);
        } finally {
            undoing = false;
        }
    }

    /// Does again what was taken back last.
    ///
    /// @return that step; empty when there was none
    public Optional<StackItem> redo() {
        redoing = true;
        try {
            return pop(redoStack, UndoListener.Direction.REDO);
        } finally {
            redoing = false;
        }
    }

    private Optional<StackItem> pop(List<StackItem> stack, UndoListener.Direction direction) {
        Transaction[] run = new Transaction[1];
        doc.edit(this, transaction -> {
            run[0] = transaction;
            while (!stack.isEmpty() && current == null) {
                isTypeInScope.clear();
                StackItem step = stack.removeLast();
                if (new UndoStep(this, transaction, step).run()) {
                    current = step;
                }
            }
        });
        StackItem popped = current;
        if (popped == null) {
            return Optional.empty();
        }
        try {
            UndoListener.Change change = new UndoListener.Change(this, popped, direction, this, changedIn(run[0]));
            tell(listener -> listener.popped(change));
        } finally {
            current = null;
        }
        return Optional.of(popped);
    }

    /// Forgets all steps.
    public void clear() {
        clear(true, true);
    }

    /// Forgets the steps that can be undone, or redone, or both.
    public void clear(boolean undoSteps, boolean redoSteps) {
        if ((undoSteps && canUndo()) || (redoSteps && canRedo())) {
            doc.edit(transaction -> {
                if (undoSteps) {
                    undoStack.forEach(step -> keep(transaction, step.deletions, false));
                    undoStack.clear();
                }
                if (redoSteps) {
                    redoStack.forEach(step -> keep(transaction, step.deletions, false));
                    redoStack.clear();
                }
                tell(listener -> listener.cleared(undoSteps, redoSteps));
            });
        }
    }

    /// Ends the capturing. The document stays as it is.
    @Override
    public void close() {
        subscription.close();
    }

    // ---- capturing

    private void capture(Transaction transaction) {
        if (!options.captureTransaction.test(transaction) || !isTracked(transaction.origin())) {
            return;
        }
        Set<YType> changed = changedIn(transaction);
        if (!everything && Collections.disjoint(scope, changed)) {
            return;
        }
        List<StackItem> stack = undoing ? redoStack : undoStack;
        if (undoing) {
            stopCapturing();
        } else if (!redoing) {
            clear(false, true);
        }
        DeleteSet deletions = transaction.deletions();
        long now = options.clock.millis();
        boolean joins = lastChangeMillis > 0
                && now - lastChangeMillis < options.captureTimeout.toMillis()
                && !stack.isEmpty()
                && !undoing
                && !redoing;
        if (joins) {
            stack.getLast().append(deletions, insertions);
        } else {
            stack.add(new StackItem(deletions, insertions));
        }
        if (!undoing && !redoing) {
            lastChangeMillis = now;
        }
        keep(transaction, deletions, true);
        UndoListener.Direction direction = undoing ? UndoListener.Direction.REDO : UndoListener.Direction.UNDO;
        UndoListener.Change change =
                new UndoListener.Change(this, stack.getLast(), direction, transaction.origin(), changed);
        tell(listener -> {
            if (joins) {
                listener.updated(change);
            } else {
                listener.added(change);
            }
        });
    }

    private boolean isTracked(@Nullable Object origin) {
        return origin == this
                || trackedOrigins.contains(origin)
                || (origin != null && trackedOrigins.contains(origin.getClass()));
    }

    /// What was put in since a transaction began. When its commit had to wait, that is more than it put in itself.
    private static DeleteSet insertionsOf(Transaction transaction) {
        DeleteSet insertions = new DeleteSet();
        StructStore store = transaction.doc.store;
        for (int i = 0; i < transaction.grown(); i++) {
            ClientStructs structs = store.client(transaction.before.keyAt(i));
            int clock = transaction.before.valueAt(i);
            insertions.add(structs.client, clock, structs.state - clock);
        }
        return insertions;
    }

    /// The types that a transaction changed, and all that they stand in.
    private Set<YType> changedIn(Transaction transaction) {
        Set<YType> changed = new LinkedHashSet<>();
        for (YType type : transaction.changedTypes()) {
            if (!type.isDeleted()) {
                YType at = type;
                while (changed.add(at) && at.item != NONE) {
                    at = doc.store.type(doc.store.parent(at.item));
                }
            }
        }
        return changed;
    }

    /// Whether what was deleted, and the types that it stands in, are kept when garbage is collected.
    private void keep(Transaction transaction, DeleteSet deletions, boolean kept) {
        StructStore store = doc.store;
        isTypeInScope.clear();
        store.visit(transaction, deletions, item -> {
            if (!store.isGc(item) && isInScope(item)) {
                keep(item, kept);
            }
        });
    }

    private void tell(Consumer<UndoListener> call) {
        List.copyOf(listeners).forEach(call);
    }

    // ---- for [UndoStep]

    void keep(int item, boolean kept) {
        StructStore store = doc.store;
        for (int at = item; at != NONE && store.isKept(at) != kept; at = store.parentItem(at)) {
            store.setKept(at, kept);
        }
    }

    boolean isInScope(int item) {
        if (everything) {
            return true;
        }
        StructStore store = doc.store;
        int known = IntMap.NONE;
        for (int at = item; at != NONE && known == IntMap.NONE; at = store.parentItem(at)) {
            int type = store.parent(at);
            known = isTypeInScope.get(type);
            if (known == IntMap.NONE) {
                outwards.add(type);
                known = scope.contains(store.type(type)) ? 1 : IntMap.NONE;
            }
        }
        int found = Math.max(known, 0);
        while (!outwards.isEmpty()) {
            isTypeInScope.put(outwards.removeLast(), found);
        }
        return found == 1;
    }

    boolean mayDelete(int item) {
        return options.deleteFilter == Options.DEFAULTS.deleteFilter
                || options.deleteFilter.test(Item.of(doc.store, item));
    }

    boolean ignoresRemoteMapChanges() {
        return options.ignoreRemoteMapChanges;
    }

    /// Did a step of either stack delete a unit?
    boolean isDeletedByAnyStep(long client, long clock) {
        return isDeletedBy(undoStack, client, clock) || isDeletedBy(redoStack, client, clock);
    }

    private static boolean isDeletedBy(List<StackItem> stack, long client, long clock) {
        for (StackItem step : stack) {
            if (step.deletions.contains(client, clock)) {
                return true;
            }
        }
        return false;
    }
}
