package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CivicMarkdownTest {
    private static final Marks STRONG = Marks.NONE.withStrong(true);
    private static final Marks EM = Marks.NONE.withEm(true);

    @Test
    void boldThatEndsInPunctuationBeforeALetterStaysBold() {
        assertWritten("**Avis :**&#116;exte", new Inline.Text("Avis :", STRONG), new Inline.Text("texte"));
        assertWritten("**注意：**&#26045;行", new Inline.Text("注意：", STRONG), new Inline.Text("施行"));
    }

    @Test
    void marksThatTouchAndOverlapStayApart() {
        assertWritten(
                "_a**b**_**c**",
                new Inline.Text("a", EM),
                new Inline.Text("b", EM.withStrong(true)),
                new Inline.Text("c", STRONG));
    }

    @Test
    void whatAPersonTypedIsNotHtml() {
        assertWritten("\\<div> und \\&copy;", new Inline.Text("<div> und &copy;"));
    }

    @Test
    void whatLooksLikeABlockStaysAParagraph() {
        assertWritten("1\\) first", new Inline.Text("1) first"));
        assertWritten("\\: term", new Inline.Text(": term"));
        assertWritten("a\\\n\\===", new Inline.Text("a"), new Inline.HardBreak(), new Inline.Text("==="));
    }

    @Test
    void spaceAtTheBeginningStays() {
        assertWritten("&#32; indented", new Inline.Text("  indented"));
    }

    @Test
    void spaceAtTheEndOfBoldGoesOutside() {
        assertWritten("**bold** text", new Inline.Text("bold ", STRONG), new Inline.Text("text"));
    }

    @Test
    void emptyParagraphsBetweenOthersStay() {
        var a = new Block.Paragraph(List.of(new Inline.Text("a")));
        var empty = new Block.Paragraph(List.of());
        assertThat(CivicMarkdown.write(new Tree(List.of(a, empty, a, empty))))
                .isEqualTo(new Written.Faithful("a\n\n&nbsp;\n\na"));
        assertThat(CivicMarkdown.parse("a\n\n&nbsp;\n\na").tree()).isEqualTo(new Tree(List.of(a, empty, a)));
    }

    @Test
    void neighbouringListsStayTwoLists() {
        var list = new Block.BulletList(List.of(item("a"), item("b")));
        assertThat(CivicMarkdown.write(new Tree(List.of(list, list, list))))
                .isEqualTo(new Written.Faithful("* a\n\n* b\n\n- a\n\n- b\n\n* a\n\n* b"));
    }

    @Test
    void aReferenceThatBeginsAParagraphIsNoHtml() {
        var reference = new Inline.CivicRef("geography", "g1", "Map");
        assertWritten("&#8288;<!--civic-ref type=\"geography\" id=\"g1\" label=\"Map\"-->", reference);
        assertThat(CivicMarkdown.parse("See\n<!--civic-ref type=\"geography\" id=\"g1\" label=\"Map\"-->.\nMore"))
                .isEqualTo(new Parsed(
                        paragraph(new Inline.Text("See "), reference, new Inline.Text(". More")), List.of()));
    }

    @Test
    void breaksInHeadingsAndCellsAreWrittenAsHtml() {
        var heading = new Block.Heading(2, List.of(new Inline.Text("a"), new Inline.HardBreak(), new Inline.Text("b")));
        assertThat(CivicMarkdown.write(new Tree(List.of(heading)))).isEqualTo(new Written.Faithful("## a<br>b"));
        assertThat(CivicMarkdown.parse("| a<br>b |\n| --- |").losses()).isEmpty();
    }

    @Test
    void aTableWithoutItsHeaderRowGetsItsFirstRowAsHeader() {
        var cell = new Block.Cell(
                false, 1, 1, Block.Align.NONE, List.of(new Block.Paragraph(List.of(new Inline.Text("x")))));
        assertThat(CivicMarkdown.write(new Tree(List.of(
                        new Block.Table(List.of(new Block.Row(List.of(cell, cell)), new Block.Row(List.of(cell))))))))
                .isEqualTo(new Written.Faithful("| x | x |\n| --- | --- |\n| x |  |"));
    }

    @Test
    void whatTheSchemaDoesNotKnowIsNotWritten() {
        Marks strike = new Marks(Optional.empty(), false, false, false, new TreeSet<>(List.of("strike")));
        assertUnfaithful("strike", paragraph(new Inline.Text("x", strike)));
        assertUnfaithful("bulletList", new Tree(List.of(new Block.Unknown("bulletList", List.of()))));
        assertUnfaithful("hardBreak", paragraph(new Inline.Unknown("hardBreak", List.of())));
        var wide = new Block.Cell(true, 2, 1, Block.Align.NONE, List.of(new Block.Paragraph(List.of())));
        assertUnfaithful("merged cells", new Tree(List.of(new Block.Table(List.of(new Block.Row(List.of(wide)))))));
    }

    @Test
    void addressesThatRunCodeAreNeverLinks() {
        Link script = new Link("java\tscript:alert(1)", Optional.empty());
        assertWritten("x", new Inline.Text("x", Marks.NONE.withLink(script)));
        Parsed parsed = CivicMarkdown.parse("[x](javascript:alert(1))");
        assertThat(parsed.tree()).isEqualTo(paragraph(new Inline.Text("x")));
        assertThat(parsed.losses())
                .containsExactly(
                        "A link that runs code or opens a local file on line 1 (javascript:alert(1)) cannot be "
                                + "edited here without being lost.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            value = {
                "a m<sup>2</sup> b § HTML on line 1 (<sup>) and in one more place",
                "a<br>b § HTML on line 1 (<br>)",
                "a <!-- x --> § A comment on line 1",
                "<!-- civic-ref type=\"record\" id=\"1\" label=\"x\" --> a § A civic reference",
                "~~gone~~ § Struck-out text",
                "- [x] done § A task box",
                "a[^1] § A footnote",
                "> [!NOTE] § An alert box",
                "*[CAO]: Chief § An abbreviation",
                "see [[x]] § A wiki link",
                "[TOC] § A generated table of contents",
                "$\\alpha$ § A formula",
                "[a]: https://unused.example § A link definition that nothing uses",
                "0. zero § A list that begins with 0",
                "[![a](b.png)](c) § A link on a picture",
                "[](u) x § A link without text"
            })
    void whatTheTreeCannotHoldIsNamed(String markdown, String loss) {
        assertThat(CivicMarkdown.parse(markdown).losses())
                .singleElement()
                .asString()
                .startsWith(loss)
                .endsWith(" cannot be edited here without being lost.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\~\\~not gone\\~\\~",
                "* \\[x\\] not a task",
                "a `~~code~~` b",
                "costs $300 and **$500** or 5 $",
                "`<sup>`",
                "[the Act]\n\n[The  Act]: https://act.example",
                "term\\\n\\: words",
                "https://a.example/x_y_z"
            })
    void whatIsPlainOrKeptIsNoLoss(String markdown) {
        assertThat(CivicMarkdown.parse(markdown).losses()).isEmpty();
    }

    @Test
    void deepNestingIsReadAsText() {
        Tree tree = CivicMarkdown.parse("> ".repeat(20_000) + "x").tree();
        assertThat(CivicMarkdown.write(tree)).isInstanceOf(Written.Faithful.class);
        assertThat(CivicMarkdown.parse("*a **b ".repeat(20_000)).tree().blocks())
                .hasSize(1);
    }

    @Test
    void aLongRecordIsNoTrouble() {
        String body = "Section *one* of the **bylaw** says [so](https://a.example/b_c).\n\n* a\n* b\n\n".repeat(6_000);
        Parsed parsed = CivicMarkdown.parse(body);
        assertThat(parsed.losses()).isEmpty();
        assertThat(CivicMarkdown.write(parsed.tree())).isInstanceOf(Written.Faithful.class);
    }

    private static Block.Item item(String text) {
        return new Block.Item(List.of(new Block.Paragraph(List.of(new Inline.Text(text)))));
    }

    private static Tree paragraph(Inline... content) {
        return new Tree(List.of(new Block.Paragraph(List.of(content))));
    }

    private static void assertWritten(String markdown, Inline... content) {
        assertThat(CivicMarkdown.write(paragraph(content))).isEqualTo(new Written.Faithful(markdown));
    }

    private static void assertUnfaithful(String reason, Tree tree) {
        assertThat(CivicMarkdown.write(tree))
                .isInstanceOfSatisfying(
                        Written.Unfaithful.class,
                        unfaithful -> assertThat(unfaithful.reason()).contains(reason));
    }
}
