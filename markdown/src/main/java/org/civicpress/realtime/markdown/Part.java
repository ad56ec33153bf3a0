package org.civicpress.realtime.markdown;

import java.util.List;

/// A block, or what a list or a table is made of: whatever is an element with a place among others. Immutable.
sealed interface Part permits Block, Block.Item, Block.Row, Block.Cell {
    /// The parts in it; none for one that holds text.
    default List<? extends Part> parts() {
        return switch (this) {
            case Block.Blockquote(var content) -> content;
            case Block.BulletList(var items) -> items;
            case Block.OrderedList(int order, var items) -> items;
            case Block.Table(var rows) -> rows;
            case Block.Item(var content) -> content;
            case Block.Row(var cells) -> cells;
            case Block.Cell cell -> cell.content();
            case Block.Unknown(String name, var content) -> content;
            case Block.Paragraph paragraph -> List.of();
            case Block.Heading heading -> List.of();
            case Block.CodeBlock code -> List.of();
            case Block.HorizontalRule rule -> List.of();
        };
    }

    /// The same with other parts in it, all of the kind that belongs there.
    default Part with(List<Part> parts) {
        return switch (this) {
            case Block.Blockquote quote -> new Block.Blockquote(all(Block.class, parts));
            case Block.BulletList list -> new Block.BulletList(all(Block.Item.class, parts));
            case Block.OrderedList(int order, var items) -> new Block.OrderedList(order, all(Block.Item.class, parts));
            case Block.Table table -> new Block.Table(all(Block.Row.class, parts));
            case Block.Item item -> new Block.Item(all(Block.class, parts));
            case Block.Row row -> new Block.Row(all(Block.Cell.class, parts));
            case Block.Cell(boolean header, int colspan, int rowspan, var align, var content) ->
                new Block.Cell(header, colspan, rowspan, align, all(Block.class, parts));
            case Block.Unknown(String name, var content) -> new Block.Unknown(name, all(Block.class, parts));
            case Block.Paragraph paragraph -> this;
            case Block.Heading heading -> this;
            case Block.CodeBlock code -> this;
            case Block.HorizontalRule rule -> this;
        };
    }

    static <T> List<T> all(Class<T> kind, List<? extends Part> parts) {
        return parts.stream().map(kind::cast).toList();
    }
}
