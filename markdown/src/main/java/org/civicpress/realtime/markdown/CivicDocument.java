package org.civicpress.realtime.markdown;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlHook;
import org.civicpress.realtime.markdown.Block.Align;
import org.civicpress.realtime.markdown.Block.Cell;
import org.civicpress.realtime.markdown.Block.Item;
import org.civicpress.realtime.markdown.Block.Row;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;

/// Reads a live document into a tree. Whatever clients have put into it: it never throws, never changes the
/// document, and every text of the fragment is in the tree; what the schema has no place for is [Block.Unknown] or
/// [Inline.Unknown]. Confined to the document's user while it reads; the tree is immutable.
public final class CivicDocument {
    static final String FRAGMENT = "default";

    /// How deep elements may be nested; what is deeper is read as the text in it.
    private static final int MAX_DEPTH = 100;

    /// Editors append this to the name of a mark that may be there more than once.
    private static final Pattern HASHED = Pattern.compile("(.*)--[a-zA-Z0-9+/=]{8}", Pattern.DOTALL);

    private CivicDocument() {}

    public static Tree read(Doc doc) {
        return new Tree(blocks(doc.xmlFragment(FRAGMENT), 0));
    }

    private static List<Block> blocks(YXmlFragment parent, int depth) {
        List<Block> blocks = new ArrayList<>();
        List<Inline> loose = new ArrayList<>(); // text that stands among blocks becomes a paragraph
        for (YType child : parent.children()) {
            switch (child) {
                case YXmlElement element when isInline(element) -> loose.add(inline(element, depth + 1));
                case YXmlElement element -> {
                    endParagraph(loose, blocks);
                    blocks.add(block(element, depth + 1));
                }
                case YText text -> loose.addAll(runs(text));
                case YXmlFragment fragment -> {
                    endParagraph(loose, blocks);
                    blocks.add(unknown("fragment", fragment, depth + 1));
                }
                case YMap map -> {
                    endParagraph(loose, blocks);
                    blocks.add(new Block.Unknown(kind(map), List.of()));
                }
                case YArray array -> {
                    endParagraph(loose, blocks);
                    blocks.add(new Block.Unknown(kind(array), List.of()));
                }
                case YUntyped untyped -> {
                    endParagraph(loose, blocks);
                    blocks.add(new Block.Unknown(kind(untyped), List.of()));
                }
            }
        }
        endParagraph(loose, blocks);
        return blocks;
    }

    /// Where the blocks in a fragment stand, as [#read] finds them.
    static List<Place> places(YXmlFragment parent) {
        List<Place> places = new ArrayList<>();
        int looseFrom = 0;
        boolean hasLoose = false;
        for (int position = 0; position < parent.length(); position++) {
            YType child = parent.get(position).orElse(null);
            if (child == null) {
                continue; // not among the children
            }
            if (child instanceof YText || child instanceof YXmlElement element && isInline(element)) {
                boolean shows = !(child instanceof YText text) || !runs(text).isEmpty();
                if (shows && !hasLoose) {
                    hasLoose = true;
                    looseFrom = position;
                    places.add(new Place(position, position + 1));
                } else if (shows) {
                    places.set(places.size() - 1, new Place(looseFrom, position + 1));
                }
            } else {
                hasLoose = false;
                places.add(new Place(position, position + 1));
            }
        }
        return places;
    }

    /// @param end exclusive; more than one behind the beginning when text stands among blocks
    record Place(int from, int end) {}

    private static void endParagraph(List<Inline> loose, List<Block> blocks) {
        if (!loose.isEmpty()) {
            blocks.add(new Block.Paragraph(loose));
            loose.clear();
        }
    }

