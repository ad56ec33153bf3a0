package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;

class RecordFileTest {
    @Test
    void headAndBodyAreTheFileAgainWhateverItHolds() {
        String[] pieces = {
            "---", "\n", "\r\n", "--- \n", "\uFEFF", "a: 1\n", "# Hi\n", "----\n", "x", "\n---\n", "---\n", "\r"
        };
        Seeds.each(5000, random -> {
            var text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            var file = RecordFile.split(text.toString());
            assertThat(file.text()).isEqualTo(text.toString());
            var changed = RecordFile.split(file.withBody("another\n").text());
            assertThat(changed.body()).isEqualTo("another\n");
            assertThat(changed.yaml()).isEqualTo(file.yaml());
            assertThat(changed.head()).startsWith(file.head());
        });
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreNoObstacle() {
        var file = RecordFile.split("\uFEFF---\r\nid: a\r\ntitle: \"B: c\"\r\n---\r\n\r\nBody\r\n");
        assertThat(file.frontMatter()).contains(Map.of("id", "a", "title", "B: c"));
        assertThat(file.body()).isEqualTo("\r\nBody\r\n");
    }

    @Test
    void aRuleInTheBodyIsNotFrontMatter() {
        var file = RecordFile.split("# Title\n\n---\n\nmore\n");
        assertThat(file.head()).isEmpty();
        assertThat(file.body()).isEqualTo("# Title\n\n---\n\nmore\n");
    }

    @Test
    void datesThatAreNotQuotedBecomeIsoText() {
        var fields = RecordFile.split("---\na: 2026-01-05\nb: 2026-01-05T09:00:00Z\nc: 2026-01-05 09:00:00.5 +02:00\n"
                        + "d: '2026-01-05'\ne: 2026-02-31\nf: 2.0\ng: 0o17\n---\n")
                .frontMatter()
                .orElseThrow();
        assertThat(fields)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "a", "2026-01-05T00:00:00.000Z",
                        "b", "2026-01-05T09:00:00.000Z",
                        "c", "2026-01-05T07:00:00.500Z",
                        "d", "2026-01-05",
                        "e", "2026-02-31",
                        "f", 2L,
                        "g", 15L));
    }

    @Test
    void frontMatterThatIsNotYamlHasNoValues() {
        assertThat(RecordFile.split("---\na: [1\n---\nBody").frontMatter()).isEmpty();
        assertThat(RecordFile.split("---\njust a text\n---\nBody").frontMatter())
                .isEmpty();
        assertThat(RecordFile.split("---\na: 1\na: 2\n---\nBody").frontMatter()).isEmpty();
        String aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n" + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: &e [*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n";
        assertThat(RecordFile.split("---\n" + aliases + "---\n").frontMatter())
                .as("a bomb")
                .isEmpty();
        assertThat(RecordFile.split("---\na: &a [*a]\n---\n").frontMatter())
                .as("a loop")
                .isEmpty();
    }
}
