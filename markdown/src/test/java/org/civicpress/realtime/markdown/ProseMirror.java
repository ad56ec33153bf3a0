package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;
import tools.jackson.databind.JsonNode;

/// Reads a ProseMirror document of the civic schema.
final class ProseMirror {
    private ProseMirror() {}

    static Tree tree(JsonNode doc) {
        return new Tree(blocks(doc));
    }

    private static List<Block> blocks(JsonNode parent) {
        return children(parent).stream().map(ProseMirror::block).toList();
    }

    private static Block block(JsonNode node) {
        return switch (node.get("type").asString()) {
            case "paragraph" -> new Block.Paragraph(inlines(node));
            case "heading" -> new Block.Heading(node.at("/attrs/level").asInt(), inlines(node));
            case "blockquote" -> new Block.Blockquote(blocks(node));
            case "bullet_list" -> new Block.BulletList(items(node));
            case "ordered_list" -> new Block.OrderedList(node.at("/attrs/order").asInt(), items(node));
            case "code_block" -> new Block.CodeBlock(node.at("/attrs/params").asString(), text(node));
            case "horizontal_rule" -> new Block.HorizontalRule();
            case "table" ->
                new Block.Table(children(node).stream()
                        .map(row -> new Block.Row(cells(row)))
                        .toList());
            default -> throw new IllegalArgumentException(node.toString());
        };
    }

    private static List<Block.Item> items(JsonNode list) {
        return children(list).stream().map(item -> new Block.Item(blocks(item))).toList();
    }

    private static List<Block.Cell> cells(JsonNode row) {
        return children(row).stream()
                .map(cell -> new Block.Cell(
                        cell.get("type").asString().equals("table_header"),
                        cell.at("/attrs/colspan").asInt(),
                        cell.at("/attrs/rowspan").asInt(),
                        string(cell.at("/attrs/align"))
                                .map(align -> Block.Align.valueOf(align.toUpperCase(java.util.Locale.ROOT)))
                                .orElse(Block.Align.NONE),
                        blocks(cell)))
                .toList();
    }

    private static List<Inline> inlines(JsonNode parent) {
        return children(parent).stream().map(ProseMirror::inline).toList();
    }

    private static Inline inline(JsonNode node) {
        JsonNode attrs = node.path("attrs");
        return switch (node.get("type").asString()) {
            case "text" -> new Inline.Text(node.get("text").asString(), marks(node));
            case "hard_break" -> new Inline.HardBreak();
            case "image" ->
                new Inline.Image(attrs.get("src").asString(), string(attrs.get("alt")), string(attrs.get("title")));
            case "civicRef" ->
                new Inline.CivicRef(
                        attrs.get("refType").asString(),
                        attrs.get("id").asString(),
                        attrs.get("label").asString());
            default -> throw new IllegalArgumentException(node.toString());
        };
    }

    private static Marks marks(JsonNode text) {
        Marks marks = Marks.NONE;
        for (JsonNode mark : text.path("marks")) {
            marks = switch (mark.get("type").asString()) {
                case "em" -> marks.withEm(true);
                case "strong" -> marks.withStrong(true);
                case "code" -> marks.withCode(true);
                case "link" ->
                    marks.withLink(new Link(mark.at("/attrs/href").asString(), string(mark.at("/attrs/title"))));
                default -> throw new IllegalArgumentException(mark.toString());
            };
        }
        return marks;
    }

    private static String text(JsonNode parent) {
        StringBuilder text = new StringBuilder();
        children(parent).forEach(child -> text.append(child.get("text").asString()));
        return text.toString();
    }

    private static Optional<String> string(JsonNode value) {
        return value.isNull() || value.isMissingNode() ? Optional.empty() : Optional.of(value.asString());
    }

    private static List<JsonNode> children(JsonNode parent) {
        List<JsonNode> children = new ArrayList<>();
        parent.path("content").forEach(children::add);
        return children;
    }
}
