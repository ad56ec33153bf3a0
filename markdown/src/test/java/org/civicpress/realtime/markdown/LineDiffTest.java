package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.markdown.LineDiff.Kind;
import org.civicpress.realtime.markdown.LineDiff.Line;
import org.junit.jupiter.api.Test;

class LineDiffTest {
    @Test
    void aChangedLineIsRemovedAndAdded() {
        assertThat(LineDiff.between("a\nb\nc\n", "a\nB\nc\nd\n"))
                .containsExactly(
                        new Line(Kind.SAME, "a"),
                        new Line(Kind.REMOVED, "b"),
                        new Line(Kind.ADDED, "B"),
                        new Line(Kind.SAME, "c"),
                        new Line(Kind.ADDED, "d"));
    }

    @Test
    void bothTextsAreInTheDifferenceAndAsMuchAsCanBeIsTheSame() {
        Seeds.each(500, random -> {
            List<String> before = lines(random);
            List<String> after = lines(random);
            List<Line> lines = LineDiff.between(String.join("\n", before), String.join("\n", after));
            assertThat(without(Kind.ADDED, lines)).isEqualTo(before);
            assertThat(without(Kind.REMOVED, lines)).isEqualTo(after);
            assertThat(lines.stream().filter(line -> line.kind() == Kind.SAME).count())
                    .isEqualTo(longestCommon(before, after));
        });
    }

    @Test
    void textsThatHaveNothingInCommonAreComparedWithoutMuchWork() {
        String before = IntStream.range(0, 20_000)
                .mapToObj(i -> "a" + i)
                .collect(Collectors.joining("\n", "first\n", "\nlast"));
        String after = IntStream.range(0, 20_000)
                .mapToObj(i -> "b" + i)
                .collect(Collectors.joining("\n", "first\n", "\nlast"));
        List<Line> lines = LineDiff.between(before, after);
        assertThat(lines).hasSize(40_002);
        assertThat(lines.getFirst()).isEqualTo(new Line(Kind.SAME, "first"));
        assertThat(lines.getLast()).isEqualTo(new Line(Kind.SAME, "last"));
    }

    private static List<String> without(Kind kind, List<Line> lines) {
        return lines.stream()
                .filter(line -> line.kind() != kind)
                .map(Line::text)
                .toList();
    }

    private static List<String> lines(Random random) {
        return random.ints(random.nextInt(20), 0, 1 + random.nextInt(6))
                .mapToObj(i -> "line " + i)
                .toList();
    }

    private static long longestCommon(List<String> some, List<String> others) {
        long[][] longest = new long[some.size() + 1][others.size() + 1];
        for (int i = some.size() - 1; i >= 0; i--) {
            for (int j = others.size() - 1; j >= 0; j--) {
                longest[i][j] = some.get(i).equals(others.get(j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        return longest[0][0];
    }
}
