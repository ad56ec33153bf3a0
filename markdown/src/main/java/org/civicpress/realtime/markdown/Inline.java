package org.civicpress.realtime.markdown;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A piece of a paragraph, heading or cell. Only text carries marks: in Yjs an element has none. Immutable.
public sealed interface Inline {
    record Text(String text, Marks marks) implements Inline {
        public Text(String text) {
            this(text, Marks.NONE);
        }
    }

    record HardBreak() implements Inline {}

    record Image(String src, Optional<String> alt, Optional<String> title) implements Inline {}

    /// A reference to another part of the installation: `refType` is record, geography or attachment.
    record CivicRef(String refType, String id, String label) implements Inline {}

    /// An element the schema does not know, or one that stands where the schema has no place for it.
    record Unknown(String name, List<Inline> content) implements Inline {
        public Unknown {
            content = List.copyOf(content);
        }
    }

    /// What a run of text carries. `unknown` names the marks that are not the schema's.
    record Marks(Optional<Link> link, boolean em, boolean strong, boolean code, SortedSet<String> unknown) {
        public static final Marks NONE = new Marks(Optional.empty(), false, false, false, new TreeSet<>());

        public Marks {
            unknown = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(unknown));
        }

        public Marks withLink(Link to) {
            return new Marks(Optional.of(to), em, strong, code, unknown);
        }

        public Marks withoutLink() {
            return new Marks(Optional.empty(), em, strong, code, unknown);
        }

        public Marks withEm(boolean on) {
            return new Marks(link, on, strong, code, unknown);
        }

        public Marks withStrong(boolean on) {
            return new Marks(link, em, on, code, unknown);
        }

        public Marks withCode(boolean on) {
            return new Marks(link, em, strong, on, unknown);
        }
    }

    record Link(String href, Optional<String> title) {}
}
