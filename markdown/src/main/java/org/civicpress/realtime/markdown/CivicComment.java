package org.civicpress.realtime.markdown;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A reference as it stands in Markdown: an HTML comment.
///
/// ```
/// reference := '<!--civic-ref type="' type '" id="' value '" label="' value '"-->'
/// value     := no '"'; '"' is written &quot; and '--' is written &#45;&#45;; a line end is read as a space
/// ```
final class CivicComment {
    private static final Set<String> TYPES = Set.of("record", "geography", "attachment");
    private static final Pattern FORM =
            Pattern.compile("<!--civic-ref type=\"([^\"]*)\" id=\"([^\"]*)\" label=\"([^\"]*)\"-->");

    private static final Pattern MEANT = Pattern.compile("<!--\\s*civic-ref\\b");

    private CivicComment() {}

    static Optional<Inline.CivicRef> read(String html) {
        Matcher form = FORM.matcher(html);
        return form.matches()
                ? Optional.of(
                        new Inline.CivicRef(type(form.group(1)), unescape(form.group(2)), unescape(form.group(3))))
                : Optional.empty();
    }

    /// How much of the line's beginning is a reference: 0 when it begins otherwise.
    static int leading(String html) {
        Matcher form = FORM.matcher(html);
        return form.lookingAt() ? form.end() : 0;
    }

    static String write(Inline.CivicRef reference) {
        return "<!--civic-ref type=\"" + escape(reference.refType()) + "\" id=\"" + escape(reference.id())
                + "\" label=\"" + escape(reference.label()) + "\"-->";
    }

    /// The type as the schema knows it.
    static String type(String type) {
        return TYPES.contains(type) ? type : "record";
    }

    /// Whether a comment that [#read] understands names a type of the schema.
    static boolean hasKnownType(String html) {
        Matcher form = FORM.matcher(html);
        return form.matches() && TYPES.contains(form.group(1));
    }

    /// Whether somebody meant a reference, however it is written.
    static boolean isMeant(String html) {
        return MEANT.matcher(html).lookingAt();
    }

    private static String escape(String value) {
        return value.replace("\"", "&quot;").replace("--", "&#45;&#45;");
    }

    private static String unescape(String value) {
        return value.replace("&quot;", "\"").replace("&#45;&#45;", "--");
    }
}
