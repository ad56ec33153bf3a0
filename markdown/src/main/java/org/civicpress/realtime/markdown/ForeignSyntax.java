package org.civicpress.realtime.markdown;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds, in the source of a paragraph, heading or row, what other Markdown programs give a meaning and the civic
/// schema does not: it would come back escaped, as plain characters. What is escaped or in a code span already is
/// plain and not found; neither is what stands in a tag, a comment or an address in `<>`.
final class ForeignSyntax {
    private static final Map<Losses.Kind, Pattern> ANYWHERE = Map.of(
            Losses.Kind.STRIKETHROUGH,
            Pattern.compile("~~[^\\s~](?:[^~]{0,2000}[^\\s~])?~~"
                    + "|(?<!~)~[\\p{L}\\p{N}](?:[^~\\n]{0,200}[\\p{L}\\p{N})])?~(?!~)"),
            Losses.Kind.FOOTNOTE,
            Pattern.compile("\\[\\^[^\\]\\s]{1,100}](?!\\()"),
            Losses.Kind.WIKI_LINK,
            Pattern.compile("\\[\\[[^\\[\\]\\n]{1,200}]]"),
            Losses.Kind.FORMULA,
            Pattern.compile("\\$[^$]{0,2000}?\\\\[A-Za-z][^$]{0,2000}\\$"
                    + "|\\$(?=\\S)[^$\\n|]{0,200}(?:\\*|(?<!\\w)_|_(?!\\w))[^$\\n|]{0,200}(?<=\\S)\\$(?!\\d)"),
            Losses.Kind.ABBREVIATION,
            Pattern.compile("(?dm)^\\*\\[[^\\]\\n]{1,100}]:"),
            Losses.Kind.CONTENTS,
            Pattern.compile("(?dm)^\\[TOC]$"),
            Losses.Kind.DEFINITION_LIST,
            Pattern.compile("(?dm)^:[ \\t].*"));
    private static final Pattern TAG = Pattern.compile("<!--(?:[^-]|-(?!->)){0,2000}+-->|<[A-Za-z/][^<>]{0,2000}+>");
    private static final Pattern TASK = Pattern.compile("\\[[ xX]][ \\t]");
    private static final Pattern ALERT = Pattern.compile("\\[![A-Za-z]+]");

    private ForeignSyntax() {}

    static void find(String source, int firstLine, Losses losses) {
        String bare = withoutTags(withoutCodeAndEscapes(source));
        ANYWHERE.forEach((kind, form) -> {
            Matcher matcher = form.matcher(bare);
            int line = firstLine;
            int counted = 0;
            while (matcher.find()) {
                for (; counted < matcher.start(); counted++) {
                    line += bare.charAt(counted) == '\n' ? 1 : 0;
                }
                losses.add(kind, line, source.substring(matcher.start(), matcher.end()));
            }
        });
    }

    /// For the first paragraph of a list item.
    static boolean isTask(String source) {
        return TASK.matcher(source).lookingAt();
    }

    /// For the first paragraph of a quote.
    static boolean isAlert(String source) {
        return ALERT.matcher(source).lookingAt();
    }

    private static String withoutTags(String source) {
        return source.indexOf('<') < 0
                ? source
                : TAG.matcher(source).replaceAll(tag -> tag.group().replaceAll("[^\n]", " "));
    }

    /// The source with the same length, its code spans and escaped characters blanked out.
    private static String withoutCodeAndEscapes(String source) {
        if (source.indexOf('`') < 0 && source.indexOf('\\') < 0) {
            return source;
        }
        char[] bare = source.toCharArray();
        Map<Integer, NavigableSet<Integer>> runs = backtickRuns(bare);
        for (int i = 0; i < bare.length; ) {
            if (bare[i] == '\\' && i + 1 < bare.length && isPunctuation(bare[i + 1])) {
                bare[i] = bare[i + 1] = ' ';
                i += 2;
            } else if (bare[i] == '`') {
                int length = runLength(bare, i);
                Integer closing = runs.getOrDefault(length, Collections.emptyNavigableSet())
                        .higher(i);
                int end = i + length;
                if (closing != null) {
                    end = closing + length;
                    blank(bare, i, end);
                }
                i = end;
            } else {
                i++;
            }
        }
        return new String(bare);
    }

    /// Where runs of backticks begin, by their length.
    private static Map<Integer, NavigableSet<Integer>> backtickRuns(char[] text) {
        Map<Integer, NavigableSet<Integer>> runs = new HashMap<>();
        for (int i = 0; i < text.length; ) {
            int length = runLength(text, i);
            if (length > 0) {
                runs.computeIfAbsent(length, any -> new TreeSet<>()).add(i);
            }
            i += Math.max(1, length);
        }
        return runs;
    }

    private static int runLength(char[] text, int begin) {
        int end = begin;
        while (end < text.length && text[end] == '`') {
            end++;
        }
        return end - begin;
    }

    private static void blank(char[] text, int begin, int end) {
        for (int i = begin; i < end; i++) {
            text[i] = text[i] == '\n' ? '\n' : ' ';
        }
    }

    private static boolean isPunctuation(char c) {
        return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
    }
}
