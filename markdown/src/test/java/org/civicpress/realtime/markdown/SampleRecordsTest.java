package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The records a new installation begins with, there and back.
class SampleRecordsTest {
    private static final Parser PARSER =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();
    private static final HtmlRenderer HTML = HtmlRenderer.builder()
            .extensions(List.of(TablesExtension.create()))
            .softbreak(" ")
            .percentEncodeUrls(true)
            .build();

    /// Those with HTML, comments, references on a line of their own, struck-out text, task boxes, footnotes,
    /// alerts, definition lists, formulas, lists from 0, links on pictures, unused definitions.
    private static final Set<String> NOT_CARRIED = Set.of(
            "bylaw-clairbois-bilingual-water",
            "bylaw-copper-quay-animal-control",
            "bylaw-eastmere-consolidated-long",
            "bylaw-eastmere-fees-and-charges",
            "bylaw-eastmere-short-term-rentals",
            "bylaw-harrow-fen-tree-protection",
            "bylaw-marlow-falls-zoning-amendment",
            "bylaw-port-lachenaie-nuisances",
            "bylaw-sainte-ondine-urbanisme",
            "bylaw-val-mirabeau-stationnement",
            "geography-val-mirabeau-zones-inondables",
            "meeting-eastmere-2026-04-07-agenda",
            "ordinance-copper-quay-harbour-speed",
            "ordinance-eastmere-drone-use",
            "ordinance-puerto-almendro-ruido",
            "policy-harrow-fen-html-import",
            "policy-harrow-fen-records-retention",
            "policy-marlow-falls-ai-use",
            "policy-port-lachenaie-accessibilite",
            "proclamation-ras-zaytun-olive-day-ar",
            "resolution-clairbois-lake-levels",
            "resolution-copper-quay-ferry-subsidy",
            "resolution-eastmere-emergency-declaration",
            "resolution-puerto-almendro-subvencion",
            "session-copper-quay-2026-01-28-public-hearing",
            "session-eastmere-2026-02-03-minutes",
            "session-harrow-fen-2026-01-12-minutes",
            "session-marlow-falls-2026-03-02-work-session");

    static List<String> records() throws IOException {
        return resource("records.txt").lines().filter(line -> !line.isBlank()).toList();
    }

    /// The body of a record of the sample.
    static String body(String record) throws IOException {
        String file =
                resource("records/" + record + ".md").replace("\uFEFF", "").replace("\r\n", "\n");
        int end = file.indexOf("\n---", 3);
        return file.startsWith("---\n") ? file.substring(file.indexOf('\n', end + 1) + 1) : file;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = SampleRecordsTest.class.getResourceAsStream("/sample/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void isReadWrittenAndReadAgainAsTheSameTree(String record) throws IOException {
        Tree tree = CivicMarkdown.parse(body(record)).tree();
        assertThat(CivicMarkdown.write(tree))
                .isInstanceOfSatisfying(
                        Written.Faithful.class,
                        written -> assertThat(CivicMarkdown.parse(written.markdown()))
                                .isEqualTo(new Parsed(tree, List.of())));
    }

    @ParameterizedTest
    @MethodSource("records")
    void looksTheSameInABrowserWhenItCanBeCarried(String record) throws IOException {
        String body = body(record);
        Parsed parsed = CivicMarkdown.parse(body);
        if (parsed.losses().isEmpty()
                && CivicMarkdown.write(parsed.tree()) instanceof Written.Faithful(String written)) {
            assertThat(html(written)).isEqualTo(html(body));
        }
    }

    /// As HTML, without the difference between tight and loose lists, and one space for any white space.
    private static String html(String markdown) {
        return HTML.render(PARSER.parse(markdown))
                .replaceAll("</?p>", " ")
                .replaceAll("\\s+", " ")
                .replaceAll(" ?(</?(?:li|ul|ol|td|th|blockquote)[^>]*>) ?", "$1");
    }

    @ParameterizedTest
    @MethodSource("records")
    void canBeCarriedUnlessItHasWhatTheSchemaHasNot(String record) throws IOException {
        assertThat(CivicMarkdown.parse(body(record)).losses().isEmpty()).isEqualTo(!NOT_CARRIED.contains(record));
    }
}
