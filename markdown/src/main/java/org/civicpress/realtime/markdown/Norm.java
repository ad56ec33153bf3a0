package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.civicpress.realtime.markdown.Block.Cell;
import org.civicpress.realtime.markdown.Block.Item;
import org.civicpress.realtime.markdown.Block.Row;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;

/// What Markdown does not tell apart, brought to one form. This is all that may differ between a live document and
/// its Markdown; no visible text is among it.
///
/// - Neighbouring runs with the same marks are one run; there are no empty runs.
/// - White space at the edges of emphasis is not emphasized.
/// - Spaces and breaks at the end of a paragraph, and spaces before a break, are dropped.
/// - A paragraph of one no-break space is an empty one. Empty paragraphs at the document's end are dropped; a document
/// has one paragraph at least.
/// - Quotes and lists with nothing in them are dropped. A list item begins with a paragraph.
/// - A heading has a level from 1 to 6; a list begins with a number from 1 to 999,999,999.
/// - A table is a grid: its first row is the header, short rows are filled up, a column is aligned as in the first row,
/// widths in
///   pixels are dropped, the paragraphs of a cell are one, joined by a space.
/// - Addresses are percent-encoded; a link that may not be followed is text. Empty titles and alternative texts are
/// none.
/// - Code, titles, alternative texts and references are of one line; line ends in a code block are `\n`.
/// - NUL and unpaired surrogates are U+FFFD; a word joiner before a reference that begins a line is dropped.
final class Norm {
    /// Invisible. [InlineWriter] puts it before a reference that begins a line, which CommonMark would read as
    /// HTML.
    static final char WORD_JOINER = '\u2060';

    static final Block.Paragraph EMPTY = new Block.Paragraph(List.of());

    private static final int MAX_ORDER = 999_999_999;
    private static final Pattern LINE_ENDS = Pattern.compile("\r\n?|\n");

    private Norm() {}

    static Tree of(Tree tree) {
        List<Block> blocks = new ArrayList<>(blocks(tree.blocks()));
        while (!blocks.isEmpty() && blocks.getLast().equals(EMPTY)) {
            blocks.removeLast();
        }
        return new Tree(blocks.isEmpty() ? List.of(EMPTY) : blocks);
    }

    private static List<Block> blocks(List<Block> blocks) {
        List<Block> kept = new ArrayList<>(blocks.size());
        for (Block block : blocks) {
            block(block).ifPresent(kept::add);
        }
        return kept;
    }

    /// Empty when Markdown has nothing for it.
    static Optional<Block> block(Block block) {
        return switch (block) {
            case Block.Paragraph(var content) -> Optional.of(paragraph(content));
            case Block.Heading(int level, var content) ->
                Optional.of(new Block.Heading(Math.clamp(level, 1, 6), leaf(content)));
            case Block.Blockquote(var content) ->
                Optional.of(blocks(content)).filter(kept -> !kept.isEmpty()).map(Block.Blockquote::new);
            case Block.BulletList(var items) ->
                Optional.of(items(items)).filter(kept -> !kept.isEmpty()).map(Block.BulletList::new);
            case Block.OrderedList(int order, var items) ->
                Optional.of(items(items))
                        .filter(kept -> !kept.isEmpty())
                        .map(kept -> new Block.OrderedList(Math.clamp(order, 1, MAX_ORDER), kept));
            case Block.CodeBlock(String params, String text) ->
                Optional.of(new Block.CodeBlock(
                        oneLine(params).strip(),
                        LINE_ENDS.matcher(characters(text)).replaceAll("\n")));
            case Block.HorizontalRule rule -> Optional.of(rule);
            case Block.Table(var rows) -> table(rows);
            case Block.Unknown(String name, var content) -> Optional.of(new Block.Unknown(name, blocks(content)));
        };
    }

    private static Block.Paragraph paragraph(List<Inline> content) {
        List<Inline> leaf = leaf(content);
        boolean blank = leaf.size() == 1 && leaf.getFirst().equals(new Inline.Text("\u00a0"));
        return blank ? EMPTY : new Block.Paragraph(leaf);
    }

    private static List<Item> items(List<Item> items) {
        List<Item> kept = new ArrayList<>(items.size());
        for (Item item : items) {
            List<Block> content = new ArrayList<>(blocks(item.content()));
            if (content.isEmpty() || !(content.getFirst() instanceof Block.Paragraph)) {
                content.addFirst(EMPTY);
            }
            kept.add(new Item(content));
        }
        return kept;
    }

