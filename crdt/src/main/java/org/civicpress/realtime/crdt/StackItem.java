package org.civicpress.realtime.crdt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One step that an [UndoManager] can undo or redo: what was put in and what was deleted. Confined to its [Doc].
public final class StackItem {
    DeleteSet deletions;
    DeleteSet insertions;
    private final Map<String, Object> meta = new HashMap<>();

    StackItem(DeleteSet deletions, DeleteSet insertions) {
        this.deletions = deletions;
        this.insertions = insertions;
    }

    /// Adds what came shortly after.
    void append(DeleteSet moreDeletions, DeleteSet moreInsertions) {
        deletions = joined(deletions, moreDeletions);
        insertions = joined(insertions, moreInsertions);
    }

    private static DeleteSet joined(DeleteSet first, DeleteSet second) {
        DeleteSet both = new DeleteSet();
        both.addAll(first);
        both.addAll(second);
        return both.normalised();
    }

    /// What was put in, and is deleted again by an undo: an editor finds there what to select.
    public List<IdRange> insertions() {
        return IdRange.of(insertions.clients());
    }

    /// What was deleted, and is brought back by an undo.
    public List<IdRange> deletions() {
        return IdRange.of(deletions.clients());
    }

    /// Whatever the application wants to find again when the step is undone, the selection say. May be changed.
    public Map<String, Object> meta() {
        return meta;
    }
}
