package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.civicpress.realtime.markdown.Block.Align;
import org.civicpress.realtime.markdown.Block.Cell;
import org.civicpress.realtime.markdown.Block.Item;
import org.civicpress.realtime.markdown.Block.Row;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;
import org.civicpress.realtime.markdown.Losses.Kind;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.node.ListBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.commonmark.parser.beta.LinkResult;
import org.jspecify.annotations.Nullable;

/// Reads one Markdown body: CommonMark and GFM tables become the tree, everything else is named in the losses.
/// Confined to one reading.
final class MarkdownReader {
    /// How deep blocks and marks may nest; deeper markers are read as plain characters.
    private static final int MAX_NESTING = 100;

    private static final Pattern BREAK = Pattern.compile("(?i)<br\\s*/?>");

    /// In the order in which they are tried; HTML is tried by [HtmlBlocks].
    private static final Set<Class<? extends org.commonmark.node.Block>> BLOCKS = new LinkedHashSet<>(List.of(
            BlockQuote.class,
            Heading.class,
            FencedCodeBlock.class,
            ThematicBreak.class,
            ListBlock.class,
            IndentedCodeBlock.class));

    private final String source;
    /// Whether what the tree cannot hold is put into it as its source, to be read at least.
    private final boolean showLost;

    private final Losses losses = new Losses();
    private final Set<LinkReferenceDefinition> used = Collections.newSetFromMap(new IdentityHashMap<>());

    MarkdownReader(String source) {
        this(source, false);
    }

    private MarkdownReader(String source, boolean showLost) {
        this.source = source;
        this.showLost = showLost;
    }

    /// A tree to look at, never to write: HTML is in it as it stands in the source.
    static Tree forReading(String source) {
        return new MarkdownReader(source, true).read().tree();
    }

    Parsed read() {
        Node document = parser().parse(source);
        Tree tree = Norm.of(new Tree(blocks(document)));
        return new Parsed(tree, losses.sentences());
    }

    private Parser parser() {
        return Parser.builder()
                .extensions(List.of(TablesExtension.create()))
                .enabledBlockTypes(BLOCKS)
                .customBlockParserFactory(new HtmlBlocks())
                .linkProcessor((link, scanner, context) -> {
                    if (link.destination() == null) {
                        String label = link.label() == null || link.label().isEmpty() ? link.text() : link.label();
                        LinkReferenceDefinition definition =
                                context.getDefinition(LinkReferenceDefinition.class, label);
                        if (definition != null) {
                            used.add(definition);
                        }
                    }
                    return LinkResult.none(); // only looked; the parser goes on
                })
                .maxOpenBlockParsers(MAX_NESTING)
                .maxInlineNesting(MAX_NESTING)
                .includeSourceSpans(IncludeSourceSpans.BLOCKS)
                .build();
    }

