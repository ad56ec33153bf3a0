package org.civicpress.realtime.markdown;

import java.util.List;

/// The civic schema's Markdown: CommonMark with GFM tables, and civic references as comments. It never answers
/// with a text that it has not read again.
public final class CivicMarkdown {
    private CivicMarkdown() {}

    /// Reads a record's body (without its front matter). Never fails: what the tree cannot hold is in the losses.
    public static Parsed parse(String markdown) {
        return new MarkdownReader(markdown).read();
    }

    /// Writes the tree so that [#parse] gives the same tree again, as far as [Norm] says what is the same.
    public static Written write(Tree tree) {
        Tree wanted = Norm.of(tree);
        var obstacle = Obstacles.in(wanted);
        if (obstacle.isPresent()) {
            return new Written.Unfaithful(obstacle.get());
        }
        String plain = new BlockWriter(InlineWriter::plain).write(wanted);
        if (parse(plain).equals(new Parsed(wanted, List.of()))) {
            return new Written.Faithful(plain);
        }
        String careful = new BlockWriter(InlineWriter::careful).write(wanted);
        Parsed again = parse(careful);
        if (!again.tree().equals(wanted)) {
            return new Written.Unfaithful(Obstacles.difference(wanted, again.tree()));
        }
        return again.losses().isEmpty()
                ? new Written.Faithful(careful)
                : new Written.Unfaithful(again.losses().getFirst());
    }
}
