package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a tree cannot hold of a Markdown text, gathered while it is read. Confined to one reading.
final class Losses {
    enum Kind {
        HTML("HTML"),
        COMMENT("A comment"),
        REFERENCE("A civic reference that stands alone or is written in an unknown way"),
        STRIKETHROUGH("Struck-out text"),
        TASK("A task box"),
        FOOTNOTE("A footnote"),
        ALERT("An alert box"),
        DEFINITION_LIST("A definition list"),
        ABBREVIATION("An abbreviation"),
        WIKI_LINK("A wiki link"),
        CONTENTS("A generated table of contents"),
        FORMULA("A formula"),
        UNUSED_DEFINITION("A link definition that nothing uses"),
        LIST_FROM_ZERO("A list that begins with 0"),
        LINKED_PICTURE("A link on a picture"),
        EMPTY_LINK("A link without text"),
        UNSAFE_ADDRESS("A link that runs code or opens a local file"),
        EXTRA_CELL("A table cell beyond the last column");

        private final String what;

        Kind(String what) {
            this.what = what;
        }
    }

    /// The first of its kind, and how many more.
    private record Loss(int line, String example, int more) {}

    private static final int EXAMPLE_LENGTH = 40;

    private final Map<Kind, Loss> found = new EnumMap<>(Kind.class);

    /// `line` counts from 1; `example` is a bit of the source.
    void add(Kind kind, int line, String example) {
        found.merge(
                kind,
                new Loss(line, shorten(example), 0),
                (first, next) -> new Loss(first.line, first.example, first.more + 1));
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        found.forEach((kind, loss) -> sentences.add("%s on line %d%s%s cannot be edited here without being lost."
                .formatted(
                        kind.what,
                        loss.line,
                        loss.example.isEmpty() ? "" : " (" + loss.example + ")",
                        loss.more == 0
                                ? ""
                                : loss.more == 1
                                        ? " and in one more place"
                                        : " and in " + loss.more + " more places")));
        return sentences;
    }

    private static String shorten(String example) {
        String line = example.strip().lines().findFirst().orElse("");
        return line.codePointCount(0, line.length()) <= EXAMPLE_LENGTH
                ? line
                : line.substring(0, line.offsetByCodePoints(0, EXAMPLE_LENGTH)) + "…";
    }
}
