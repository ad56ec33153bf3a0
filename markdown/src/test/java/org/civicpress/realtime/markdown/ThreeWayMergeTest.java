package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.ThreeWayMerge.Conflict;
import org.civicpress.realtime.markdown.ThreeWayMerge.Merged;
import org.junit.jupiter.api.Test;

class ThreeWayMergeTest {
    private static final String BYLAW = """
            # Noise Bylaw

            Quiet hours are from ten in the evening to seven in the morning.

            - Music in a park needs a permit.
            - Bells are exempt.

            The fine is 300 dollars.""";

    // ---- examples

    @Test
    void whatBothSidesChangedInDifferentPlacesIsAllThere() {
        Merged merged = merge(
                BYLAW,
                BYLAW.replace("300", "400").replace("- Bells", "- Sirens are exempt.\n- Bells"),
                BYLAW.replace("ten in", "eleven in").replace("in a park", "in a public park"));
        assertReads(merged.tree(), """
                # Noise Bylaw

                Quiet hours are from eleven in the evening to seven in the morning.

                - Music in a public park needs a permit.
                - Sirens are exempt.
                - Bells are exempt.

                The fine is 400 dollars.""");
        assertThat(merged.conflicts()).isEmpty();
    }

    @Test
    void aParagraphChangedOnBothSidesIsKeptTwiceAndSaidSo() {
        Merged merged = merge(BYLAW, BYLAW.replace("300", "400"), BYLAW.replace("300", "350"));
        assertThat(markdown(merged.tree())).endsWith("The fine is 350 dollars.\n\nThe fine is 400 dollars.");
        assertThat(merged.conflicts())
                .containsExactly(new Conflict(Conflict.Kind.BOTH_CHANGED, "The fine is 400 dollars."));
        assertThat(merged.conflicts().getFirst().sentence())
                .isEqualTo("“The fine is 400 dollars.” was changed on both sides; both are kept.");
    }

    @Test
    void whatTheyDeletedStaysWhenItWasChangedHere() {
        String ours = BYLAW.replace("300", "350");
        Merged merged = merge(BYLAW, BYLAW.replace("The fine is 300 dollars.", ""), ours);
        assertReads(merged.tree(), ours);
        assertThat(merged.changed()).isFalse();
        assertThat(merged.conflicts())
                .containsExactly(new Conflict(Conflict.Kind.DELETED_AFTER_CHANGE, "The fine is 350 dollars."));
    }

    @Test
    void whatTheyChangedComesBackWhenItWasDeletedHere() {
        Merged merged = merge(BYLAW, BYLAW.replace("300", "400"), BYLAW.replace("The fine is 300 dollars.", ""));
        assertReads(merged.tree(), BYLAW.replace("300", "400"));
        assertThat(merged.conflicts())
                .containsExactly(new Conflict(Conflict.Kind.CHANGED_AFTER_DELETION, "The fine is 400 dollars."));
    }

    @Test
    void whatBothSidesDidInTheSameWayIsDoneOnce() {
        String both = BYLAW.replace("300", "400").replace("# Noise Bylaw", "# Noise Bylaw\n\nAdopted in June.");
        Merged merged = merge(BYLAW, both, both + "\n\nIt is in force.");
        assertThat(merged.changed()).isFalse();
        assertThat(merged.conflicts()).isEmpty();
    }

    @Test
    void whatBothSidesAddedAtOnePlaceIsThereWithTheirsBehindOurs() {
        Merged merged = merge(BYLAW, BYLAW + "\n\nTheirs.", BYLAW + "\n\nOurs.");
        assertReads(merged.tree(), BYLAW + "\n\nOurs.\n\nTheirs.");
    }

    @Test
    void cellsOfATableAreChangedOneByOne() {
        String table = "| Fee | Amount |\n| --- | --- |\n| Permit | 10 |\n| Appeal | 20 |";
        Merged merged = merge(
                table,
                table.replace("20", "25") + "\n| Copy | 1 |",
                table.replace("Appeal", "Appeal to Council").replace("Amount", "Amount in dollars"));
        assertReads(merged.tree(), """
                | Fee | Amount in dollars |
                | --- | --- |
                | Permit | 10 |
                | Appeal to Council | 25 |
                | Copy | 1 |""");
        assertThat(merged.conflicts()).isEmpty();
    }

    @Test
    void aColumnAddedWhileACellWasChangedGivesBothTables() {
        String table = "| Fee | Amount |\n| --- | --- |\n| Permit | 10 |";
        String wider = "| Fee | Amount | Since |\n| --- | --- | --- |\n| Permit | 10 | 2020 |";
        Merged merged = merge(table, wider, table.replace("10", "11"));
        assertReads(merged.tree(), table.replace("10", "11") + "\n\n" + wider);
        assertThat(merged.conflicts()).hasSize(1);
    }

