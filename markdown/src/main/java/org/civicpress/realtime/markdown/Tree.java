package org.civicpress.realtime.markdown;

import java.util.List;

/// A civic document: what a room's XmlFragment `default` holds, as plain values. Names and attributes are those of
/// the editor's schema (`web/src/editor/schema`). Immutable.
public record Tree(List<Block> blocks) {
    public Tree {
        blocks = List.copyOf(blocks);
    }
}
