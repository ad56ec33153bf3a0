package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.civicpress.realtime.markdown.Inline.Link;
import org.civicpress.realtime.markdown.Inline.Marks;

/// Writes the words of one paragraph, heading or cell.
///
/// The plain style is that of CivicPress's serializer. It fails where a delimiter may not open or close (`**Avis
/// :**texte`), where typed characters form a tag or an entity, and at edges. For a leaf that fails so, the careful
/// styles are tried in order, each read again, until one reads as the same leaf:
///
/// - `<` and `&` are escaped, and whatever could begin a block;
/// - the letter outside a delimiter is written as an entity, so that the delimiter stands beside punctuation: `**Avis
/// :**&#116;exte`;
/// - white space at the edge of a line or of emphasis is an entity;
/// - marks that touch use different delimiters: `_a_**b**`.
///
/// Confined to one leaf.
final class InlineWriter {
    enum Place {
        PARAGRAPH,
        HEADING,
        CELL
    }

    /// `dollars`: they are escaped, where words between two of them would pass for a formula.
    private record Style(boolean careful, String em, String strong, boolean longestOutside, boolean dollars) {}

    private enum Mark {
        EM,
        STRONG
    }

    /// `word`: text or anything else that stands between delimiters.
    private record Piece(String text, boolean word, boolean opens) {}

    private static final Style PLAIN = new Style(false, "*", "**", false, false);
    private static final List<Style> CAREFUL = List.of(
            new Style(true, "*", "**", true, false),
            new Style(true, "_", "**", true, false),
            new Style(true, "*", "__", true, false),
            new Style(true, "_", "**", false, false),
            new Style(true, "*", "__", false, false),
            new Style(true, "_", "__", true, false),
            new Style(true, "*", "**", true, true),
            new Style(true, "_", "**", true, true));

    private static final Pattern SCHEME = Pattern.compile("\\w+:.*", Pattern.DOTALL);
    /// Text that reads as itself wherever it stands.
    private static final Pattern HARMLESS =
            Pattern.compile("\\p{L}(?:[\\p{L}\\p{N} ,.;:'\"()%/?’«»–—-]*[\\p{L}\\p{N},.;:)?])?");

    private final List<Inline> content;
    private final Place place;
    private final Style style;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Mark> active = new ArrayList<>();
    private Optional<Link> link = Optional.empty();
    private boolean inAutolink;
    private boolean lineStart;

    private InlineWriter(List<Inline> content, Place place, Style style) {
        this.content = content;
        this.place = place;
        this.style = style;
        lineStart = place == Place.PARAGRAPH;
    }

    static String plain(List<Inline> content, Place place) {
        return new InlineWriter(content, place, PLAIN).write();
    }

    static String careful(List<Inline> content, Place place) {
        String plain = plain(content, place);
        if (isHarmless(content) || readsAs(plain, content, place)) {
            return plain;
        }
        return CAREFUL.stream()
                .map(style -> new InlineWriter(content, place, style).write())
                .filter(careful -> readsAs(careful, content, place))
                .findFirst()
                .orElse(plain);
    }

    /// What stands after a code fence.
    static String info(String params, boolean tildes) {
        return params.replaceAll("\\\\(?=\\p{Punct})", "\\\\\\\\").replaceAll("&(?=[#A-Za-z])", "\\\\&");
    }

    private static boolean isHarmless(List<Inline> content) {
        return content.isEmpty()
                || content.size() == 1
                        && content.getFirst() instanceof Inline.Text(String text, Marks marks)
                        && marks.equals(Marks.NONE)
                        && HARMLESS.matcher(text).matches();
    }

    private static boolean readsAs(String written, List<Inline> content, Place place) {
        String document = switch (place) {
            case PARAGRAPH -> written;
            case HEADING -> "# " + written;
            case CELL -> "| " + written + " |\n| --- |";
        };
        Parsed again = CivicMarkdown.parse(document);
        if (!again.losses().isEmpty() || again.tree().blocks().size() != 1) {
            return false;
        }
        return switch (again.tree().blocks().getFirst()) {
            case Block.Paragraph(var read) -> place == Place.PARAGRAPH && read.equals(content);
            case Block.Heading(int level, var read) -> place == Place.HEADING && read.equals(content);
            case Block.Table(var rows) ->
                place == Place.CELL
                        && rows.getFirst().cells().getFirst().content().equals(List.of(new Block.Paragraph(content)));
            case Block.Blockquote quote -> false;
            case Block.BulletList list -> false;
            case Block.OrderedList list -> false;
            case Block.CodeBlock code -> false;
            case Block.HorizontalRule rule -> false;
            case Block.Unknown unknown -> false;
        };
    }

    private String write() {
        for (int i = 0; i < content.size(); i++) {
            Marks marks = content.get(i) instanceof Inline.Text text ? text.marks() : Marks.NONE;
            close(marks);
            open(i, marks);
            word(content.get(i));
        }
        close(Marks.NONE);
        if (style.careful) {
            protectDelimiters();
        }
        StringBuilder out = new StringBuilder();
        pieces.forEach(piece -> out.append(piece.text));
        return place == Place.CELL ? out.toString().replace("|", "\\|") : out.toString();
    }

