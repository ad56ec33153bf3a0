package org.civicpress.realtime.crdt;

import java.util.Map;

/// The runs of a rich text, as Quill's Delta format has them.
public final class Delta {
    private Delta() {}

    /// One run. Attributes are in the order in which they were applied. Immutable, but for a nested type.
    public sealed interface Insert {
        Map<String, Any> attributes();
    }

    public record Text(String text, Map<String, Any> attributes) implements Insert {}

    public record Embed(Any value, Map<String, Any> attributes) implements Insert {}

    public record Type(YType type, Map<String, Any> attributes) implements Insert {}
}
