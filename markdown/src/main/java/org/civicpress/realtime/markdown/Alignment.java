package org.civicpress.realtime.markdown;

import static org.civicpress.realtime.markdown.CommonParts.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which part of a list has become which part of a later version of it. Parts that are equal are mates first; between
/// these, parts of one kind that have enough words in common. Mates are in the same order on both sides. Immutable.
final class Alignment {
    /// Twice the common words by all words of both.
    private static final double ALIKE = 0.3;

    /// Between two pairs of equals, no more pairs than these are looked at; what is more has no mates.
    private static final int MOST_PAIRS = 10_000;

    private final int[] mates;
    private final int[] back;

    private Alignment(int[] mates, int laterSize) {
        this.mates = mates;
        this.back = new int[laterSize];
        Arrays.fill(back, NONE);
        for (int i = 0; i < mates.length; i++) {
            if (mates[i] != NONE) {
                back[mates[i]] = i;
            }
        }
    }

    static Alignment of(List<? extends Part> earlier, List<? extends Part> later) {
        int[] mates = CommonParts.of(earlier, later);
        preferFirst(earlier, later, mates);
        int from = 0;
        int laterFrom = 0;
        for (int i = 0; i <= mates.length; i++) {
            if (i == mates.length || mates[i] != NONE) {
                int laterEnd = i == mates.length ? later.size() : mates[i];
                pairAlike(earlier, from, i, later, laterFrom, laterEnd, mates);
                from = i + 1;
                laterFrom = laterEnd + 1;
            }
        }
        return new Alignment(mates, later.size());
    }

    /// Of two lists of one length, whose parts have their meaning from their place.
    static Alignment byPlace(int size) {
        int[] mates = new int[size];
        Arrays.setAll(mates, i -> i);
        return new Alignment(mates, size);
    }

    /// The place of a part in the later version, or [CommonParts#NONE].
    int later(int earlier) {
        return mates[earlier];
    }

    /// The place of a part in the earlier version, or [CommonParts#NONE].
    int earlier(int later) {
        return back[later];
    }

    /// Of equal neighbours, of which some have mates, the first ones have them: so it does not depend on what else
    /// is in the lists which of two rulers counts as deleted.
    private static void preferFirst(List<? extends Part> earlier, List<? extends Part> later, int[] mates) {
        int taken = NONE;
        for (int i = 0; i < mates.length; i++) {
            int mate = mates[i];
            if (mate == NONE) {
                continue;
            }
            while (mate - 1 > taken && later.get(mate - 1).equals(later.get(mate))) {
                mate--;
            }
            int first = i;
            while (first > 0
                    && mates[first - 1] == NONE
                    && earlier.get(first - 1).equals(earlier.get(i))) {
                first--;
            }
            mates[i] = NONE;
            mates[first] = mate;
            taken = mate;
        }
    }

    /// The pairs whose likeness is the greatest in sum.
    private static void pairAlike(
            List<? extends Part> earlier,
            int from,
            int end,
            List<? extends Part> later,
            int laterFrom,
            int laterEnd,
            int[] mates) {
        int n = end - from;
        int m = laterEnd - laterFrom;
        if (n == 0 || m == 0 || (long) n * m > MOST_PAIRS) {
            return;
        }
        List<Map<String, Integer>> words = counts(earlier.subList(from, end));
        List<Map<String, Integer>> laterWords = counts(later.subList(laterFrom, laterEnd));
        double[][] alike = new double[n][m];
        double[][] best = new double[n + 1][m + 1];
        for (int i = n - 1; i >= 0; i--) {
            for (int j = m - 1; j >= 0; j--) {
                boolean ofOneKind = earlier.get(from + i).getClass()
                        == later.get(laterFrom + j).getClass();
                alike[i][j] = ofOneKind ? likeness(words.get(i), laterWords.get(j)) : 0;
                double paired = alike[i][j] > ALIKE ? alike[i][j] + best[i + 1][j + 1] : 0;
                best[i][j] = Math.max(paired, Math.max(best[i + 1][j], best[i][j + 1]));
            }
        }
        int i = 0;
        int j = 0;
        while (i < n && j < m) {
            if (alike[i][j] > ALIKE && best[i][j] == alike[i][j] + best[i + 1][j + 1]) {
                mates[from + i++] = laterFrom + j++;
            } else if (best[i][j] == best[i + 1][j]) {
                i++;
            } else {
                j++;
            }
        }
    }

    private static List<Map<String, Integer>> counts(List<? extends Part> parts) {
        List<Map<String, Integer>> counts = new ArrayList<>(parts.size());
        for (Part part : parts) {
            Map<String, Integer> count = new HashMap<>();
            Words.in(part).forEach(word -> count.merge(word, 1, Integer::sum));
            counts.add(count);
        }
        return counts;
    }

    private static double likeness(Map<String, Integer> some, Map<String, Integer> others) {
        int all = sum(some) + sum(others);
        int common = 0;
        for (Map.Entry<String, Integer> word : some.entrySet()) {
            common += Math.min(word.getValue(), others.getOrDefault(word.getKey(), 0));
        }
        return all == 0 ? 0 : 2.0 * common / all;
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(count -> count).sum();
    }
}