    /// Closes what the next piece does not have, and with it what was opened inside.
    private void close(Marks next) {
        int keep = 0;
        if (link.equals(next.link())) {
            while (keep < active.size() && has(next, active.get(keep))) {
                keep++;
            }
        }
        while (active.size() > keep) {
            delimiter(active.removeLast(), false);
        }
        if (link.isPresent() && !link.equals(next.link())) {
            word(inAutolink ? ">" : "](" + target(link.get()) + ")");
            link = Optional.empty();
            inAutolink = false;
        }
    }

    private void open(int index, Marks next) {
        if (link.isEmpty() && next.link().isPresent()) {
            link = next.link();
            inAutolink = isAutolink(index);
            escapeExclamation();
            word(inAutolink ? "<" : "[");
        }
        List<Mark> toOpen = new ArrayList<>();
        for (Mark mark : Mark.values()) {
            if (has(next, mark) && !active.contains(mark)) {
                toOpen.add(mark);
            }
        }
        if (style.longestOutside && toOpen.size() == 2 && end(index, Mark.STRONG) > end(index, Mark.EM)) {
            toOpen = toOpen.reversed();
        }
        for (Mark mark : toOpen) {
            active.add(mark);
            delimiter(mark, true);
        }
    }

    /// Where the run of a mark that begins at the index ends.
    private int end(int index, Mark mark) {
        int end = index;
        while (end < content.size()
                && content.get(end) instanceof Inline.Text(String text, Marks marks)
                && has(marks, mark)
                && marks.link().equals(link)) {
            end++;
        }
        return end;
    }

    private boolean isAutolink(int index) {
        if (!(content.get(index) instanceof Inline.Text(String text, Marks marks)) || marks.code() || link.isEmpty()) {
            return false;
        }
        boolean same = link.get().title().isEmpty()
                && text.equals(link.get().href())
                && SCHEME.matcher(text).matches()
                && !marks.em()
                && !marks.strong();
        boolean goesOn = index + 1 < content.size()
                && content.get(index + 1) instanceof Inline.Text(String next, Marks its)
                && its.link().equals(link);
        return same && !goesOn;
    }

    private void word(Inline inline) {
        switch (inline) {
            case Inline.Text(String text, Marks marks) -> {
                if (marks.code()) {
                    word(code(text));
                } else if (inAutolink) {
                    word(text);
                } else {
                    text(text);
                }
            }
            case Inline.HardBreak hardBreak -> {
                word(place == Place.PARAGRAPH ? "\\\n" : "<br>");
                lineStart = place == Place.PARAGRAPH;
            }
            case Inline.Image image -> {
                String title =
                        image.title().map(words -> " \"" + title(words) + "\"").orElse("");
                word("![" + escaped(image.alt().orElse("")) + "](" + destination(image.src()) + title + ")");
            }
            case Inline.CivicRef reference ->
                word((lineStart ? "&#" + (int) Norm.WORD_JOINER + ";" : "") + CivicComment.write(reference));
            case Inline.Unknown unknown ->
                throw new IllegalStateException("unknown inline to write: " + unknown.name());
        }
    }

    private void word(String text) {
        pieces.add(new Piece(text, true, false));
        lineStart = false;
    }

    private void delimiter(Mark mark, boolean opens) {
        pieces.add(new Piece(mark == Mark.EM ? style.em : style.strong, false, opens));
    }

    private static boolean has(Marks marks, Mark mark) {
        return switch (mark) {
            case EM -> marks.em();
            case STRONG -> marks.strong();
        };
    }

    /// `!` before a link would make it a picture.
    private void escapeExclamation() {
        if (!pieces.isEmpty() && pieces.getLast().text.endsWith("!")) {
            String text = pieces.removeLast().text;
            pieces.add(new Piece(text.substring(0, text.length() - 1) + "\\!", true, false));
        }
    }

    private String code(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String ticks = "`".repeat(longest + 1);
        // One space is taken from both ends when both have one and there is more than spaces.
        boolean stripped = text.startsWith(" ") && text.endsWith(" ") && !text.isBlank();
        String pad = longest > 0 || stripped ? " " : "";
        return ticks + pad + text + pad + ticks;
    }

    private String target(Link to) {
        String title = to.title().map(words -> " \"" + title(words) + "\"").orElse("");
        return to.href().isEmpty() && !title.isEmpty() ? "<>" + title : destination(to.href()) + title;
    }

    private static String destination(String address) {
        return address.replace("(", "\\(").replace(")", "\\)");
    }

    private String title(String title) {
        String quoted = title.replace("\"", "\\\"");
        return style.careful ? title.replaceAll("[\\\\\"&<]", "\\\\$0") : quoted;
    }

