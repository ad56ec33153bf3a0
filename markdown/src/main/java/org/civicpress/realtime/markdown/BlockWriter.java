package org.civicpress.realtime.markdown;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.civicpress.realtime.markdown.Block.Item;
import org.civicpress.realtime.markdown.Block.Row;
import org.civicpress.realtime.markdown.InlineWriter.Place;

/// Writes the blocks of a normal tree as CivicPress's own serializer does, and otherwise only where that would
/// read differently: neighbouring lists take turns with their markers, an empty paragraph is a no-break space.
/// Confined to one writing.
final class BlockWriter {
    /// Writes the words of one leaf: one line, or several where it has breaks.
    interface Leaf {
        String write(List<Inline> content, Place place);
    }

    private static final Pattern BACKTICKS = Pattern.compile("`{3,}");
    private static final Pattern TILDES = Pattern.compile("~{3,}");
    private static final String BLANK_PARAGRAPH = "&nbsp;";
    /// A marker may be indented so far; more is code.
    private static final int MAX_MARKER_INDENT = 3;

    private final Leaf leaf;
    private final StringBuilder out = new StringBuilder();
    /// What each further line begins with: the quotes and list items around it.
    private String prefix = "";
    /// A block has ended, and the next one has not begun.
    private boolean ended;

    BlockWriter(Leaf leaf) {
        this.leaf = leaf;
    }

    String write(Tree tree) {
        if (!tree.blocks().equals(List.of(Norm.EMPTY))) {
            blocks(tree.blocks());
        }
        return out.toString();
    }

    private void blocks(List<Block> blocks) {
        boolean alternate = false;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            alternate = i > 0
                    && isList(block)
                    && block.getClass() == blocks.get(i - 1).getClass()
                    && !alternate;
            block(block, alternate);
        }
    }

    private static boolean isList(Block block) {
        return block instanceof Block.BulletList || block instanceof Block.OrderedList;
    }

    private void block(Block block, boolean alternate) {
        switch (block) {
            case Block.Paragraph(var content) ->
                lines(content.isEmpty() ? BLANK_PARAGRAPH : leaf.write(content, Place.PARAGRAPH));
            case Block.Heading(int level, var content) ->
                lines("#".repeat(level) + (content.isEmpty() ? "" : " " + leaf.write(content, Place.HEADING)));
            case Block.Blockquote(var content) -> quote(content);
            case Block.BulletList(var items) -> bullets(items, alternate ? "- " : "* ");
            case Block.OrderedList(int order, var items) -> numbers(order, items, alternate ? ") " : ". ");
            case Block.CodeBlock(String params, String text) -> code(params, text);
            case Block.HorizontalRule rule -> lines("---");
            case Block.Table(var rows) -> table(rows);
            case Block.Unknown unknown -> throw new IllegalStateException("unknown block to write: " + unknown.name());
        }
    }

    private void quote(List<Block> content) {
        if (content.equals(List.of(Norm.EMPTY))) {
            lines(">");
            return;
        }
        begin();
        out.append("> ");
        String outer = prefix;
        prefix += "> ";
        blocks(content);
        prefix = outer;
        ended = true;
    }

    private void bullets(List<Item> items, String marker) {
        for (Item item : items) {
            item(item, marker, " ".repeat(marker.length()));
        }
    }

    private void numbers(int order, List<Item> items, String delimiter) {
        int width = String.valueOf((long) order + items.size() - 1).length();
        boolean aligned = width - String.valueOf(order).length() <= MAX_MARKER_INDENT;
        for (int i = 0; i < items.size(); i++) {
            // Only the first number counts; a marker has nine digits at most.
            String number = String.valueOf(Math.min(999_999_999L, (long) order + i));
            String marker = (aligned ? " ".repeat(Math.max(0, width - number.length())) : "") + number + delimiter;
            item(items.get(i), marker, " ".repeat(marker.length()));
        }
    }

    private void item(Item item, String marker, String indent) {
        List<Block> content = item.content();
        if (content.equals(List.of(Norm.EMPTY))) {
            lines(marker.stripTrailing());
            return;
        }
        begin();
        out.append(marker);
        String outer = prefix;
        prefix += indent;
        // The parser supplies the empty paragraph before a heading, a quote and the like.
        boolean supplied = content.getFirst().equals(Norm.EMPTY) && beginsAnItem(content.get(1));
        blocks(supplied ? content.subList(1, content.size()) : content);
        prefix = outer;
        ended = true;
    }

    private static boolean beginsAnItem(Block block) {
        return switch (block) {
            case Block.Heading heading -> !heading.content().isEmpty();
            case Block.CodeBlock code -> true;
            case Block.Table table -> true;
            case Block.Blockquote quote -> !(quote.content().getFirst().equals(Norm.EMPTY));
            case Block.BulletList list ->
                !list.items().getFirst().content().getFirst().equals(Norm.EMPTY);
            case Block.OrderedList list ->
                !list.items().getFirst().content().getFirst().equals(Norm.EMPTY);
            case Block.Paragraph paragraph -> false;
            case Block.HorizontalRule rule -> false;
            case Block.Unknown unknown -> false;
        };
    }

    private void code(String params, String text) {
        boolean tildes = params.indexOf('`') >= 0;
        int longest = 2;
        Matcher runs = (tildes ? TILDES : BACKTICKS).matcher(text);
        while (runs.find()) {
            longest = Math.max(longest, runs.end() - runs.start());
        }
        String fence = (tildes ? "~" : "`").repeat(longest + 1);
        lines(fence + InlineWriter.info(params, tildes) + "\n" + text + "\n" + fence);
    }

    private void table(List<Row> rows) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            lines.append(i == 0 ? "|" : "\n|");
            for (Block.Cell cell : rows.get(i).cells()) {
                lines.append(' ').append(cellWords(cell)).append(" |");
            }
            if (i == 0) {
                lines.append("\n|");
                rows.getFirst().cells().forEach(cell -> lines.append(delimiter(cell.align())));
            }
        }
        lines(lines.toString());
    }

    private String cellWords(Block.Cell cell) {
        return cell.content().getFirst() instanceof Block.Paragraph(var content) ? leaf.write(content, Place.CELL) : "";
    }

    private static String delimiter(Block.Align align) {
        return switch (align) {
            case NONE -> " --- |";
            case LEFT -> " :-- |";
            case CENTER -> " :-: |";
            case RIGHT -> " --: |";
        };
    }

    /// One block that is not made of others.
    private void lines(String lines) {
        begin();
        for (int from = 0; ; ) {
            int end = lines.indexOf('\n', from);
            if (from > 0) {
                out.append(prefix);
            }
            if (end < 0) {
                out.append(lines, from, lines.length());
                break;
            }
            out.append(lines, from, end).append('\n');
            from = end + 1;
        }
        ended = true;
    }

    /// Puts a blank line between this block and the one before it.
    private void begin() {
        if (ended) {
            out.append('\n').append(prefix.stripTrailing()).append('\n').append(prefix);
            ended = false;
        }
    }
}
