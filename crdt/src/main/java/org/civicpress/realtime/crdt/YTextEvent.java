package org.civicpress.realtime.crdt;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a transaction did to a text. Confined to its [Doc].
public final class YTextEvent extends YEvent {
    private final YText text;
    private @Nullable List<Delta.Op> delta;

    YTextEvent(YText text, Transaction transaction, TypeChange change) {
        super(text, transaction, change);
        this.text = text;
    }

    @Override
    public YText target() {
        return text;
    }

    /// What was kept, deleted and inserted, from left to right; what was kept at the end without getting other
    /// marks is left out.
    ///
    /// To compute it takes out formats that decide nothing, in a transaction that follows this one: observing
    /// a text can change it, as in Yjs.
    ///
    /// @throws IllegalStateException when it is first asked for after the observers were called
    public List<Delta.Op> delta() {
        if (delta == null) {
            requireComputable();
            TextDelta computed = new TextDelta(this);
            text.doc().edit(computed::compute);
            delta = List.copyOf(computed.ops());
        }
        return delta;
    }

    /// Was something done to the characters, the embedded things or their marks?
    public boolean childListChanged() {
        return listChanged();
    }

    /// The attributes of the text as a whole to which something was done.
    public Set<String> keysChanged() {
        return changedKeys();
    }
}
