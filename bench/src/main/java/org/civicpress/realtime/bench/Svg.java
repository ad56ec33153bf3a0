package org.civicpress.realtime.bench;

import java.util.Locale;

/// A picture for a README, in the colours of all of them. Confined to who draws it.
public final class Svg {
    public static final String OURS = "#1f5f8b";
    public static final String THEIRS = "#b8bec6";
    public static final String OTHERS = "#c98a3c";
    public static final String TEXT = "#1d2b3a";
    public static final String MUTED = "#5a6572";
    public static final String LINE = "#dcdad3";

    private final StringBuilder svg = new StringBuilder();

    /// @param title is also written at the top
    public Svg(int width, int height, String title) {
        add("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
                font-family="system-ui, sans-serif" font-size="13">
                <title>%s</title>
                <rect width="100%%" height="100%%" rx="8" fill="#fbfaf7"/>
                <text x="24" y="32" font-size="16" font-weight="600" fill="%s">%s</text>
                """, width, height, width, height, title, TEXT, title);
    }

    public void text(double left, double baseline, String colour, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>%n", left, baseline, colour, text);
    }

    /// Text that ends at a place.
    public void textTo(double right, double baseline, String colour, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\" fill=\"%s\">%s</text>%n", right, baseline, colour, text);
    }

    public void bar(double left, double top, double width, double height, String colour) {
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" fill=\"%s\"/>%n",
                left, top, width, height, colour);
    }

    public void line(double x1, double y1, double x2, double y2, String colour, double width) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>%n",
                x1, y1, x2, y2, colour, width);
    }

    private void add(String pattern, Object... values) {
        svg.append(String.format(Locale.ROOT, pattern, values));
    }

    /// The picture as it is until now.
    @Override
    public String toString() {
        return svg + "</svg>\n";
    }
}
