package org.civicpress.realtime.crdt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;

/// The characters of one run of text, kept as small as they come: a `byte[]` when all of them are ASCII (which is
/// also their UTF-8), else a `char[]`. The array may be longer than the run, so that typing at its end does not
/// copy it each time; how long the run is, its owner knows, in UTF-16 units. Static functions over that pair.
final class TextContent {
    private static final char REPLACEMENT = '\ufffd';
    /// Runs of one ASCII character, which are many; shared, because a run without spare room is never written to.
    private static final byte[][] SINGLE = new byte[128][];

    static {
        for (int c = 0; c < SINGLE.length; c++) {
            SINGLE[c] = new byte[] {(byte) c};
        }
    }

    private TextContent() {}

    static Object of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return text.toCharArray();
            }
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Object of(char[] all, int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (all[i] >= 0x80) {
                return Arrays.copyOfRange(all, begin, end);
            }
        }
        byte[] ascii = new byte[end - begin];
        for (int i = begin; i < end; i++) {
            ascii[i - begin] = (byte) all[i];
        }
        return ascii;
    }

    /// Bytes of a reader, from one position to another, that are known to be ASCII.
    static Object ofAscii(ByteReader in, int from, int to) {
        return to - from == 1 ? SINGLE[in.at(from)] : in.copy(from, to);
    }

    static Object read(ByteReader in) {
        byte[] ascii = in.asciiString();
        if (ascii == null) {
            return in.varString().toCharArray();
        }
        return ascii.length == 1 ? SINGLE[ascii[0]] : ascii;
    }

    /// The length of one that has no spare room, as [#of] and [#read] make it.
    static int length(Object text) {
        return text instanceof byte[] ascii ? ascii.length : ((char[]) text).length;
    }

    static char charAt(Object text, int index) {
        return text instanceof byte[] ascii ? (char) ascii[index] : ((char[]) text)[index];
    }

    /// Characters `begin` to `end` as a varString. A surrogate whose other half lies outside becomes U+FFFD.
    static void write(ByteWriter out, Object text, int begin, int end) {
        if (text instanceof byte[] ascii) {
            out.varUint(end - begin).bytes(ascii, begin, end - begin);
        } else {
            out.varString((char[]) text, begin, end);
        }
    }

    static String toString(Object text, int length) {
        return text instanceof byte[] ascii
                ? new String(ascii, 0, length, StandardCharsets.ISO_8859_1)
                : new String((char[]) text, 0, length);
    }

    static void appendTo(StringBuilder out, Object text, int begin, int end) {
        if (text instanceof byte[] ascii) {
            out.append(new String(ascii, begin, end - begin, StandardCharsets.ISO_8859_1));
        } else {
            out.append((char[]) text, begin, end - begin);
        }
    }

    static Object slice(Object text, int begin, int end) {
        if (text instanceof byte[] ascii) {
            return end - begin == 1 ? SINGLE[ascii[begin]] : Arrays.copyOfRange(ascii, begin, end);
        }
        return Arrays.copyOfRange((char[]) text, begin, end);
    }

    /// Does a cut before `index` fall between the halves of a pair? Yjs takes any high surrogate on the left for
    /// that.
    static boolean cutsPair(Object text, int index) {
        return text instanceof char[] chars && Character.isHighSurrogate(chars[index - 1]);
    }

    /// The part left of a cut; the unit before it is replaced when the cut went through a pair.
    static Object left(Object text, int index) {
        Object left = slice(text, 0, index);
        if (cutsPair(text, index)) {
            ((char[]) left)[index - 1] = REPLACEMENT;
        }
        return left;
    }

    /// The part right of a cut; the unit after it is replaced when the cut went through a pair.
    static Object right(Object text, int index, int length) {
        Object right = slice(text, index, length);
        if (cutsPair(text, index)) {
            ((char[]) right)[0] = REPLACEMENT;
        }
        return right;
    }

    /// `text` with room for `more` units after its first `length`, of a kind that can hold `like`.
    static Object reserve(Object text, int length, int more, Object like) {
        int needed = length + more;
        if (text instanceof byte[] ascii && like instanceof byte[]) {
            return ascii.length >= needed ? ascii : Arrays.copyOf(ascii, capacity(length, needed));
        }
        if (text instanceof char[] chars) {
            return chars.length >= needed ? chars : Arrays.copyOf(chars, capacity(length, needed));
        }
        char[] wide = new char[capacity(length, needed)];
        copy(text, wide, 0, length);
        return wide;
    }

    /// Writes the first `length` units of `from` into `to` at `position`, where there is room for them.
    static void copy(Object from, Object to, int position, int length) {
        if (from instanceof byte[] ascii) {
            if (to instanceof byte[] target) {
                System.arraycopy(ascii, 0, target, position, length);
            } else {
                char[] target = (char[]) to;
                for (int i = 0; i < length; i++) {
                    target[position + i] = (char) ascii[i];
                }
            }
        } else {
            System.arraycopy((char[]) from, 0, (char[]) to, position, length);
        }
    }

    private static int capacity(int length, int needed) {
        // A run that was loaded stays exact until somebody types at its end.
        return Math.max(needed, Math.min(length + (length >> 2) + 8, Integer.MAX_VALUE - 16));
    }
}
