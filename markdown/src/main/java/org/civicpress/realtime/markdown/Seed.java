package org.civicpress.realtime.markdown;

import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A document's beginning: the update that makes it from a Markdown body. When there are losses, the body must not
/// be written back from this document: it is to be served read-only. Immutable.
public record Seed(Bytes update, List<String> losses) {
    public Seed {
        losses = List.copyOf(losses);
    }
}
