package org.civicpress.realtime.markdown;

/// What came of writing a tree as Markdown. Immutable.
public sealed interface Written {
    /// The Markdown; read again it is the same document.
    record Faithful(String markdown) implements Written {}

    /// No Markdown was found that reads as the same document; `reason` is a sentence for a person.
    record Unfaithful(String reason) implements Written {}
}
