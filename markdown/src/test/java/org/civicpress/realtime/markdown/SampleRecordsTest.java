package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.junit.jupiter.api.Test;
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

    @Test
    void mostRecordsCanBeCarriedAndTheOthersSayWhy() throws IOException {
        List<String> carried = new java.util.ArrayList<>();
        for (String record : records()) {
            if (CivicMarkdown.parse(body(record)).losses().isEmpty()) {
                carried.add(record);
            }
        }
        assertThat(carried).hasSize(35);
    }
}
