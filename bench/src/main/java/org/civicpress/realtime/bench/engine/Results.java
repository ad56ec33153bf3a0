package org.civicpress.realtime.bench.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;

/// What was measured: medians of the rounds, and their tables. Confined to the run.
final class Results {
    static final String OURS = "this engine";
    static final String YJS = "yjs";

    private final List<String> contestants;
    private final Set<Work> works = new LinkedHashSet<>();
    private final Map<String, List<Double>> values = new HashMap<>();
    private final Map<String, String> digests = new HashMap<>();

    Results(List<String> contestants) {
        this.contestants = List.copyOf(contestants);
    }

    void add(Work work, String contestant, Contestant.Outcome outcome) {
        works.add(work);
        outcome.value()
                .ifPresent(value -> values.computeIfAbsent(key(work, contestant), key -> new ArrayList<>())
                        .add(value));
        outcome.result().ifPresent(result -> digests.put(key(work, contestant), result));
    }

    private static String key(Work work, String contestant) {
        return work.id() + " of " + contestant;
    }

    /// Did this contestant give other bytes than `yjs`?
    boolean isOther(Work work, String contestant) {
        String result = digests.get(key(work, contestant));
        String right = digests.get(key(work, YJS));
        return result != null && right != null && !result.equals(right);
    }

    OptionalDouble median(Work work, String contestant) {
        List<Double> sorted = values.getOrDefault(key(work, contestant), List.of()).stream()
                .sorted()
                .toList();
        return sorted.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2);
    }

    /// How many times as fast as `yjs`; of memory, which part of it.
    OptionalDouble ratio(Work work, String contestant) {
        OptionalDouble value = median(work, contestant);
        OptionalDouble theirs = median(work, YJS);
        if (value.isEmpty() || theirs.isEmpty() || value.getAsDouble() <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                work.isMemory()
                        ? value.getAsDouble() / theirs.getAsDouble()
                        : theirs.getAsDouble() / value.getAsDouble());
    }

    /// Those that were measured, points of curves or others.
    List<Work> works(boolean points) {
        return works.stream().filter(work -> work.isPoint() == points).toList();
    }

    List<String> contestants() {
        return contestants;
    }

    /// One table for each group, and one for the curves.
    String tables() {
        var text = new StringBuilder();
        for (String group : works(false).stream().map(Work::group).distinct().toList()) {
            List<Work> ofGroup = works(false).stream()
                    .filter(work -> work.group().equals(group))
                    .toList();
            table(
                    text,
                    group + ", ms",
                    "times as fast",
                    ofGroup.stream().filter(work -> !work.isMemory()).toList());
            table(
                    text,
                    group + ", MB of memory",
                    "part of yjs's",
                    ofGroup.stream().filter(Work::isMemory).toList());
        }
        growth(text);
        return text.toString();
    }

    /// How the time of this point of a curve stands to that of the first one, when growing with n log n is 1.
    OptionalDouble growth(Work point, String contestant) {
        Work first = works(true).stream()
                .filter(other -> other.name().equals(point.name()))
                .findFirst()
                .orElse(point);
        OptionalDouble from = median(first, contestant);
        OptionalDouble to = median(point, contestant);
        return from.isEmpty() || to.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(to.getAsDouble() / from.getAsDouble() * nLogN(first.size()) / nLogN(point.size()));
    }

    private static double nLogN(int n) {
        return n * Math.log(n);
    }

    private void growth(StringBuilder text) {
        if (works(true).isEmpty()) {
            return;
        }
        text.append("| growth: ms, and in brackets per n log n | edits | ");
        text.append(String.join(" | ", contestants)).append(" |\n|---|--:|").append("--:|".repeat(contestants.size()));
        text.append('\n');
        String above = "";
        for (Work point : works(true)) {
            text.append("| ").append(point.name().equals(above) ? "" : point.title());
            text.append(String.format(Locale.ROOT, " | %,d", point.size()));
            for (String contestant : contestants) {
                text.append(" | ").append(cell(point, contestant));
                growth(point, contestant)
                        .ifPresent(growth -> text.append(" (")
                                .append(number(OptionalDouble.of(growth)))
                                .append(')'));
            }
            text.append(" |\n");
            above = point.name();
        }
        text.append('\n');
    }

    private void table(StringBuilder text, String title, String ratio, List<Work> rows) {
        if (rows.isEmpty()) {
            return;
        }
        text.append("| ").append(title).append(" | ").append(String.join(" | ", contestants));
        text.append(" | ").append(ratio).append(" | mark |\n|---|").append("--:|".repeat(contestants.size() + 2));
        text.append('\n');
        for (Work work : rows) {
            text.append("| ").append(work.title());
            for (String contestant : contestants) {
                text.append(" | ").append(cell(work, contestant));
            }
            text.append(" | ").append(number(ratio(work, OURS))).append(" | ");
            text.append(number(work.mark())).append(" |\n");
        }
        text.append('\n');
    }

    private String cell(Work work, String contestant) {
        OptionalDouble median = median(work, contestant);
        OptionalDouble shown =
                work.isMemory() && median.isPresent() ? OptionalDouble.of(median.getAsDouble() / 1e6) : median;
        return number(shown) + (isOther(work, contestant) ? " ≠" : "");
    }

    /// Three digits that count.
    static String number(OptionalDouble value) {
        if (value.isEmpty()) {
            return "–";
        }
        double number = value.getAsDouble();
        int digits = number == 0 ? 0 : Math.clamp(2 - (int) Math.floor(Math.log10(Math.abs(number))), 0, 6);
        String text = String.format(Locale.ROOT, "%,." + digits + "f", number);
        return Objects.requireNonNull(text).replaceAll("(\\.\\d*?)0+$", "$1").replaceAll("\\.$", "");
    }
}