    @Test
    void emptyParagraphsAtTheEndStayThere() {
        Doc doc = document(BYLAW);
        doc.xmlFragment("default").append(new YXmlElement("paragraph"));
        ThreeWayMerge.of(Optional.of(tree(BYLAW)), tree(BYLAW + "\n\nNew.")).apply(doc);
        List<Block> blocks = CivicDocument.read(doc).blocks();
        assertThat(blocks.subList(blocks.size() - 2, blocks.size()))
                .containsExactly(new Block.Paragraph(List.of(new Inline.Text("New."))), Norm.EMPTY);
    }

    @Test
    void inTextThatIsChangedOnlyTheWordsAreSoThatWhatIsTypedMeanwhileStaysInItsPlace() {
        Doc doc = document(BYLAW);
        Doc typing = CivicDocumentTest.loaded(doc.state());
        YXmlElement fine =
                (YXmlElement) typing.xmlFragment("default").children().getLast();
        ((YXmlText) fine.children().getFirst()).insert("The fine is 300 dollars".length(), " and costs");
        ThreeWayMerge.of(Optional.of(tree(BYLAW)), tree(BYLAW.replace("fine is 300", "*fine* is 400")))
                .apply(doc);
        doc.apply(typing.state(), null);
        assertThat(markdown(CivicDocument.read(doc))).endsWith("The *fine* is 400 dollars and costs.");
    }

    @Test
    void textBetweenReferencesIsChangedInItsPlace() {
        String text = "See <!-- civic-ref:record:a|Act --> and the map.";
        Doc doc = document(text);
        YType paragraph = doc.xmlFragment("default").children().getFirst();
        ThreeWayMerge.of(Optional.of(tree(text)), tree(text.replace("and the", "with a")))
                .apply(doc);
        assertReads(CivicDocument.read(doc), text.replace("and the", "with a"));
        assertThat(doc.xmlFragment("default").children()).containsExactly(paragraph);
    }

    @Test
    void aHeadingsLevelIsChangedWithoutItsWords() {
        Doc doc = document("## Fees and fines");
        YXmlElement heading =
                (YXmlElement) doc.xmlFragment("default").children().getFirst();
        ThreeWayMerge.of(Optional.of(tree("## Fees and fines")), tree("### Fees and fines"))
                .apply(doc);
        assertThat(doc.xmlFragment("default").children()).containsExactly(heading);
        assertThat(heading.attribute("level")).contains(Any.of(3.0));
    }

    @Test
    void aListOfWhichNothingIsLeftIsGone() {
        Merged merged = merge("- One\n- Two\n\nEnd", "- One\n\nEnd", "- Two\n\nEnd");
        assertReads(merged.tree(), "End");
    }

    @Test
    void aListOfWhichEachSideDeletedAPartStaysGoneWhenTheSameIsAppliedAgain() {
        ThreeWayMerge merge = ThreeWayMerge.of(Optional.of(tree("- One\n- Two\n\nEnd")), tree("- One\n\nEnd"));
        Doc doc = document("- Two\n\nEnd");
        merge.apply(doc);
        Merged again = merge.apply(doc);
        assertReads(again.tree(), "End");
        assertThat(again.changed()).isFalse();
        assertThat(again.conflicts()).isEmpty();
    }

    @Test
    void aListThatTheyDeletedIsGoneWhenNothingIsNewInIt() {
        Merged merged = merge("- One\n- Two\n\nEnd", "End", "- Two\n\nEnd");
        assertReads(merged.tree(), "End");
        assertThat(merged.conflicts()).isEmpty();
    }

    @Test
    void aListThatWasDeletedHereComesBackWhenTheyAddedToIt() {
        Merged merged = merge("- One\n- Two\n\nEnd", "- One\n- New\n\nEnd", "End");
        assertReads(merged.tree(), "- One\n- New\n\nEnd");
        assertThat(merged.conflicts()).containsExactly(new Conflict(Conflict.Kind.CHANGED_AFTER_DELETION, "OneNew"));
    }

    @Test
    void whenOneOfTwoEqualNeighboursIsDeletedTheOtherStaysHoweverOftenThatIsApplied() {
        ThreeWayMerge merge =
                ThreeWayMerge.of(Optional.of(tree("Text\n\n---\n\n---\n\nEnd")), tree("Text\n\n---\n\nEnd"));
        Doc doc = document("Text of ours\n\n---\n\n---\n\nEnd");
        merge.apply(doc);
        assertReads(merge.apply(doc).tree(), "Text of ours\n\n---\n\nEnd");
    }

