package org.civicpress.realtime.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.bench.Readme;

/// What was measured, and its table: the median of the rounds, their range, and how often the one goes into the
/// other. Confined to the run.
final class Report {
    static final String ONE_ROOM = "one room, 50 people";
    static final String MANY_ROOMS = "100 rooms, 5 people each";
    static final String PER_CPU_SECOND = ": delivered edits per CPU second";
    static final String PER_SECOND = ": delivered edits per second";
    static final String IDLE = "2,000 idle connections";
    static final String DOCUMENT = "one open document of 100 KB";
    static final String HEAP = ": live heap, MB";
    static final String RESIDENT = ": resident memory, MB";
    static final String START = "start to listening, ms";

    private final String product;
    private final String peer;
    private final Map<String, Map<String, List<Double>>> samples = new LinkedHashMap<>();

    Report(String product, String peer) {
        this.product = product;
        this.peer = peer;
    }

    void add(String what, String contestant, double value) {
        samples.computeIfAbsent(what, key -> new LinkedHashMap<>())
                .computeIfAbsent(contestant, key -> new ArrayList<>())
                .add(value);
    }

    Optional<Double> median(String what, String contestant) {
        List<Double> values = samples.getOrDefault(what, Map.of()).getOrDefault(contestant, List.of()).stream()
                .sorted()
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() / 2));
    }

    String table() {
        var table = new StringBuilder("| | " + product + " | " + peer + " | ratio |\n|---|--:|--:|--:|\n");
        for (String what : samples.keySet()) {
            table.append("| ").append(what).append(" | ").append(cell(what, product));
            table.append(" | ").append(cell(what, peer)).append(" | ");
            table.append(median(what, product)
                    .filter(ours -> ours > 0)
                    .flatMap(ours -> median(what, peer).map(theirs -> number(ours / theirs)))
                    .orElse("–"));
            table.append(" |\n");
        }
        return table.toString();
    }

    private String cell(String what, String contestant) {
        return median(what, contestant)
                .map(median -> {
                    List<Double> values = samples.getOrDefault(what, Map.of()).getOrDefault(contestant, List.of());
                    double least = values.stream()
                            .mapToDouble(Double::doubleValue)
                            .min()
                            .orElse(median);
                    double most = values.stream()
                            .mapToDouble(Double::doubleValue)
                            .max()
                            .orElse(median);
                    return number(median) + " (" + number(least) + "–" + number(most) + ")";
                })
                .orElse("–");
    }

    static String number(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) < 10 ? "%,.2f" : Math.abs(value) < 100 ? "%,.1f" : "%,.0f", value);
    }

    /// Puts the table into `README.md` and the picture beside it.
    void write(Path folder) throws IOException {
        Readme.write(folder.resolve("README.md"), "./dev load", table());
        Files.writeString(folder.resolve("load.svg"), new Chart(this, product, peer).svg());
    }
}
