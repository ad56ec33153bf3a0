package org.civicpress.realtime.markdown;

import java.util.List;

/// A Markdown body as a tree. `losses` has one sentence for each kind of construct that the tree cannot hold;
/// when it is empty, nothing was lost. Immutable.
public record Parsed(Tree tree, List<String> losses) {
    public Parsed {
        losses = List.copyOf(losses);
    }
}