    @Test
    void whatTheyWroteIsNotPutInAgainWhereItStandsElsewhere() {
        Merged merged = merge("One\n\nTwo", "One\n\nNew words\n\nTwo", "One\n\nTwo\n\nNew words");
        assertReads(merged.tree(), "One\n\nTwo\n\nNew words");
        assertThat(merged.changed()).isFalse();
    }

    @Test
    void aRowThatBecameTheHeaderIsPutInOnce() {
        String header = "| Fee | Amount |\n| --- | --- |\n";
        String theirs = "| Permit for music | 10 |\n| --- | --- |\n| Appeal | 20 |";
        String base = header + "| Permit | 10 |\n| Appeal | 20 |";
        Doc doc = document(base.replace("Fee", "Fee of 2026"));
        ThreeWayMerge merge = ThreeWayMerge.of(Optional.of(tree(base)), tree(theirs));
        merge.apply(doc);
        assertThat(merge.apply(doc).changed()).isFalse();
        assertReads(
                CivicDocument.read(doc),
                header.replace("Fee", "Fee of 2026") + "| Permit for music | 10 |\n| Appeal | 20 |");
    }

    // ---- at random

    @Test
    void applyingMakesWhatThePreviewShowed() {
        Seeds.each(400, random -> {
            Versions versions = new Versions(random);
            Doc doc = versions.live();
            Merged preview = versions.merge().preview(CivicDocument.read(doc));
            Merged applied = versions.merge().apply(doc);
            assertThat(Norm.of(CivicDocument.read(doc))).isEqualTo(Norm.of(preview.tree()));
            assertThat(applied).isEqualTo(preview);
        });
    }

    @Test
    void whenNothingWasChangedHereTheResultIsTheirs() {
        Seeds.each(400, random -> {
            Versions versions = new Versions(random);
            Doc doc = CivicDocumentTest.loaded(CivicSeed.of(versions.base, 7));
            Merged merged = versions.merge().apply(doc);
            assertThat(Norm.of(CivicDocument.read(doc))).isEqualTo(versions.theirs);
            assertThat(merged.conflicts()).isEmpty();
        });
    }

    @Test
    void withoutABaseTheResultIsTheirs() {
        Seeds.each(300, random -> {
            Versions versions = new Versions(random);
            Doc doc = versions.live();
            ThreeWayMerge.of(Optional.empty(), versions.theirs).apply(doc);
            assertThat(Norm.of(CivicDocument.read(doc))).isEqualTo(versions.theirs);
        });
    }

    @Test
    void whenTheyChangedNothingNothingIsEdited() {
        Seeds.each(300, random -> {
            Versions versions = new Versions(random);
            Doc doc = versions.live();
            Bytes before = doc.state();
            Merged merged =
                    ThreeWayMerge.of(Optional.of(versions.base), versions.base).apply(doc);
            assertThat(merged.changed()).isFalse();
            assertThat(merged.conflicts()).isEmpty();
            assertThat(doc.state()).isEqualTo(before);
        });
    }

    @Test
    void blocksThatTheyDidNotTouchStayTheSameItems() {
        Seeds.each(400, random -> {
            Versions versions = new Versions(random);
            Doc doc = versions.live();
            List<Block> keys = CivicDocument.read(doc).blocks();
            List<YType> before = doc.xmlFragment("default").children();
            versions.merge().apply(doc);
            List<YType> after = doc.xmlFragment("default").children();
            for (int i = 0; i < keys.size(); i++) {
                if (versions.theirs.blocks().contains(keys.get(i))
                        && versions.base.blocks().stream().distinct().count()
                                == versions.base.blocks().size()
                        && java.util.Collections.frequency(keys, keys.get(i)) == 1
                        && versions.inSameOrder(keys.get(i))) {
                    assertThat(after).contains(before.get(i));
                }
            }
        });
    }

    @Test
    void noWordThatWasWrittenHereAndNoneThatTheyWroteIsLost() {
        Seeds.each(400, random -> {
            Versions versions = new Versions(random);
            Merged merged = versions.merge().preview(versions.ours);
            assertThat(words(merged.tree())).containsAll(versions.written);
        });
    }

    /// The documents need not be equal. Of two equal parts with others between them, one may be deleted the first
    /// time and the other the second time; a list of which so little is left that it is not recognized comes back
    /// with a conflict. But nothing that somebody wrote is there once more, and nothing is lost.
    @Test
    void whatIsAppliedTwiceIsThereOnce() {
        Seeds.each(400, random -> {
            Versions versions = new Versions(random);
            Tree once = versions.merge().preview(versions.ours).tree();
            Tree twice = versions.merge().preview(once).tree();
            assertThat(written(twice, versions)).isEqualTo(written(once, versions));
            if (!versions.hasEqualParts()) {
                assertThat(words(twice)).containsAll(words(once));
            }
        });
    }

    // ----

