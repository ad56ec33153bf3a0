package org.civicpress.realtime.crdt;

import java.util.Map;

/// The runs of a rich text, and the changes of one, as Quill's Delta format has them.
public final class Delta {
    private Delta() {}

    /// One step through a text, from left to right. Immutable, but for a nested type.
    public sealed interface Op {
        /// In the order in which they were applied.
        Map<String, Any> attributes();
    }

    /// One run.
    public sealed interface Insert extends Op {}

    /// Characters with the marks that they have.
    public record Text(String text, Map<String, Any> attributes) implements Insert {}

    /// A value that counts one unit.
    public record Embed(Any value, Map<String, Any> attributes) implements Insert {}

    /// A type that counts one unit.
    public record Type(YType type, Map<String, Any> attributes) implements Insert {}

    /// Units that stay.
    ///
    /// @param attributes those that change; null takes one away
    public record Retain(int units, Map<String, Any> attributes) implements Op {
        /// Units that stay as they are.
        public Retain(int units) {
            this(units, Map.of());
        }
    }

    /// Units that go.
    public record Delete(int units) implements Op {
        @Override
        public Map<String, Any> attributes() {
            return Map.of();
        }
    }
}
