package org.civicpress.realtime.markdown;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Addresses of links and pictures, in the form CivicPress's own Markdown parser gives them.
final class Addresses {
    private static final String KEPT = ";/?:@&=+$,-_.!~*'()#";
    private static final Pattern HOST = Pattern.compile("(?i)(https?://)([^/?#]*)(.*)", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("(?i)(?:vbscript|javascript|file|data):.*", Pattern.DOTALL);
    private static final Pattern PICTURE = Pattern.compile("(?i)data:image/(?:gif|png|jpeg|webp);.*", Pattern.DOTALL);

    private Addresses() {}

    /// Whether the address may stand in a public record: what runs code or reads local files may not.
    static boolean mayFollow(String address) {
        StringBuilder bare = new StringBuilder(address.length());
        // Browsers ignore control characters and spaces in a scheme.
        address.codePoints().filter(c -> c > ' ' && !(c >= 0x7f && c <= 0x9f)).forEach(bare::appendCodePoint);
        return !SCRIPT.matcher(bare).matches() || PICTURE.matcher(bare).matches();
    }

    /// The address with everything percent-encoded that Markdown parsers encode, and nothing encoded twice.
    static String encode(String address) {
        Matcher host = HOST.matcher(address);
        return host.matches() && !isAscii(host.group(2))
                ? host.group(1) + asciiHost(host.group(2)) + percent(host.group(3))
                : percent(address);
    }

    private static String asciiHost(String host) {
        try {
            return percent(IDN.toASCII(host, IDN.ALLOW_UNASSIGNED));
        } catch (IllegalArgumentException | IndexOutOfBoundsException notAHostName) {
            return percent(host);
        }
    }

    private static String percent(String text) {
        int clean = 0;
        while (clean < text.length() && isKept(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '%' && isHex(text, i + 1) && isHex(text, i + 2)) {
                out.append(text, i, i + 3);
                i += 3;
            } else if (isKept(c)) {
                out.append(c);
                i++;
            } else {
                int codePoint = text.codePointAt(i);
                int length = Character.charCount(codePoint);
                for (byte octet : text.substring(i, i + length).getBytes(StandardCharsets.UTF_8)) {
                    out.append(String.format("%%%02X", octet & 0xff));
                }
                i += length;
            }
        }
        return out.toString();
    }

    private static boolean isKept(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || KEPT.indexOf(c) >= 0;
    }

    private static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0 && text.charAt(index) < 0x80;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
