package org.civicpress.realtime.markdown;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.SeedClient;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.Block.Cell;
import org.civicpress.realtime.markdown.Block.Item;
import org.civicpress.realtime.markdown.Block.Row;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;

/// Makes a document from Markdown, always the same from the same: the client id is derived from the body, so that
/// two servers that seed one record, or one that seeds it twice, make the same structs and nothing doubles.
///
/// ```
/// fragment `default` := block*
/// element            := its children, then its attributes; null ones are absent, numbers are numbers
/// run of text        := one XmlText; a mark is a formatting attribute { name: its attributes }
/// ```
public final class CivicSeed {
    /// Part of what the client id is derived from: another mapping makes other structs, and must not take them for
    /// these.
    private static final String MAPPING = "civic-markdown-1\n";

    private CivicSeed() {}

    public static Seed of(String body) {
        Parsed parsed = CivicMarkdown.parse(body);
        Tree shown = parsed.losses().isEmpty() ? parsed.tree() : MarkdownReader.forReading(body);
        return new Seed(of(shown, clientId(body)), parsed.losses());
    }

    /// The update that writes the tree into an empty document as one client's work.
    public static Bytes of(Tree tree, long clientId) {
        Doc doc = new Doc(clientId);
        List<YXmlElement> blocks = blocks(tree.blocks());
        doc.transact(() -> doc.xmlFragment(CivicDocument.FRAGMENT).insert(0, blocks), null);
        return doc.state();
    }

    private static long clientId(String body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(MAPPING.getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(body.getBytes(StandardCharsets.UTF_8));
            return SeedClient.of(ByteBuffer.wrap(hash).getInt());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static List<YXmlElement> blocks(List<Block> blocks) {
        return blocks.stream().map(CivicSeed::block).toList();
    }

    /// An element that is in no document yet.
    static YXmlElement element(Part part) {
        return switch (part) {
            case Block block -> block(block);
            case Item item -> item(item);
            case Row row -> row(row);
            case Cell cell -> cell(cell);
        };
    }

    private static YXmlElement block(Block block) {
        return switch (block) {
            case Block.Paragraph(var content) -> element("paragraph", inlines(content));
            case Block.Heading(int level, var content) ->
                with(element("heading", inlines(content)), "level", Any.of((double) level));
            case Block.Blockquote(var content) -> element("blockquote", blocks(content));
            case Block.BulletList(var items) -> element("bullet_list", items(items));
            case Block.OrderedList(int order, var items) ->
                with(element("ordered_list", items(items)), "order", Any.of((double) order));
            case Block.CodeBlock(String params, String text) ->
                with(
                        element("code_block", text.isEmpty() ? List.of() : List.of(new YXmlText(text))),
                        "params",
                        Any.of(params));
            case Block.HorizontalRule rule -> element("horizontal_rule", List.of());
            case Block.Table(var rows) ->
                element("table", rows.stream().map(CivicSeed::row).toList());
            case Block.Unknown(String name, var content) -> element(name, blocks(content));
        };
    }

    private static List<YXmlElement> items(List<Item> items) {
        return items.stream().map(CivicSeed::item).toList();
    }

    private static YXmlElement item(Item item) {
        return element("list_item", blocks(item.content()));
    }

    private static YXmlElement row(Row row) {
        return element("table_row", row.cells().stream().map(CivicSeed::cell).toList());
    }

    private static YXmlElement cell(Cell cell) {
        YXmlElement element = element(cell.header() ? "table_header" : "table_cell", blocks(cell.content()));
        element.setAttribute("colspan", Any.of((double) cell.colspan()));
        element.setAttribute("rowspan", Any.of((double) cell.rowspan()));
        switch (cell.align()) {
            case NONE -> {}
            case LEFT -> element.setAttribute("align", Any.of("left"));
            case CENTER -> element.setAttribute("align", Any.of("center"));
            case RIGHT -> element.setAttribute("align", Any.of("right"));
        }
        return element;
    }

    static List<YType> inlines(List<Inline> content) {
        List<YType> children = new ArrayList<>();
        List<Delta.Text> runs = new ArrayList<>();
        for (Inline inline : content) {
            if (inline instanceof Inline.Text(String words, Marks marks)) {
                runs.add(new Delta.Text(words, formats(marks)));
            } else {
                endText(runs, children);
                children.add(element(inline));
            }
        }
        endText(runs, children);
        return children;
    }

    private static void endText(List<Delta.Text> runs, List<YType> children) {
        if (!runs.isEmpty()) {
            YXmlText text = new YXmlText();
            text.insert(0, List.copyOf(runs));
            children.add(text);
            runs.clear();
        }
    }

    private static YType element(Inline inline) {
        return switch (inline) {
            case Inline.Text(String words, Marks marks) -> throw new IllegalStateException("text is no element");
            case Inline.HardBreak hardBreak -> element("hard_break", List.of());
            case Inline.Image(String src, var alt, var title) -> {
                YXmlElement image = with(element("image", List.of()), "src", Any.of(src));
                alt.ifPresent(text -> image.setAttribute("alt", Any.of(text)));
                title.ifPresent(text -> image.setAttribute("title", Any.of(text)));
                yield image;
            }
            case Inline.CivicRef(String refType, String id, String label) -> {
                YXmlElement reference = with(element("civicRef", List.of()), "refType", Any.of(refType));
                reference.setAttribute("id", Any.of(id));
                reference.setAttribute("label", Any.of(label));
                yield reference;
            }
            case Inline.Unknown(String name, var content) -> element(name, inlines(content));
        };
    }

    /// In the order of the schema.
    static Map<String, Any> formats(Marks marks) {
        Map<String, Any> formats = new LinkedHashMap<>();
        marks.link().ifPresent(link -> formats.put("link", target(link)));
        if (marks.em()) {
            formats.put("em", Any.obj(Map.of()));
        }
        if (marks.strong()) {
            formats.put("strong", Any.obj(Map.of()));
        }
        if (marks.code()) {
            formats.put("code", Any.obj(Map.of()));
        }
        marks.unknown().forEach(name -> formats.put(name, Any.obj(Map.of())));
        return formats;
    }

    private static Any target(Link link) {
        Map<String, Any> attributes = new LinkedHashMap<>();
        attributes.put("href", Any.of(link.href()));
        Optional<Any> title = link.title().map(Any::of);
        attributes.put("title", title.orElse(Any.NULL));
        return Any.obj(attributes);
    }

    private static YXmlElement element(String name, List<? extends YType> children) {
        YXmlElement element = new YXmlElement(name);
        element.insert(0, children);
        return element;
    }

    private static YXmlElement with(YXmlElement element, String attribute, Any value) {
        element.setAttribute(attribute, value);
        return element;
    }
}
