package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.civicpress.realtime.crdt.Doc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CivicSeedTest {
    @ParameterizedTest
    @MethodSource("org.civicpress.realtime.markdown.SampleRecordsTest#records")
    void aRecordThatCanBeCarriedComesBackFromItsDocument(String record) throws IOException {
        String body = SampleRecordsTest.body(record);
        Seed seed = CivicSeed.of(body);
        Tree tree = CivicDocument.read(CivicDocumentTest.loaded(seed.update()));
        assertThat(CivicMarkdown.write(tree)).isInstanceOfSatisfying(Written.Faithful.class, written -> {
            if (seed.losses().isEmpty()) {
                assertThat(CivicMarkdown.parse(written.markdown())).isEqualTo(CivicMarkdown.parse(body));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("org.civicpress.realtime.markdown.SampleRecordsTest#records")
    void theSameRecordAlwaysMakesTheSameBytes(String record) throws IOException {
        assertThat(CivicSeed.of(SampleRecordsTest.body(record)))
                .isEqualTo(CivicSeed.of(SampleRecordsTest.body(record)));
    }

    @Test
    void aRecordSeededTwiceIsThereOnce() {
        Doc doc = CivicDocumentTest.loaded(CivicSeed.of("# Bylaw").update());
        doc.apply(CivicSeed.of("# Bylaw").update(), null);
        assertThat(CivicMarkdown.write(CivicDocument.read(doc))).isEqualTo(new Written.Faithful("# Bylaw"));
    }

    @Test
    void anotherBodyIsAnotherClientsWork() {
        Doc doc = CivicDocumentTest.loaded(CivicSeed.of("a").update());
        doc.apply(CivicSeed.of("b").update(), null);
        assertThat(CivicDocument.read(doc).blocks()).hasSize(2);
    }

    @Test
    void whatCannotBeCarriedCanBeReadAtLeast() {
        Seed seed = CivicSeed.of("H<sub>2</sub>O <!-- secret -->\n\n<div>box</div>\n\n"
                + "<!--civic-ref type=\"record\" id=\"r1\" label=\"Act\"-->");
        assertThat(seed.losses()).hasSize(3);
        assertThat(CivicDocument.read(CivicDocumentTest.loaded(seed.update())).blocks())
                .containsExactly(
                        new Block.Paragraph(List.of(new Inline.Text("H<sub>2</sub>O"))),
                        new Block.CodeBlock("html", "<div>box</div>"),
                        new Block.Paragraph(List.of(new Inline.CivicRef("record", "r1", "Act"))));
    }
}
