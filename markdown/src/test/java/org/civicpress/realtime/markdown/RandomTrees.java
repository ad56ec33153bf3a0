package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;

/// Documents as an editor may leave them behind. `hostile` ones are typed by somebody who knows Markdown and means
/// no good.
final class RandomTrees {
    private static final String[] WORDS = {
        "bylaw",
        "the",
        "Council",
        "règlement",
        "l'avis",
        "Straße",
        "запит",
        "قرار،",
        "注意：",
        "施行",
        "3",
        "2026-01-15",
        "$300",
        "5%",
        "(a)",
        "(b),",
        "section",
        "12.",
        "«texte»",
        "“quoted”",
        "e.g.",
        "Avis :",
        "—",
        "No.",
        "a/b",
        "fees;",
        "https://town.example/a_b?x=1&y=2",
        "C-12",
        "A & B",
        "x < y",
        "#4",
        "1)",
        "😀",
        "end.",
        "non\u00a0: oui"
    };
    private static final String[] SNARES = {
        "*",
        "**",
        "_",
        "__",
        "`",
        "``",
        "~~",
        "[x]",
        "[ ] ",
        "](",
        "<div>",
        "</b>",
        "<!-- x -->",
        "&copy;",
        "&#35;",
        "&",
        "<",
        ">",
        "\\",
        "\\\\",
        "# ",
        "###### ",
        "- ",
        "+ ",
        "1. ",
        "1) ",
        "10. x",
        "---",
        "===",
        "```",
        "~~~",
        "|",
        "| a |",
        "> ",
        ": ",
        "!",
        "![",
        "<http://a.b>",
        "<a@b.c>",
        "\t",
        "  ",
        " ",
        "\u00a0",
        "\u3000",
        "\n",
        "\u200b",
        "\r\n",
        "    ",
        "$x_1$",
        "{{v}}",
        "[^1]",
        "[[w]]",
        "[TOC]",
        "[a]: b",
        "*[A]: b",
        ":",
        "=",
        "--",
        "\u2028",
        "\uFEFF",
        "\u0000",
        "\uD800"
    };

    private final Random random;
    private final boolean hostile;

    RandomTrees(Random random, boolean hostile) {
        this.random = random;
        this.hostile = hostile;
    }

    Tree tree() {
        return new Tree(blocks(1 + random.nextInt(6), 0, false));
    }

    private List<Block> blocks(int count, int depth, boolean paragraphFirst) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(paragraphFirst && i == 0 ? new Block.Paragraph(inlines(false)) : block(depth));
        }
        return blocks;
    }

    private Block block(int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 12)) {
            case 0, 1, 2 -> new Block.Paragraph(chance(12) ? List.of() : inlines(false));
            case 3 -> new Block.Heading(1 + random.nextInt(6), inlines(true));
            case 4 -> new Block.CodeBlock(chance(2) ? "" : pick("java", "ts title=x", "a&amp;b"), code());
            case 5 -> new Block.HorizontalRule();
            case 6 -> new Block.Blockquote(blocks(1 + random.nextInt(3), depth + 1, false));
            case 7, 8 -> new Block.BulletList(items(depth));
            case 9, 10 -> new Block.OrderedList(chance(2) ? 1 : 1 + random.nextInt(1200), items(depth));
            default -> table();
        };
    }

    private List<Block.Item> items(int depth) {
        List<Block.Item> items = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            items.add(new Block.Item(
                    chance(10)
                            ? List.of(new Block.Paragraph(List.of()))
                            : blocks(1 + random.nextInt(3), depth + 1, !chance(10))));
        }
        return items;
    }

    private Block table() {
        int columns = 1 + random.nextInt(4);
        List<Block.Row> rows = new ArrayList<>();
        List<Block.Align> aligns = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            aligns.add(Block.Align.values()[random.nextInt(4)]);
        }
        for (int r = 1 + random.nextInt(4); r > 0; r--) {
            List<Block.Cell> cells = new ArrayList<>();
            for (int c = 0; c < columns; c++) {
                cells.add(new Block.Cell(
                        rows.isEmpty(),
                        1,
                        1,
                        aligns.get(c),
                        List.of(new Block.Paragraph(chance(5) ? List.of() : inlines(true)))));
            }
            rows.add(new Block.Row(cells));
        }
        return new Block.Table(rows);
    }

    private List<Inline> inlines(boolean oneLine) {
        List<Inline> inlines = new ArrayList<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            switch (random.nextInt(14)) {
                case 0 -> inlines.add(new Inline.HardBreak());
                case 1 ->
                    inlines.add(new Inline.Image(
                            pick("img/1.png", "a b.png", "p(1).png"),
                            chance(2) ? Optional.empty() : Optional.of(words()),
                            chance(2) ? Optional.empty() : Optional.of("T \"q\"")));
                case 2 ->
                    inlines.add(new Inline.CivicRef(
                            pick("record", "geography", "attachment"),
                            "id-" + random.nextInt(99),
                            words().replace("&", "and")));
                default -> inlines.add(new Inline.Text(words(), marks()));
            }
        }
        return inlines;
    }

    private Marks marks() {
        Marks marks = Marks.NONE.withEm(chance(5)).withStrong(chance(4)).withCode(chance(10));
        return chance(8)
                ? marks.withLink(new Link(
                        pick("https://town.example/a_(b)", "mailto:a@b.example", "/régl ement#x", "#a"),
                        chance(2) ? Optional.empty() : Optional.of("Titre “x” \"y\"")))
                : marks;
    }

    private String words() {
        StringBuilder words = new StringBuilder(chance(6) ? " " : "");
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            words.append(hostile && chance(2) ? pick(SNARES) : pick(WORDS))
                    .append(i > 1 || chance(4) ? (hostile && chance(3) ? "" : " ") : "");
        }
        return words.toString();
    }

    private String code() {
        StringBuilder code = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            code.append(words()).append(i > 1 || chance(4) ? "\n" : "");
        }
        return code.toString();
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String pick(String... from) {
        return from[random.nextInt(from.length)];
    }
}
