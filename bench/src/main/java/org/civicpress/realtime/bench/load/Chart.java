package org.civicpress.realtime.bench.load;

import java.util.List;
import java.util.Locale;

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
        int height = TOP + groups.size() * GROUP + 8;
        var svg = new StringBuilder();
        svg.append(format("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
                font-family="system-ui, sans-serif" font-size="13">
                <title>Delivered edits per CPU second of the server process</title>
                <rect width="100%%" height="100%%" rx="8" fill="#fbfaf7"/>
                <text x="%d" y="32" font-size="16" font-weight="600" fill="#1d2b3a">Delivered edits per CPU second</text>
                """, WIDTH, height, WIDTH, height, LEFT));
        for (int i = 0; i < groups.size(); i++) {
            group(svg, groups.get(i), TOP + i * GROUP);
        }
        return svg.append("</svg>\n").toString();
    }

    private void group(StringBuilder svg, String name, int top) {
        String what = name + Report.PER_CPU_SECOND;
        double ours = report.median(what, product).orElse(0.0);
        double theirs = report.median(what, peer).orElse(0.0);
        double most = Math.max(1, Math.max(ours, theirs));
        svg.append(format("<text x=\"%d\" y=\"%d\" fill=\"#5a6572\">%s</text>%n", LEFT, top + 8, name));
        bar(svg, product, ours, most, top + 16, "#1f5f8b");
        bar(svg, peer, theirs, most, top + 44, "#b8bec6");
    }

    private static void bar(StringBuilder svg, String name, double value, double most, int top, String colour) {
        double width = Math.max(2, BAR * value / most);
        svg.append(format(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"22\" rx=\"3\" fill=\"%s\"/>%n",
                LEFT, top, width, colour));
        svg.append(format(
                "<text x=\"%.1f\" y=\"%d\" fill=\"#1d2b3a\">%s %s</text>%n",
                LEFT + width + 8, top + 16, Report.number(value), name));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