    private void text(String text) {
        boolean starts = lineStart || style.careful && pieces.isEmpty();
        String escaped = escaped(text);
        if (starts) {
            escaped = style.careful ? carefulLineStart(escaped) : plainLineStart(escaped);
        }
        word(escaped);
    }

    private String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '`', '*', '\\', '~', '[', ']' -> out.append('\\').append(c);
                case '_' -> out.append(isWordCharacter(text, i - 1) && isWordCharacter(text, i + 1) ? "_" : "\\_");
                case '\n', '\r' -> out.append("&#").append((int) c).append(';');
                case '<' -> out.append(style.careful ? "\\<" : "<");
                case '&' -> out.append(style.careful && mayBeEntity(text, i + 1) ? "\\&" : "&");
                case '$' -> out.append(style.dollars ? "\\$" : "$");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean mayBeEntity(String text, int next) {
        return next == text.length() || text.charAt(next) == '#' || Character.isLetter(text.charAt(next));
    }

    private static boolean isWordCharacter(String text, int index) {
        if (index < 0 || index >= text.length()) {
            return false;
        }
        char c = text.charAt(index);
        return c == '_' || c < 0x80 && Character.isLetterOrDigit(c);
    }

    private static String plainLineStart(String text) {
        return text.replaceFirst("^(\\+ |[->]|: )", "\\\\$1")
                .replaceFirst("^(\\s*)(#{1,6})(\\s|$)", "$1\\\\$2$3")
                .replaceFirst("^(\\s*\\d+)\\.\\s", "$1\\\\. ");
    }

    private String carefulLineStart(String text) {
        int first = text.codePointAt(0);
        if (Norm.isWhiteSpace(first)) {
            return entity(first) + text.substring(Character.charCount(first));
        }
        return text.replaceFirst("^[-+#>=:|]", "\\\\$0").replaceFirst("^(\\d{1,9})([.)])(?=\\s|$)", "$1\\\\$2");
    }

    /// Makes every delimiter able to do its work: no white space inside it, and where there is punctuation inside
    /// it, none but punctuation or white space outside. An underscore wants that in any case.
    private void protectDelimiters() {
        for (int i = 0; i < pieces.size(); ) {
            int begin = i;
            while (i < pieces.size() && !pieces.get(i).word) {
                i++;
            }
            if (i == begin) {
                i++;
                continue;
            }
            protect(begin, i);
        }
        trimHeading();
    }

    private void protect(int begin, int end) {
        boolean closes = pieces.subList(begin, end).stream().anyMatch(piece -> !piece.opens);
        boolean opens = pieces.subList(begin, end).stream().anyMatch(Piece::opens);
        boolean underscore = pieces.subList(begin, end).stream().anyMatch(piece -> piece.text.startsWith("_"));
        if (closes && begin > 0) {
            encodeEnd(begin - 1, Norm::isWhiteSpace);
        }
        if (opens && end < pieces.size()) {
            encodeStart(end, Norm::isWhiteSpace);
        }
        if (begin == 0 || end == pieces.size()) {
            return;
        }
        int before = lastOf(begin - 1);
        int after = firstOf(end);
        if (closes && !opens && isWordy(after) && (underscore || !isWordy(before))) {
            encodeStart(end, InlineWriter::isWordy);
        }
        if (opens && !closes && isWordy(before) && (underscore || !isWordy(after))) {
            encodeEnd(begin - 1, InlineWriter::isWordy);
        }
    }

    private int firstOf(int index) {
        return pieces.get(index).text.codePointAt(0);
    }

    private int lastOf(int index) {
        return pieces.get(index).text.codePointBefore(pieces.get(index).text.length());
    }

    private void encodeStart(int index, java.util.function.IntPredicate when) {
        int c = firstOf(index);
        if (when.test(c)) {
            String text = pieces.get(index).text;
            pieces.set(index, new Piece(entity(c) + text.substring(Character.charCount(c)), true, false));
        }
    }

    private void encodeEnd(int index, java.util.function.IntPredicate when) {
        int c = lastOf(index);
        if (when.test(c)) {
            String text = pieces.get(index).text;
            String rest = text.substring(0, text.length() - Character.charCount(c));
            pieces.set(index, new Piece(rest + entity(c), true, false));
        }
    }

    private static boolean isWordy(int c) {
        return !Norm.isWhiteSpace(c) && !isPunctuation(c);
    }

    private static boolean isPunctuation(int c) {
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL,
                    Character.OTHER_SYMBOL -> true;
            default -> false;
        };
    }

    /// A heading's closing `#` are taken away.
    private void trimHeading() {
        if (place == Place.HEADING && !pieces.isEmpty() && pieces.getLast().text.endsWith("#")) {
            String text = pieces.removeLast().text;
            pieces.add(new Piece(text.substring(0, text.length() - 1) + "\\#", true, false));
        }
    }

    private static String entity(int codePoint) {
        return "&#" + codePoint + ";";
    }
}