    private static Block block(YXmlElement element, int depth) {
        return switch (element.nodeName()) {
            case String name when depth > MAX_DEPTH -> unknown(name, element, depth);
            case "paragraph" -> new Block.Paragraph(inlines(element, depth));
            case "heading" -> new Block.Heading(number(element, "level", 1), inlines(element, depth));
            case "blockquote" -> new Block.Blockquote(blocks(element, depth));
            case "bullet_list" ->
                items(element, depth).<Block>map(Block.BulletList::new).orElseGet(() -> unknown(element, depth));
            case "ordered_list" ->
                items(element, depth)
                        .<Block>map(items -> new Block.OrderedList(number(element, "order", 1), items))
                        .orElseGet(() -> unknown(element, depth));
            case "code_block" -> new Block.CodeBlock(string(element, "params").orElse(""), textIn(element));
            case "horizontal_rule" -> element.length() == 0 ? new Block.HorizontalRule() : unknown(element, depth);
            case "table" -> rows(element, depth).<Block>map(Block.Table::new).orElseGet(() -> unknown(element, depth));
            default -> unknown(element, depth);
        };
    }

    /// Empty when a child is no list item.
    private static Optional<List<Item>> items(YXmlElement list, int depth) {
        List<Item> items = new ArrayList<>();
        for (YType child : list.children()) {
            if (!(child instanceof YXmlElement item) || !item.nodeName().equals("list_item")) {
                return Optional.empty();
            }
            items.add(new Item(blocks(item, depth + 1)));
        }
        return Optional.of(items);
    }

    /// Empty when a child is no row, or a child of a row no cell.
    private static Optional<List<Row>> rows(YXmlElement table, int depth) {
        List<Row> rows = new ArrayList<>();
        for (YType child : table.children()) {
            if (!(child instanceof YXmlElement row) || !row.nodeName().equals("table_row")) {
                return Optional.empty();
            }
            List<Cell> cells = new ArrayList<>();
            for (YType grandchild : row.children()) {
                if (!(grandchild instanceof YXmlElement cell) || !isCell(cell)) {
                    return Optional.empty();
                }
                cells.add(cell(cell, depth + 2));
            }
            rows.add(new Row(cells));
        }
        return Optional.of(rows);
    }

    private static boolean isCell(YXmlElement element) {
        return element.nodeName().equals("table_cell") || element.nodeName().equals("table_header");
    }

    private static Cell cell(YXmlElement cell, int depth) {
        Align align = switch (string(cell, "align").orElse("")) {
            case "left" -> Align.LEFT;
            case "center" -> Align.CENTER;
            case "right" -> Align.RIGHT;
            default -> Align.NONE;
        };
        return new Cell(
                cell.nodeName().equals("table_header"),
                number(cell, "colspan", 1),
                number(cell, "rowspan", 1),
                align,
                blocks(cell, depth));
    }

    private static Block.Unknown unknown(YXmlElement element, int depth) {
        return unknown(element.nodeName(), element, depth);
    }

    private static Block.Unknown unknown(String name, YXmlFragment fragment, int depth) {
        List<Block> content = depth > MAX_DEPTH
                ? List.of(new Block.Paragraph(List.of(new Inline.Text(textIn(fragment)))))
                : blocks(fragment, depth);
        return new Block.Unknown(name, content);
    }

    static boolean isInline(YXmlElement element) {
        return switch (element.nodeName()) {
            case "hard_break", "image", "civicRef" -> true;
            default -> false;
        };
    }

    private static List<Inline> inlines(YXmlFragment parent, int depth) {
        List<Inline> inlines = new ArrayList<>();
        for (YType child : parent.children()) {
            switch (child) {
                case YXmlElement element -> inlines.add(inline(element, depth + 1));
                case YText text -> inlines.addAll(runs(text));
                case YXmlFragment fragment -> inlines.add(unknownInline("fragment", fragment, depth + 1));
                case YMap map -> inlines.add(new Inline.Unknown(kind(map), List.of()));
                case YArray array -> inlines.add(new Inline.Unknown(kind(array), List.of()));
                case YUntyped untyped -> inlines.add(new Inline.Unknown(kind(untyped), List.of()));
            }
        }
        return inlines;
    }

    static Inline inline(YXmlElement element, int depth) {
        return switch (element.nodeName()) {
            case String name when element.length() > 0 -> unknownInline(name, element, depth);
            case "hard_break" -> new Inline.HardBreak();
            case "image" ->
                string(element, "src")
                        .<Inline>map(src -> new Inline.Image(src, string(element, "alt"), string(element, "title")))
                        .orElseGet(() -> new Inline.Unknown("image", List.of()));
            case "civicRef" ->
                new Inline.CivicRef(
                        string(element, "refType").orElse("record"),
                        string(element, "id").orElse(""),
                        string(element, "label").orElse(""));
            case String name -> new Inline.Unknown(name, List.of());
        };
    }

