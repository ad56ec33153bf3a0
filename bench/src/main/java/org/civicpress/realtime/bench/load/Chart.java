package org.civicpress.realtime.bench.load;

import java.util.List;
import org.civicpress.realtime.bench.Svg;

/// The numbers that people look at, as bars. Confined to its report.
final class Chart {
    private static final int WIDTH = 760;
    private static final int LEFT = 24;
    private static final int BAR = 460;
    private static final int GROUP = 92;
    private static final int TOP = 56;

    private final Report report;
    private final String product;
    private final String peer;

    Chart(Report report, String product, String peer) {
        this.report = report;
        this.product = product;
        this.peer = peer;
    }

    String svg() {
        List<String> groups = List.of(Report.ONE_ROOM, Report.MANY_ROOMS);
        var svg = new Svg(WIDTH, TOP + groups.size() * GROUP + 8, "Delivered edits per CPU second of the server");
        for (int i = 0; i < groups.size(); i++) {
            group(svg, groups.get(i), TOP + i * GROUP);
        }
        return svg.toString();
    }

    private void group(Svg svg, String name, int top) {
        String what = name + Report.PER_CPU_SECOND;
        double ours = report.median(what, product).orElse(0.0);
        double theirs = report.median(what, peer).orElse(0.0);
        double most = Math.max(1, Math.max(ours, theirs));
        svg.text(LEFT, top + 8, Svg.MUTED, name);
        bar(svg, product, ours, most, top + 16, Svg.OURS);
        bar(svg, peer, theirs, most, top + 44, Svg.THEIRS);
    }

    private static void bar(Svg svg, String name, double value, double most, int top, String colour) {
        double width = Math.max(2, BAR * value / most);
        svg.bar(LEFT, top, width, 22, colour);
        svg.text(LEFT + width + 8, top + 16, Svg.TEXT, Report.number(value) + " " + name);
    }
}