    private static Merged merge(String base, String theirs, String ours) {
        Doc doc = document(ours);
        Merged merged = ThreeWayMerge.of(Optional.of(tree(base)), tree(theirs)).apply(doc);
        assertThat(Norm.of(CivicDocument.read(doc))).isEqualTo(Norm.of(merged.tree()));
        return merged;
    }

    private static Tree tree(String markdown) {
        return CivicMarkdown.parse(markdown).tree();
    }

    private static Doc document(String markdown) {
        return CivicDocumentTest.loaded(CivicSeed.of(markdown).update());
    }

    /// In the one form in which records are written.
    private static String markdown(Tree tree) {
        return ((Written.Faithful) CivicMarkdown.write(tree)).markdown();
    }

    private static void assertReads(Tree tree, String markdown) {
        assertThat(markdown(tree)).isEqualTo(markdown(tree(markdown)));
    }

    private static List<String> written(Tree tree, Versions versions) {
        return words(tree).stream().filter(versions.written::contains).sorted().toList();
    }

    private static List<String> words(Tree tree) {
        return tree.blocks().stream().flatMap(block -> Words.in(block).stream()).toList();
    }

    /// A document, and two later versions of it with words that are in no other.
    private static final class Versions {
        private final Random random;
        private final RandomTrees trees;
        final Tree base;
        final Tree theirs;
        final Tree ours;
        final List<String> written = new ArrayList<>();

        Versions(Random random) {
            this.random = random;
            this.trees = new RandomTrees(random, random.nextInt(4) == 0);
            this.base = Norm.of(trees.tree());
            this.theirs = Norm.of(changed(base));
            this.ours = Norm.of(changed(base));
        }

        ThreeWayMerge merge() {
            return ThreeWayMerge.of(Optional.of(base), theirs);
        }

        /// Ours as an editor may hold it: with runs and texts in pieces.
        Doc live() {
            Doc doc = CivicDocumentTest.loaded(CivicSeed.of(ours, 7));
            if (random.nextBoolean()) {
                doc.xmlFragment("default").append(new YXmlElement("paragraph"));
            }
            return doc;
        }

        boolean hasEqualParts() {
            return hasEqualParts(base.blocks());
        }

        private static boolean hasEqualParts(List<? extends Part> parts) {
            return parts.stream().distinct().count() < parts.size()
                    || parts.stream().anyMatch(part -> hasEqualParts(part.parts()));
        }

        boolean inSameOrder(Block block) {
            return base.blocks().indexOf(block) == theirs.blocks().indexOf(block)
                    && base.blocks()
                            .subList(0, base.blocks().indexOf(block) + 1)
                            .equals(theirs.blocks().subList(0, theirs.blocks().indexOf(block) + 1));
        }

        private Tree changed(Tree tree) {
            List<Part> blocks = new ArrayList<>(tree.blocks());
            for (int i = random.nextInt(4); i > 0; i--) {
                change(blocks);
            }
            return new Tree(Part.all(Block.class, blocks));
        }

        private void change(List<Part> parts) {
            if (parts.isEmpty()) {
                return;
            }
            int at = random.nextInt(parts.size());
            Part part = parts.get(at);
            boolean isBlock = part instanceof Block;
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (isBlock) {
                        parts.add(random.nextInt(parts.size() + 1), new Block.Paragraph(List.of(word())));
                    }
                }
                case 1 -> {
                    if (!(part instanceof Block.Cell) && written.isEmpty()) {
                        parts.remove(at);
                    }
                }
                default -> parts.set(at, reworded(part));
            }
        }

        private Part reworded(Part part) {
            return switch (part) {
                case Block.Paragraph(var content) -> new Block.Paragraph(reworded(content));
                case Block.Heading(int level, var content) ->
                    new Block.Heading(random.nextInt(3) == 0 ? 1 + random.nextInt(6) : level, reworded(content));
                case Block.CodeBlock(String params, String text) ->
                    new Block.CodeBlock(params, text + "\n" + word().text());
                case Block.HorizontalRule rule -> rule;
                case Part container -> {
                    List<Part> parts = new ArrayList<>(container.parts());
                    change(parts);
                    yield container.with(parts);
                }
            };
        }

        private List<Inline> reworded(List<Inline> content) {
            List<Inline> reworded = new ArrayList<>(content);
            if (!reworded.isEmpty() && written.isEmpty() && random.nextInt(4) == 0) {
                reworded.remove(random.nextInt(reworded.size()));
            }
            reworded.add(random.nextInt(reworded.size() + 1), word());
            return reworded;
        }

        private Inline.Text word() {
            String word = "w" + random.nextInt(1_000_000_000);
            written.add(word);
            return new Inline.Text(
                    " " + word + " ", random.nextBoolean() ? Inline.Marks.NONE : Inline.Marks.NONE.withEm(true));
        }
    }
}
