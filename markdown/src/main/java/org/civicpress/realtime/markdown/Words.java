package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;

/// Text in the pieces in which people change it: words, and every other character by itself.
final class Words {
    private Words() {}

    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && isOfWord(text.codePointAt(end))) {
                end += Character.charCount(text.codePointAt(end));
            }
            end = Math.max(end, at + Character.charCount(text.codePointAt(at)));
            words.add(text.substring(at, end));
            at = end;
        }
        return words;
    }

    /// Letters with the marks on them, and digits.
    private static boolean isOfWord(int c) {
        return Character.isLetterOrDigit(c)
                || switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
                    default -> false;
                };
    }

    /// All words in a part, without what is between them.
    static List<String> in(Part part) {
        List<String> words = new ArrayList<>();
        collect(part, words);
        words.removeIf(word -> !isOfWord(word.codePointAt(0)));
        return words;
    }

    /// All text in a part.
    static String textOf(Part part) {
        List<String> words = new ArrayList<>();
        collect(part, words);
        return String.join("", words).replaceAll("\\s+", " ");
    }

    private static void collect(Part part, List<String> words) {
        switch (part) {
            case Block.Paragraph(var content) -> collect(content, words);
            case Block.Heading(int level, var content) -> collect(content, words);
            case Block.CodeBlock(String params, String text) -> words.addAll(of(text));
            default -> part.parts().forEach(inner -> collect(inner, words));
        }
    }

    private static void collect(List<Inline> content, List<String> words) {
        for (Inline inline : content) {
            switch (inline) {
                case Inline.Text(String text, var marks) -> words.addAll(of(text));
                case Inline.CivicRef(String type, String id, String label) -> words.addAll(of(label));
                case Inline.Image(String src, var alt, var title) -> words.addAll(of(alt.orElse(src)));
                case Inline.Unknown(String name, var inner) -> collect(inner, words);
                case Inline.HardBreak hardBreak -> {}
            }
        }
    }
}
