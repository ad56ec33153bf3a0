package org.civicpress.realtime.markdown;

import java.util.List;

/// A block of a [Tree]. Immutable.
public sealed interface Block extends Part {
    record Paragraph(List<Inline> content) implements Block {
        public Paragraph {
            content = List.copyOf(content);
        }
    }

    record Heading(int level, List<Inline> content) implements Block {
        public Heading {
            content = List.copyOf(content);
        }
    }

    record Blockquote(List<Block> content) implements Block {
        public Blockquote {
            content = List.copyOf(content);
        }
    }

    record BulletList(List<Item> items) implements Block {
        public BulletList {
            items = List.copyOf(items);
        }
    }

    /// `order` is the number of the first item.
    record OrderedList(int order, List<Item> items) implements Block {
        public OrderedList {
            items = List.copyOf(items);
        }
    }

    /// `params` is what stands after the opening fence.
    record CodeBlock(String params, String text) implements Block {}

    record HorizontalRule() implements Block {}

    record Table(List<Row> rows) implements Block {
        public Table {
            rows = List.copyOf(rows);
        }
    }

    /// An element the schema does not know, or one that stands where the schema has no place for it.
    record Unknown(String name, List<Block> content) implements Block {
        public Unknown {
            content = List.copyOf(content);
        }
    }

    /// A list item. The schema wants a paragraph first.
    record Item(List<Block> content) implements Part {
        public Item {
            content = List.copyOf(content);
        }
    }

    record Row(List<Cell> cells) implements Part {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    record Cell(boolean header, int colspan, int rowspan, Align align, List<Block> content) implements Part {
        public Cell {
            content = List.copyOf(content);
        }
    }

    /// How a column's words stand; NONE says nothing about it.
    enum Align {
        NONE,
        LEFT,
        CENTER,
        RIGHT
    }
}
