package org.civicpress.realtime.crdt;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Hears what happens to the stacks of an [UndoManager]. Overrides what it is interested in.
public interface UndoListener {
    /// Where a step stands, or what was done with it.
    enum Direction {
        UNDO,
        REDO
    }

    /// @param direction of a step that was added or updated: what can be done with it now; of one that was popped:
    ///     what was done
    /// @param origin of the transaction that was captured, or the manager itself
    /// @param changedTypes the types that the transaction changed, and all that they stand in
    record Change(
            UndoManager manager,
            StackItem item,
            Direction direction,
            @Nullable Object origin,
            Set<YType> changedTypes) {}

    /// There is a new step. The time to put something into its [StackItem#meta].
    default void added(Change change) {}

    /// A transaction was added to the newest step.
    default void updated(Change change) {}

    /// A step was undone or redone.
    default void popped(Change change) {}

    /// All steps of one or both stacks were forgotten.
    default void cleared(boolean undoStack, boolean redoStack) {}
}