    private static Optional<Block> table(List<Row> rows) {
        int columns = rows.stream().mapToInt(row -> row.cells().size()).max().orElse(0);
        if (columns == 0) {
            return Optional.empty();
        }
        List<Row> grid = new ArrayList<>(rows.size());
        for (Row row : rows) {
            List<Cell> cells = new ArrayList<>(columns);
            for (int column = 0; column < columns; column++) {
                boolean header = grid.isEmpty();
                Block.Align align = header
                        ? alignOf(row, column)
                        : grid.getFirst().cells().get(column).align();
                cells.add(
                        column < row.cells().size()
                                ? cell(row.cells().get(column), header, align)
                                : new Cell(header, 1, 1, align, List.of(EMPTY)));
            }
            grid.add(new Row(cells));
        }
        return Optional.of(new Block.Table(grid));
    }

    private static Block.Align alignOf(Row row, int column) {
        return column < row.cells().size() ? row.cells().get(column).align() : Block.Align.NONE;
    }

    private static Cell cell(Cell cell, boolean header, Block.Align align) {
        List<Block> content = blocks(cell.content());
        List<Inline> words = new ArrayList<>();
        for (Block block : content) {
            if (!(block instanceof Block.Paragraph(var inlines))) {
                return new Cell(header, cell.colspan(), cell.rowspan(), align, content);
            }
            if (!words.isEmpty() && !inlines.isEmpty()) {
                words.add(new Inline.Text(" "));
            }
            words.addAll(inlines);
        }
        return new Cell(header, cell.colspan(), cell.rowspan(), align, List.of(paragraph(words)));
    }

    private static List<Inline> leaf(List<Inline> content) {
        List<Inline> pieces = new ArrayList<>(content.size());
        for (Inline inline : content) {
            pieces.add(inline(inline));
        }
        unmarkEdges(pieces, Marks::em, marks -> marks.withEm(false));
        unmarkEdges(pieces, Marks::strong, marks -> marks.withStrong(false));
        return trimmed(merged(pieces));
    }

    static Inline inline(Inline inline) {
        return switch (inline) {
            case Inline.Text(String text, Marks marks) -> text(text, marks);
            case Inline.HardBreak hardBreak -> hardBreak;
            case Inline.Image(String src, var alt, var title) ->
                Addresses.mayFollow(src)
                        ? new Inline.Image(Addresses.encode(characters(src)), worded(alt), worded(title))
                        : new Inline.Text(oneLine(alt.orElse("")));
            case Inline.CivicRef(String refType, String id, String label) ->
                new Inline.CivicRef(CivicComment.type(refType), oneLine(id), oneLine(label));
            case Inline.Unknown unknown -> unknown;
        };
    }

    private static Inline.Text text(String text, Marks marks) {
        Marks kept = marks.link()
                .map(link -> Addresses.mayFollow(link.href())
                        ? marks.withLink(new Link(Addresses.encode(characters(link.href())), worded(link.title())))
                        : marks.withoutLink())
                .orElse(marks);
        return new Inline.Text(marks.code() ? oneLine(text) : characters(text), kept);
    }

    private static Optional<String> worded(Optional<String> text) {
        return text.map(Norm::oneLine).filter(words -> !words.isEmpty());
    }

    private static String oneLine(String text) {
        return LINE_ENDS.matcher(characters(text)).replaceAll(" ");
    }

