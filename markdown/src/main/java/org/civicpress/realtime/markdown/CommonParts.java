package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What two lists have in common, in order: the longest common subsequence, found by the greedy algorithm of Myers
/// (An O(ND) Difference Algorithm and Its Variations, 1986), which is fast when there are few differences.
final class CommonParts {
    static final int NONE = -1;

    /// With more differences than these, what is between the common beginning and the common end counts as
    /// different throughout. Bounds time to some ten milliseconds and memory to 16 MB.
    private static final int MOST_DIFFERENCES = 2_000;

    private final int[] first;
    private final int[] second;
    private final int[] mates;

    private CommonParts(int[] first, int[] second) {
        this.first = first;
        this.second = second;
        this.mates = new int[first.length];
        Arrays.fill(mates, NONE);
    }

    /// For each element of the first list, the place of its equal in the second, or [#NONE]. Places ascend.
    static int[] of(List<?> first, List<?> second) {
        Map<Object, Integer> names = new HashMap<>();
        CommonParts common = new CommonParts(named(first, names), named(second, names));
        common.find();
        return common.mates;
    }

    private static int[] named(List<?> list, Map<Object, Integer> names) {
        int[] named = new int[list.size()];
        for (int i = 0; i < named.length; i++) {
            named[i] = names.computeIfAbsent(list.get(i), key -> names.size());
        }
        return named;
    }

    private void find() {
        int from = 0;
        int end = first.length;
        int secondEnd = second.length;
        while (from < end && from < secondEnd && first[from] == second[from]) {
            mates[from] = from;
            from++;
        }
        while (from < end && from < secondEnd && first[end - 1] == second[secondEnd - 1]) {
            mates[--end] = --secondEnd;
        }
        if (from < end && from < secondEnd) {
            findBetween(from, end - from, secondEnd - from);
        }
    }

    /// The furthest place in the first list that each diagonal reaches with a number of differences, and how it was
    /// reached.
    private void findBetween(int from, int length, int secondLength) {
        int most = Math.min(length + secondLength, MOST_DIFFERENCES);
        int zero = most + 1;
        int[] reached = new int[2 * most + 3];
        List<int[]> before = new ArrayList<>();
        for (int differences = 0; differences <= most; differences++) {
            before.add(Arrays.copyOfRange(reached, zero - differences - 1, zero + differences + 2));
            for (int diagonal = -differences; diagonal <= differences; diagonal += 2) {
                boolean down = diagonal == -differences
                        || (diagonal != differences && reached[zero + diagonal - 1] < reached[zero + diagonal + 1]);
                int x = down ? reached[zero + diagonal + 1] : reached[zero + diagonal - 1] + 1;
                int y = x - diagonal;
                while (x < length && y < secondLength && first[from + x] == second[from + y]) {
                    x++;
                    y++;
                }
                reached[zero + diagonal] = x;
                if (x >= length && y >= secondLength) {
                    walkBack(from, length, secondLength, before);
                    return;
                }
            }
        }
    }

    private void walkBack(int from, int length, int secondLength, List<int[]> before) {
        int x = length;
        int y = secondLength;
        for (int differences = before.size() - 1; differences >= 0; differences--) {
            int[] reached = before.get(differences);
            int zero = differences + 1;
            int diagonal = x - y;
            boolean down = diagonal == -differences
                    || (diagonal != differences && reached[zero + diagonal - 1] < reached[zero + diagonal + 1]);
            int beforeX = differences == 0 ? 0 : reached[zero + diagonal + (down ? 1 : -1)];
            int beforeY = differences == 0 ? 0 : beforeX - diagonal - (down ? 1 : -1);
            while (x > beforeX && y > beforeY) {
                x--;
                y--;
                mates[from + x] = from + y;
            }
            x = beforeX;
            y = beforeY;
        }
    }
}
