package org.civicpress.realtime.markdown;

import static org.civicpress.realtime.markdown.CommonParts.NONE;

import java.util.ArrayList;
import java.util.List;

/// Two versions of a text, line by line, as a person compares them.
public final class LineDiff {
    private LineDiff() {}

    public enum Kind {
        SAME,
        REMOVED,
        ADDED
    }

    /// @param text without the line end
    public record Line(Kind kind, String text) {}

    /// All lines of both. Those that are SAME and REMOVED are the text before, those that are SAME and ADDED the
    /// text after; where lines are removed and added, the removed come first.
    public static List<Line> between(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> young = after.lines().toList();
        int[] mates = CommonParts.of(old, young);
        List<Line> lines = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < mates.length; i++) {
            if (mates[i] == NONE) {
                lines.add(new Line(Kind.REMOVED, old.get(i)));
            } else {
                next = add(young, next, mates[i], lines);
                lines.add(new Line(Kind.SAME, old.get(i)));
                next++;
            }
        }
        add(young, next, young.size(), lines);
        return lines;
    }

    private static int add(List<String> young, int from, int end, List<Line> lines) {
        for (String line : young.subList(from, end)) {
            lines.add(new Line(Kind.ADDED, line));
        }
        return end;
    }
}