    private List<Block> blocks(Node parent) {
        List<Block> blocks = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            block(node).ifPresent(blocks::add);
        }
        return blocks;
    }

    private Optional<Block> block(Node node) {
        return switch (node) {
            case Paragraph paragraph -> Optional.of(new Block.Paragraph(leaf(paragraph, false)));
            case Heading heading -> Optional.of(new Block.Heading(heading.getLevel(), leaf(heading, true)));
            case BlockQuote quote -> Optional.of(quote(quote));
            case BulletList list -> Optional.of(new Block.BulletList(items(list)));
            case OrderedList list -> Optional.of(ordered(list));
            case FencedCodeBlock code ->
                Optional.of(new Block.CodeBlock(orEmpty(code.getInfo()), withoutLastLineEnd(code.getLiteral())));
            case IndentedCodeBlock code -> Optional.of(new Block.CodeBlock("", withoutLastLineEnd(code.getLiteral())));
            case ThematicBreak rule -> Optional.of(new Block.HorizontalRule());
            case TableBlock table -> Optional.of(new Block.Table(rows(table)));
            case HtmlBlock html -> {
                lostHtml(html.getLiteral(), line(html));
                yield showLost ? shown(html.getLiteral()) : Optional.empty();
            }
            case LinkReferenceDefinition definition -> {
                if (definition.getLabel().startsWith("^")) {
                    losses.add(Kind.FOOTNOTE, line(definition), "[" + definition.getLabel() + "]");
                } else if (!used.contains(definition)) {
                    losses.add(Kind.UNUSED_DEFINITION, line(definition), "[" + definition.getLabel() + "]");
                }
                yield Optional.empty();
            }
            default -> throw new IllegalStateException("a block the parser was not asked for: " + node);
        };
    }

    private static Optional<Block> shown(String html) {
        Optional<Inline.CivicRef> reference = CivicComment.read(html.strip());
        if (reference.isPresent()) {
            return Optional.of(new Block.Paragraph(List.of(reference.get())));
        }
        return isComment(html) ? Optional.empty() : Optional.of(new Block.CodeBlock("html", html));
    }

    private Block quote(BlockQuote quote) {
        if (quote.getFirstChild() instanceof Paragraph first && ForeignSyntax.isAlert(sourceOf(first))) {
            losses.add(Kind.ALERT, line(first), sourceOf(first));
        }
        List<Block> content = blocks(quote);
        return new Block.Blockquote(content.isEmpty() ? List.of(new Block.Paragraph(List.of())) : content);
    }

    private Block ordered(OrderedList list) {
        int start = list.getMarkerStartNumber() == null ? 1 : list.getMarkerStartNumber();
        if (start == 0) {
            losses.add(Kind.LIST_FROM_ZERO, line(list), "");
        }
        return new Block.OrderedList(Math.max(1, start), items(list));
    }

    private List<Item> items(Node list) {
        List<Item> items = new ArrayList<>();
        for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
            if (item instanceof ListItem) {
                if (item.getFirstChild() instanceof Paragraph first && ForeignSyntax.isTask(sourceOf(first))) {
                    losses.add(Kind.TASK, line(first), sourceOf(first));
                }
                items.add(new Item(blocks(item)));
            }
        }
        return items;
    }

    private List<Row> rows(TableBlock table) {
        List<Row> rows = new ArrayList<>();
        for (Node part = table.getFirstChild(); part != null; part = part.getNext()) {
            for (Node row = part.getFirstChild(); row != null; row = row.getNext()) {
                if (row instanceof TableRow) {
                    rows.add(row(
                            (TableRow) row,
                            rows.isEmpty()
                                    ? Integer.MAX_VALUE
                                    : rows.getFirst().cells().size()));
                }
            }
        }
        return rows;
    }

    private Row row(TableRow row, int columns) {
        String rowSource = sourceOf(row);
        ForeignSyntax.find(rowSource, line(row), losses);
        if (cellsIn(rowSource) > columns) {
            losses.add(Kind.EXTRA_CELL, line(row), rowSource);
        }
        List<Cell> cells = new ArrayList<>();
        for (Node node = row.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof TableCell cell) {
                List<Inline> content = new ArrayList<>();
                inlines(cell, row, true, Marks.NONE, content);
                cells.add(new Cell(cell.isHeader(), 1, 1, align(cell), List.of(new Block.Paragraph(content))));
            }
        }
        return new Row(cells);
    }

    private static int cellsIn(String rowSource) {
        String inner = rowSource.strip();
        int cells = 1;
        for (int i = inner.startsWith("|") ? 1 : 0; i < inner.length(); i++) {
            if (inner.charAt(i) == '|' && i + 1 < inner.length() && (i == 0 || inner.charAt(i - 1) != '\\')) {
                cells++;
            }
        }
        return cells;
    }

    private static Align align(TableCell cell) {
        return switch (cell.getAlignment()) {
            case LEFT -> Align.LEFT;
            case CENTER -> Align.CENTER;
            case RIGHT -> Align.RIGHT;
            case null -> Align.NONE;
        };
    }

    private List<Inline> leaf(Node leaf, boolean oneLine) {
        ForeignSyntax.find(sourceOf(leaf), line(leaf), losses);
        List<Inline> content = new ArrayList<>();
        inlines(leaf, leaf, oneLine, Marks.NONE, content);
        return content;
    }

    /// `oneLine`: a heading or a cell, where a break can only be written as HTML.
    private void inlines(Node parent, Node leaf, boolean oneLine, Marks marks, List<Inline> out) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            switch (node) {
                case Text text -> out.add(new Inline.Text(text.getLiteral(), marks));
                case Code code -> out.add(new Inline.Text(code.getLiteral(), marks.withCode(true)));
                case SoftLineBreak soft -> out.add(new Inline.Text(" ", marks));
                case HardLineBreak hard -> out.add(new Inline.HardBreak());
                case Emphasis em -> inlines(em, leaf, oneLine, marks.withEm(true), out);
                case StrongEmphasis strong -> inlines(strong, leaf, oneLine, marks.withStrong(true), out);
                case org.commonmark.node.Link link -> link(link, leaf, oneLine, marks, out);
                case Image image -> image(image, leaf, marks, out);
                case HtmlInline html -> html(html.getLiteral(), leaf, oneLine, marks, out);
                default -> throw new IllegalStateException("an inline the parser was not asked for: " + node);
            }
        }
    }

    private void link(org.commonmark.node.Link link, Node leaf, boolean oneLine, Marks marks, List<Inline> out) {
        int before = out.size();
        if (Addresses.mayFollow(link.getDestination())) {
            Link target = new Link(Addresses.encode(link.getDestination()), Optional.ofNullable(link.getTitle()));
            inlines(link, leaf, oneLine, marks.withLink(target), out);
        } else {
            losses.add(Kind.UNSAFE_ADDRESS, line(leaf, link.getDestination()), link.getDestination());
            inlines(link, leaf, oneLine, marks, out);
        }
        if (out.size() == before) {
            losses.add(Kind.EMPTY_LINK, line(leaf, link.getDestination()), link.getDestination());
        }
    }

    private void image(Image image, Node leaf, Marks marks, List<Inline> out) {
        StringBuilder alt = new StringBuilder();
        plainText(image, leaf, alt);
        if (marks.link().isPresent()) {
            losses.add(Kind.LINKED_PICTURE, line(leaf, image.getDestination()), alt.toString());
        }
        if (Addresses.mayFollow(image.getDestination())) {
            out.add(new Inline.Image(
                    Addresses.encode(image.getDestination()),
                    Optional.of(alt.toString()),
                    Optional.ofNullable(image.getTitle())));
        } else {
            losses.add(Kind.UNSAFE_ADDRESS, line(leaf, image.getDestination()), image.getDestination());
            out.add(new Inline.Text(alt.toString(), marks));
        }
    }

    private void plainText(Node parent, Node leaf, StringBuilder out) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            switch (node) {
                case Text text -> out.append(text.getLiteral());
                case Code code -> out.append(code.getLiteral());
                case SoftLineBreak soft -> out.append(' ');
                case HardLineBreak hard -> out.append(' ');
                case HtmlInline html -> lostHtml(html.getLiteral(), line(leaf, html.getLiteral()));
                default -> plainText(node, leaf, out);
            }
        }
    }

    private void html(String html, Node leaf, boolean oneLine, Marks marks, List<Inline> out) {
        Optional<Inline.CivicRef> reference = CivicComment.read(html);
        if (reference.isPresent()) {
            if (!CivicComment.hasKnownType(html)) {
                losses.add(Kind.REFERENCE, line(leaf, html), html);
            }
            if (marks.link().isPresent()) {
                losses.add(
                        Kind.LINKED_PICTURE, line(leaf, html), reference.get().label());
            }
            out.add(reference.get());
        } else if (oneLine && BREAK.matcher(html).matches()) {
            out.add(new Inline.HardBreak());
        } else {
            lostHtml(html, line(leaf, html));
            if (showLost && !isComment(html)) {
                out.add(new Inline.Text(html, marks));
            }
        }
    }

    private static boolean isComment(String html) {
        return html.strip().startsWith("<!--");
    }

    private void lostHtml(String html, int line) {
        String bare = html.strip();
        Kind kind = CivicComment.isMeant(bare) ? Kind.REFERENCE : isComment(bare) ? Kind.COMMENT : Kind.HTML;
        losses.add(kind, line, bare);
    }

    private String sourceOf(Node block) {
        StringBuilder lines = new StringBuilder();
        for (SourceSpan span : block.getSourceSpans()) {
            if (!lines.isEmpty()) {
                lines.append('\n');
            }
            lines.append(source, span.getInputIndex(), span.getInputIndex() + span.getLength());
        }
        return lines.toString();
    }

    private static int line(Node block) {
        return block.getSourceSpans().isEmpty()
                ? 1
                : block.getSourceSpans().getFirst().getLineIndex() + 1;
    }

    /// The line of the block that has the text, or its first.
    private int line(Node block, String text) {
        String firstLine = text.lines().findFirst().orElse("");
        for (SourceSpan span : block.getSourceSpans()) {
            int at = source.indexOf(firstLine, span.getInputIndex(), span.getInputIndex() + span.getLength());
            if (at >= 0) {
                return span.getLineIndex() + 1;
            }
        }
        return line(block);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String withoutLastLineEnd(String code) {
        return code.endsWith("\n") ? code.substring(0, code.length() - 1) : code;
    }
}
