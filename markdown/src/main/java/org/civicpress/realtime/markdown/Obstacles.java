package org.civicpress.realtime.markdown;

import java.util.List;
import java.util.Optional;

/// Why a tree cannot be written, in a sentence for a person.
final class Obstacles {
    private static final int QUOTED = 40;

    private Obstacles() {}

    /// The first thing in the tree that Markdown of the civic schema has no form for.
    static Optional<String> in(Tree tree) {
        return inBlocks(tree.blocks());
    }

    /// Where what was read again begins to differ from what was wanted.
    static String difference(Tree wanted, Tree again) {
        List<Block> blocks = wanted.blocks();
        int same = 0;
        while (same < Math.min(blocks.size(), again.blocks().size())
                && blocks.get(same).equals(again.blocks().get(same))) {
            same++;
        }
        return same == blocks.size()
                ? "The document's end reads differently in Markdown."
                : "The part beginning “%s” reads differently in Markdown.".formatted(beginning(blocks.get(same)));
    }

    private static Optional<String> inBlocks(List<Block> blocks) {
        return blocks.stream().flatMap(block -> inBlock(block).stream()).findFirst();
    }

    private static Optional<String> inBlock(Block block) {
        return switch (block) {
            case Block.Paragraph(var content) -> inInlines(content);
            case Block.Heading(int level, var content) -> inInlines(content);
            case Block.Blockquote(var content) -> inBlocks(content);
            case Block.BulletList(var items) -> inItems(items);
            case Block.OrderedList(int order, var items) -> inItems(items);
            case Block.CodeBlock code -> Optional.empty();
            case Block.HorizontalRule rule -> Optional.empty();
            case Block.Table(var rows) ->
                rows.stream()
                        .flatMap(row -> row.cells().stream())
                        .flatMap(cell -> inCell(cell).stream())
                        .findFirst();
            case Block.Unknown unknown -> Optional.of(unknown(unknown.name()));
        };
    }

    private static Optional<String> inItems(List<Block.Item> items) {
        return items.stream().flatMap(item -> inBlocks(item.content()).stream()).findFirst();
    }

    private static Optional<String> inCell(Block.Cell cell) {
        if (cell.colspan() != 1 || cell.rowspan() != 1) {
            return Optional.of("A table has merged cells, which Markdown cannot hold.");
        }
        return cell.content().size() == 1 && cell.content().getFirst() instanceof Block.Paragraph(var content)
                ? inInlines(content)
                : Optional.of("A table cell holds a list, a heading or the like, which Markdown cannot hold.");
    }

    private static Optional<String> inInlines(List<Inline> content) {
        for (Inline inline : content) {
            if (inline instanceof Inline.Unknown unknown) {
                return Optional.of(unknown(unknown.name()));
            }
            if (inline instanceof Inline.Text(String text, Inline.Marks marks)
                    && !marks.unknown().isEmpty()) {
                return Optional.of("The text “%s” has a mark this record does not know: %s."
                        .formatted(shorten(text), shorten(marks.unknown().first())));
            }
        }
        return Optional.empty();
    }

    private static String unknown(String name) {
        return "The document has an element this record does not know, or has it in a wrong place: %s."
                .formatted(shorten(name));
    }

    private static String beginning(Block block) {
        StringBuilder words = new StringBuilder();
        collect(block, words);
        return shorten(words.toString());
    }

    private static void collect(Block block, StringBuilder words) {
        if (words.length() > QUOTED) {
            return;
        }
        switch (block) {
            case Block.Paragraph(var content) -> collectInlines(content, words);
            case Block.Heading(int level, var content) -> collectInlines(content, words);
            case Block.Blockquote(var content) -> content.forEach(inner -> collect(inner, words));
            case Block.BulletList(var items) ->
                items.forEach(item -> item.content().forEach(inner -> collect(inner, words)));
            case Block.OrderedList(int order, var items) ->
                items.forEach(item -> item.content().forEach(inner -> collect(inner, words)));
            case Block.CodeBlock(String params, String text) -> words.append(text);
            case Block.HorizontalRule rule -> words.append("---");
            case Block.Table(var rows) ->
                rows.forEach(row ->
                        row.cells().forEach(cell -> cell.content().forEach(inner -> collect(inner, words))));
            case Block.Unknown(String name, var content) -> content.forEach(inner -> collect(inner, words));
        }
    }

    private static void collectInlines(List<Inline> content, StringBuilder words) {
        for (Inline inline : content) {
            switch (inline) {
                case Inline.Text(String text, Inline.Marks marks) -> words.append(text);
                case Inline.HardBreak hardBreak -> words.append(' ');
                case Inline.Image image -> words.append(image.alt().orElse(image.src()));
                case Inline.CivicRef reference -> words.append(reference.label());
                case Inline.Unknown unknown -> collectInlines(unknown.content(), words);
            }
        }
    }

    private static String shorten(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.codePointCount(0, line.length()) <= QUOTED
                ? line
                : line.substring(0, line.offsetByCodePoints(0, QUOTED)) + "…";
    }
}
