package org.civicpress.realtime.bench.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    private final Map<String, String> digests = new LinkedHashMap<>();
    private final Set<String> others = new HashSet<>();

    Results(List<String> contestants) {
        this.contestants = List.copyOf(contestants);
    }

    void add(Work work, String contestant, Contestant.Outcome outcome) {
        works.add(work);
        outcome.value()
                .ifPresent(value -> values.computeIfAbsent(key(work, contestant), key -> new ArrayList<>())
                        .add(value));
        digests.put(key(work, contestant), outcome.result());
        if (!outcome.result().equals(digests.getOrDefault(key(work, YJS), outcome.result()))) {
            others.add(key(work, contestant));
        }
    }

    private static String key(Work work, String contestant) {
        return work.id() + " of " + contestant;
    }

    /// Did this contestant give other bytes than `yjs`?
    boolean isOther(Work work, String contestant) {
        return others.contains(key(work, contestant));
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

    /// One table for each group.
    String tables() {
        var text = new StringBuilder();
        for (String group : works.stream().map(Work::group).distinct().toList()) {
            List<Work> ofGroup =
                    works.stream().filter(work -> work.group().equals(group)).toList();
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
        return text.toString();
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
