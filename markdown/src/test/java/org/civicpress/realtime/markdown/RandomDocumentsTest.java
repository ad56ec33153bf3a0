package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;

class RandomDocumentsTest {
    @Test
    void whatAPersonWritesInAnEditorIsWrittenAsMarkdown() {
        assertThat(faithful(200, false)).as("faithful of 200").isGreaterThan(198);
    }

    @Test
    void whatAHostilePersonWritesIsWrittenFaithfullyOrNotAtAll() {
        assertThat(faithful(200, true)).as("faithful of 200").isGreaterThan(185);
    }

    /// How many of the documents are written; each of those reads as the same document.
    private static int faithful(int rounds, boolean hostile) {
        AtomicInteger faithful = new AtomicInteger();
        Seeds.each(rounds, random -> {
            Tree tree = new RandomTrees(random, hostile).tree();
            switch (CivicMarkdown.write(tree)) {
                case Written.Faithful(String markdown) -> {
                    faithful.incrementAndGet();
                    assertThat(CivicMarkdown.parse(markdown)).isEqualTo(new Parsed(Norm.of(tree), List.of()));
                }
                case Written.Unfaithful(String reason) -> {
                    assertThat(reason).isNotBlank();
                }
            }
        });
        return faithful.get();
    }

    @Test
    void theNormalFormIsItsOwnNormalForm() {
        Seeds.each(500, random -> {
            Tree normal = Norm.of(new RandomTrees(random, true).tree());
            assertThat(Norm.of(normal)).isEqualTo(normal);
        });
    }

    @Test
    void anyTextIsReadWithoutFail() {
        Seeds.each(500, random -> {
            Tree tree = CivicMarkdown.parse(soup(random)).tree();
            assertThat(Norm.of(tree)).isEqualTo(tree);
        });
    }

    private static String soup(Random random) {
        String signs = "\n\n\n  *_`~[]()<>!#&;:-+=|\\\"'$ab1.\t/\r\u00a0é";
        StringBuilder soup = new StringBuilder();
        for (int i = random.nextInt(400); i > 0; i--) {
            soup.append(signs.charAt(random.nextInt(signs.length())));
        }
        return soup.toString();
    }
}
