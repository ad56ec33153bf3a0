package org.civicpress.realtime.civicpress;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A record's file, split without changing a byte: `head + body` is the text again.
///
/// ```
/// text  := bom? "---" eol yaml "---" eol body
/// eol   := spaces? ("\n" | "\r\n" | end)
/// ```
///
/// `head` is everything through the line that ends the front matter, and empty when there is none. Immutable.
///
/// @param yaml the lines between the two markers
public record RecordFile(String head, String yaml, String body) {
    private static final String MARKER = "---";

    public static RecordFile split(String text) {
        int start = text.startsWith("\uFEFF") ? 1 : 0;
        int line = nextLine(text, start);
        if (!isMarker(text, start, line)) {
            return new RecordFile(text.substring(0, start), "", text.substring(start));
        }
        int yaml = line;
        while (line < text.length()) {
            int next = nextLine(text, line);
            if (isMarker(text, line, next)) {
                return new RecordFile(text.substring(0, next), text.substring(yaml, line), text.substring(next));
            }
            line = next;
        }
        return new RecordFile(text.substring(0, start), "", text.substring(start));
    }

    /// The file with another body, its front matter byte for byte as it was.
    public RecordFile withBody(String body) {
        boolean lastLineIsOpen = head.length() > 1 && !head.endsWith("\n");
        return new RecordFile(lastLineIsOpen ? head + "\n" : head, yaml, body);
    }

    public String text() {
        return head + body;
    }

    /// The front matter's values; nothing when it is not YAML or not a map.
    public Optional<Map<String, @Nullable Object>> frontMatter() {
        try {
            return Optional.of(Yaml.loadMap(yaml));
        } catch (Yaml.Malformed e) {
            return Optional.empty();
        }
    }

    private static int nextLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end + 1;
    }

    private static boolean isMarker(String text, int from, int end) {
        return text.startsWith(MARKER, from)
                && text.substring(from + MARKER.length(), end).isBlank();
    }
}