    private static String characters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return repaired(text);
            }
        }
        return text;
    }

    private static String repaired(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private interface Change {
        Marks apply(Marks marks);
    }

    /// Takes a mark from the white space at both ends of every run that has it. A run ends where the link changes,
    /// too: links are written around emphasis.
    private static void unmarkEdges(List<Inline> pieces, java.util.function.Predicate<Marks> has, Change without) {
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i) instanceof Inline.Text(String text, Marks marks) && has.test(marks)) {
                if (startsRun(pieces, i, marks, has) && !marks.code()) {
                    int words = 0;
                    while (words < text.length() && isWhiteSpace(text.charAt(words))) {
                        words++;
                    }
                    split(pieces, i, words, without.apply(marks), marks);
                }
            }
        }
        for (int i = pieces.size() - 1; i >= 0; i--) {
            if (pieces.get(i) instanceof Inline.Text(String text, Marks marks) && has.test(marks)) {
                if (endsRun(pieces, i, marks, has) && !marks.code()) {
                    int words = text.length();
                    while (words > 0 && isWhiteSpace(text.charAt(words - 1))) {
                        words--;
                    }
                    split(pieces, i, words, marks, without.apply(marks));
                }
            }
        }
    }

    private static boolean startsRun(
            List<Inline> pieces, int index, Marks marks, java.util.function.Predicate<Marks> has) {
        int before = index - 1;
        while (before >= 0 && isEmpty(pieces.get(before))) {
            before--;
        }
        return before < 0 || !continues(pieces.get(before), marks, has);
    }

    private static boolean endsRun(
            List<Inline> pieces, int index, Marks marks, java.util.function.Predicate<Marks> has) {
        int after = index + 1;
        while (after < pieces.size() && isEmpty(pieces.get(after))) {
            after++;
        }
        return after == pieces.size() || !continues(pieces.get(after), marks, has);
    }

    private static boolean isEmpty(Inline inline) {
        return inline instanceof Inline.Text(String text, Marks marks) && text.isEmpty();
    }

    private static boolean continues(Inline neighbour, Marks marks, java.util.function.Predicate<Marks> has) {
        return neighbour instanceof Inline.Text(String text, Marks its)
                && has.test(its)
                && its.link().equals(marks.link());
    }

    private static void split(List<Inline> pieces, int index, int at, Marks left, Marks right) {
        String text = ((Inline.Text) pieces.get(index)).text();
        if (at == 0) {
            pieces.set(index, new Inline.Text(text, right));
        } else if (at == text.length()) {
            pieces.set(index, new Inline.Text(text, left));
        } else {
            pieces.set(index, new Inline.Text(text.substring(0, at), left));
            pieces.add(index + 1, new Inline.Text(text.substring(at), right));
        }
    }

    private static List<Inline> merged(List<Inline> pieces) {
        List<Inline> merged = new ArrayList<>(pieces.size());
        StringBuilder run = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            if (!(pieces.get(i) instanceof Inline.Text(String text, Marks marks))) {
                merged.add(pieces.get(i));
                continue;
            }
            run.append(text);
            boolean goesOn = i + 1 < pieces.size()
                    && pieces.get(i + 1) instanceof Inline.Text(String next, Marks its)
                    && (its.equals(marks) || next.isEmpty());
            if (goesOn && ((Inline.Text) pieces.get(i + 1)).text().isEmpty()) {
                pieces.set(i + 1, new Inline.Text("", marks));
            }
            if (!goesOn) {
                if (!run.isEmpty()) {
                    merged.add(new Inline.Text(run.toString(), marks));
                }
                run.setLength(0);
            }
        }
        return merged;
    }

    /// Without what ends lines invisibly.
    private static List<Inline> trimmed(List<Inline> pieces) {
        List<Inline> kept = new ArrayList<>(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            Inline piece = pieces.get(i);
            boolean lineStart = kept.isEmpty() || kept.getLast() instanceof Inline.HardBreak;
            boolean joiner = piece.equals(new Inline.Text(String.valueOf(WORD_JOINER)))
                    && lineStart
                    && i + 1 < pieces.size()
                    && pieces.get(i + 1) instanceof Inline.CivicRef;
            if (joiner) {
                continue;
            }
            if (piece instanceof Inline.HardBreak) {
                trimEnd(kept);
            }
            kept.add(piece);
        }
        trimEnd(kept);
        while (!kept.isEmpty() && kept.getLast() instanceof Inline.HardBreak) {
            kept.removeLast();
            trimEnd(kept);
        }
        return kept;
    }

    private static void trimEnd(List<Inline> pieces) {
        while (!pieces.isEmpty() && pieces.getLast() instanceof Inline.Text(String text, Marks marks)) {
            if (marks.code() || marks.link().isPresent()) {
                return;
            }
            int end = text.length();
            while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
                end--;
            }
            pieces.removeLast();
            if (end > 0) {
                pieces.add(new Inline.Text(text.substring(0, end), marks));
                return;
            }
        }
    }

    /// As CommonMark has it.
    static boolean isWhiteSpace(int c) {
        return c == '\t' || c == '\n' || c == '\f' || c == '\r' || Character.getType(c) == Character.SPACE_SEPARATOR;
    }
}
