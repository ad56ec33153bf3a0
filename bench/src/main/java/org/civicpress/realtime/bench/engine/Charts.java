package org.civicpress.realtime.bench.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.civicpress.realtime.bench.Svg;

/// The pictures beside the tables.
final class Charts {
    private static final int WIDTH = 860;
    private static final int LEFT = 350;
    private static final int RIGHT = 790;
    private static final int ROW = 26;
    private static final int TOP = 76;

    /// Ratios are drawn from a tenth to 200, each as far from the next power of ten.
    private static final double LEAST = 0.1;

    private static final double MOST = 200;

    private static final int PANEL = 162;
    private static final int PANEL_TOP = 96;
    private static final int PANEL_HEIGHT = 180;

    /// Growth is drawn from a quarter to 256.
    private static final double LEAST_GROWTH = 0.25;

    private static final double MOST_GROWTH = 256;

    private Charts() {}

    /// How many times as fast as `yjs`, on the recorded session where there is one.
    static String ratios(Results results) {
        List<Work> timed =
                results.works(false).stream().filter(work -> !work.isMemory()).toList();
        List<Work> marked =
                timed.stream().filter(work -> work.mark().isPresent()).toList();
        List<Work> works = marked.isEmpty() ? timed : marked;
        int bottom = TOP + works.size() * ROW;
        var svg = new Svg(WIDTH, bottom + 48, "Times as fast as yjs");
        for (double line : List.of(0.1, 1.0, 10.0, 100.0)) {
            svg.line(x(line), TOP - 8, x(line), bottom, Svg.LINE, line == 1 ? 2 : 1);
            svg.text(x(line) + 3, TOP - 12, Svg.MUTED, Results.number(OptionalDouble.of(line)));
        }
        for (int i = 0; i < works.size(); i++) {
            row(svg, results, works.get(i), TOP + i * ROW);
        }
        legend(svg, bottom + 30, results.contestants().contains("ywasm"));
        return svg.toString();
    }

    private static void row(Svg svg, Results results, Work work, int top) {
        svg.textTo(LEFT - 12, top + 15, Svg.TEXT, work.title());
        results.ratio(work, "ywasm").ifPresent(ratio -> bar(svg, ratio, top + 15, 5, Svg.THEIRS));
        results.ratio(work, Results.OURS).ifPresent(ratio -> {
            bar(svg, ratio, top + 3, 11, Svg.OURS);
            svg.textTo(WIDTH - 12, top + 15, Svg.TEXT, Results.number(OptionalDouble.of(ratio)));
        });
        work.mark().ifPresent(mark -> svg.line(x(mark), top + 1, x(mark), top + 22, Svg.OTHERS, 2));
    }

    private static void bar(Svg svg, double ratio, double top, double height, String colour) {
        double from = Math.min(x(1), x(ratio));
        svg.bar(from, top, Math.max(1, Math.abs(x(ratio) - x(1))), height, colour);
    }

    private static double x(double ratio) {
        return LEFT + (RIGHT - LEFT) * part(ratio, LEAST, MOST);
    }

    private static void legend(Svg svg, int baseline, boolean ywasm) {
        svg.bar(24, baseline - 11, 14, 11, Svg.OURS);
        svg.text(44, baseline, Svg.MUTED, "this engine");
        if (ywasm) {
            svg.bar(140, baseline - 8, 14, 5, Svg.THEIRS);
            svg.text(160, baseline, Svg.MUTED, "ywasm");
        }
        svg.line(230, baseline - 12, 230, baseline + 2, Svg.OTHERS, 2);
        svg.text(238, baseline, Svg.MUTED, "mark");
    }

    /// Each curve as time divided by n log n: what stays level grows no faster.
    static String growth(Results results) {
        List<String> names =
                results.works(true).stream().map(Work::name).distinct().toList();
        var svg = new Svg(
                24 + names.size() * PANEL + 20,
                PANEL_TOP + PANEL_HEIGHT + 76,
                "Time per n log n, as a multiple of that of the smallest size");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            panel(
                    svg,
                    results,
                    results.works(true).stream()
                            .filter(work -> work.name().equals(name))
                            .toList(),
                    44 + i * PANEL);
        }
        int baseline = PANEL_TOP + PANEL_HEIGHT + 58;
        List<String> contestants = results.contestants();
        for (int i = 0; i < contestants.size(); i++) {
            svg.line(44 + i * 120, baseline - 4, 62 + i * 120, baseline - 4, colour(contestants.get(i)), 3);
            svg.text(68 + i * 120, baseline, Svg.MUTED, contestants.get(i));
        }
        return svg.toString();
    }

    private static void panel(Svg svg, Results results, List<Work> points, int left) {
        int width = PANEL - 40;
        svg.text(left, PANEL_TOP - 24, Svg.TEXT, points.getFirst().name());
        for (double line : List.of(1.0, 4.0, 16.0, 64.0)) {
            svg.line(left, y(line), left + width, y(line), Svg.LINE, line == 1 ? 2 : 1);
            svg.textTo(left - 4, y(line) + 4, Svg.MUTED, Results.number(OptionalDouble.of(line)));
        }
        double step = points.size() < 2 ? 0 : (width - 24.0) / (points.size() - 1);
        for (int i = 0; i < points.size(); i++) {
            svg.textTo(
                    left + 30 + i * step,
                    PANEL_TOP + PANEL_HEIGHT + 18,
                    Svg.MUTED,
                    shortly(points.get(i).size()));
        }
        for (String contestant : results.contestants()) {
            var levels = new ArrayList<Double>();
            points.forEach(point -> results.growth(point, contestant).ifPresent(levels::add));
            for (int i = 1; i < levels.size(); i++) {
                double from = left + 12 + (i - 1) * step;
                svg.line(from, y(levels.get(i - 1)), from + step, y(levels.get(i)), colour(contestant), 3);
            }
        }
    }

    private static String shortly(int size) {
        return size >= 1_000 ? size / 1_000 + "k" : Integer.toString(size);
    }

    private static double y(double growth) {
        return PANEL_TOP + PANEL_HEIGHT * (1 - part(growth, LEAST_GROWTH, MOST_GROWTH));
    }

    /// Where a number is between the least and the most, by its logarithm.
    private static double part(double number, double least, double most) {
        return Math.clamp(Math.log(number / least) / Math.log(most / least), 0, 1);
    }

    private static String colour(String contestant) {
        return switch (contestant) {
            case Results.OURS -> Svg.OURS;
            case Results.YJS -> Svg.OTHERS;
            default -> Svg.THEIRS;
        };
    }
}