    private static Inline unknownInline(String name, YXmlFragment fragment, int depth) {
        List<Inline> content =
                depth > MAX_DEPTH ? List.of(new Inline.Text(textIn(fragment))) : inlines(fragment, depth);
        return new Inline.Unknown(name, content);
    }

    static List<Inline> runs(YText text) {
        List<Inline> runs = new ArrayList<>();
        for (Delta.Insert run : text.toDelta()) {
            switch (run) {
                case Delta.Text(String words, var attributes) -> runs.add(new Inline.Text(words, marks(attributes)));
                case Delta.Embed embed -> runs.add(new Inline.Unknown("embed", List.of()));
                case Delta.Type(YType type, var attributes) ->
                    runs.add(new Inline.Unknown(kind(type), List.of(new Inline.Text(textIn(type)))));
            }
        }
        return runs;
    }

    private static Marks marks(Map<String, Any> attributes) {
        if (attributes.isEmpty()) {
            return Marks.NONE;
        }
        Marks marks = Marks.NONE;
        SortedSet<String> unknown = new TreeSet<>();
        for (Map.Entry<String, Any> attribute : attributes.entrySet()) {
            Matcher hashed = HASHED.matcher(attribute.getKey());
            String name = hashed.matches() ? hashed.group(1) : attribute.getKey();
            switch (name) {
                case "em" -> marks = marks.withEm(true);
                case "strong" -> marks = marks.withStrong(true);
                case "code" -> marks = marks.withCode(true);
                case "link" -> {
                    Optional<Link> link = link(attribute.getValue());
                    if (link.isPresent()) {
                        marks = marks.withLink(link.get());
                    } else {
                        unknown.add(name);
                    }
                }
                case "ychange" -> {} // a comparison of two versions somebody looks at
                default -> unknown.add(name);
            }
        }
        return unknown.isEmpty() ? marks : new Marks(marks.link(), marks.em(), marks.strong(), marks.code(), unknown);
    }

    private static Optional<Link> link(Any value) {
        return value instanceof Any.Obj(var attributes) && attributes.get("href") instanceof Any.Str(String href)
                ? Optional.of(new Link(href, string(Optional.ofNullable(attributes.get("title")))))
                : Optional.empty();
    }

    private static Optional<String> string(YXmlElement element, String attribute) {
        return string(element.attribute(attribute));
    }

    private static Optional<String> string(Optional<Any> value) {
        return value.orElse(Any.NULL) instanceof Any.Str(String string) ? Optional.of(string) : Optional.empty();
    }

    private static int number(YXmlElement element, String attribute, int otherwise) {
        return element.attribute(attribute).orElse(Any.NULL) instanceof Any.Num(double number)
                        && Double.isFinite(number)
                ? (int) Math.round(Math.clamp(number, -1e9, 1e9))
                : otherwise;
    }

    /// All text in the type, however deep it is.
    private static String textIn(YType type) {
        StringBuilder text = new StringBuilder();
        Deque<Object> rest = new ArrayDeque<>();
        rest.push(type);
        while (!rest.isEmpty()) {
            switch (rest.pop()) {
                case String words -> text.append(words);
                case YXmlFragment fragment -> fragment.children().reversed().forEach(rest::push);
                case YText runs -> {
                    for (Delta.Insert run : runs.toDelta().reversed()) {
                        switch (run) {
                            case Delta.Text(String words, var attributes) -> rest.push(words);
                            case Delta.Type(YType inner, var attributes) -> rest.push(inner);
                            case Delta.Embed embed -> {}
                        }
                    }
                }
                default -> {} // maps and arrays are data, not text
            }
        }
        return text.toString();
    }

    private static String kind(YType type) {
        return type instanceof YXmlHook hook
                ? hook.hookName()
                : type.getClass().getSimpleName().substring(1).toLowerCase(Locale.ROOT);
    }
}
