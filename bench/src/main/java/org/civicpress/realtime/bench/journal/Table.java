package org.civicpress.realtime.bench.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What was measured, of each database: medians of the rounds beside the marks. Confined to the run.
final class Table {
    private final Map<String, Map<String, List<Double>>> samples = new LinkedHashMap<>();
    private final List<String> databases = new ArrayList<>();

    /// @param mark `≤ 25`, or empty when there is none
    void add(String what, String mark, String database, double value) {
        if (!databases.contains(database)) {
            databases.add(database);
        }
        samples.computeIfAbsent(what + " | " + (mark.isEmpty() ? "–" : mark), key -> new LinkedHashMap<>())
                .computeIfAbsent(database, key -> new ArrayList<>())
                .add(value);
    }

    String markdown() {
        var table = new StringBuilder("| | mark | ")
                .append(String.join(" | ", databases))
                .append(" |\n|---|--:|")
                .append("--:|".repeat(databases.size()))
                .append('\n');
        samples.forEach((what, values) -> {
            table.append("| ").append(what).append(" |");
            databases.forEach(database -> table.append(' ')
                    .append(cell(values.getOrDefault(database, List.of())))
                    .append(" |"));
            table.append('\n');
        });
        return table.toString();
    }

    private static String cell(List<Double> values) {
        if (values.isEmpty()) {
            return "–";
        }
        List<Double> sorted = values.stream().sorted().toList();
        String median = number(sorted.get(sorted.size() / 2));
        return sorted.size() == 1
                ? median
                : median + " (" + number(sorted.getFirst()) + "–" + number(sorted.getLast()) + ")";
    }

    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size < 10 ? "%,.2f" : size < 100 ? "%,.1f" : "%,.0f", value);
    }
}
