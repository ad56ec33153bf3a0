package org.civicpress.realtime.crdt.lib0;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads what lib0's encoders write. Everything that is wrong with the bytes throws [MalformedBytesException];
/// nothing is allocated for a declared length before it was compared with what remains. Confined to its user.
///
/// ```
/// varUint   := (0x80 | 7 bits)* 7 bits            little-endian groups, at most 2^53 - 1
/// varInt    := (0x80 | 0x40 | 6 bits) varUint?    0x80 when more follows, 0x40 when negative: -0 is not 0
/// float32, float64, int64                         big-endian
/// byteArray := varUint(length) byte*
/// varString := varUint(length) utf8*              malformed UTF-8 is refused, a byte order mark is kept
/// ```
///
/// Source: lib0 0.2 `decoding.js`. Unlike there, reading past the end never yields zeros.
public final class ByteReader {
    /// The largest integer that every Yjs peer can hold: 2^53 - 1.
    public static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    final byte[] array;
    private final int begin;
    private final int end;
    private int next;
    private boolean padded;

    /// The long number read last, in up to eight bytes, and its value: client ids repeat.
    private long recentBytes;

    private long recentMask = -1;
    private int recentLength;
    private long recentValue;

    /// At the first byte.
    public ByteReader(Bytes bytes) {
        array = bytes.array;
        begin = bytes.offset;
        end = begin + bytes.length();
        next = begin;
    }

    /// At the first byte of an array that nobody changes meanwhile.
    public ByteReader(byte[] bytes) {
        this(Bytes.wrap(bytes));
    }

    /// How many bytes were read so far.
    public int position() {
        return next - begin;
    }

    /// How many bytes are still to be read.
    public int remaining() {
        return end - next;
    }

    /// Are there any?
    public boolean hasRemaining() {
        return next < end;
    }

    /// One byte, 0 to 255.
    public int uint8() {
        if (next == end) {
            throw endOfInput();
        }
        return array[next++] & 0xff;
    }

    /// 0 to 2^53 - 1. Forms longer than necessary are accepted, as lib0 does; [#padded] tells.
    public long varUint() {
        int at = next;
        if (at < end) {
            int first = array[at];
            if (first >= 0) {
                next = at + 1;
                return first;
            }
            if (end - at > 2) {
                int second = array[at + 1];
                if (second >= 0) {
                    padded |= second == 0;
                    next = at + 2;
                    return first & 0x7f | second << 7;
                }
                int third = array[at + 2];
                if (third >= 0) {
                    padded |= third == 0;
                    next = at + 3;
                    return first & 0x7f | (second & 0x7f) << 7 | third << 14;
                }
            }
        }
        return longVarUint();
    }

    private long longVarUint() {
        int from = next;
        boolean whole = end - from >= Long.BYTES;
        if (whole && ((long) EIGHT_BYTES.get(array, from) & recentMask) == recentBytes) {
            next = from + recentLength;
            return recentValue;
        }
        long value = readVarUint();
        int length = next - from;
        if (whole && length <= Long.BYTES && array[next - 1] != 0) {
            recentMask = -1L >>> 64 - 8 * length;
            recentBytes = (long) EIGHT_BYTES.get(array, from) & recentMask;
            recentLength = length;
            recentValue = value;
        }
        return value;
    }

    private long readVarUint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int b = uint8();
            long bits = b & 0x7f;
            if (bits != 0 && (shift > 49 || (shift == 49 && bits > 0xf))) {
                throw malformed("integer above 2^53 - 1");
            }
            if (shift <= 49) {
                value |= bits << shift;
            }
            if (b < 0x80) {
                padded |= b == 0 && shift > 0;
                return value;
            }
            if (shift > 70) {
                throw malformed("integer of too many bytes");
            }
        }
    }

    /// Was any number read so far longer than its shortest form?
    public boolean padded() {
        return padded;
    }

    /// A signed integer of less than 2^55, as a double because negative zero is one of its values.
    public double varInt() {
        long read = signAndSize();
        return (read & 1) != 0 ? -(double) (read >>> 1) : read >>> 1;
    }

    /// The same in other words: its size doubled, plus 1 when the sign is negative.
    public long signAndSize() {
        int at = next;
        if (end - at >= Long.BYTES) {
            // How many bytes it takes changes from one to the next, so nothing here branches on that.
            long eight = (long) EIGHT_BYTES.get(array, at);
            int more = Long.numberOfTrailingZeros(~eight & NOT_ASCII) & 0x78; // 8 for each byte after the first
            if (more <= 24 && (eight >>> more & 0xff) != 0 | more == 0) {
                long bytes = eight & -1L >>> 56 - more;
                next = at + 1 + (more >> 3);
                return (bytes & 0x3f) << 1
                        | bytes >> 6 & 1
                        | (bytes & 0x7f00) >> 1
                        | (bytes & 0x7f_0000) >> 2
                        | (bytes & 0x7f00_0000) >> 3;
            }
        }
        return longSignAndSize();
    }

    private long longSignAndSize() {
        int first = uint8();
        int sign = first >> 6 & 1;
        if (first < 0x80) {
            return (first & 0x3f) << 1 | sign;
        }
        long value = first & 0x3f;
        for (int shift = 6; ; shift += 7) {
            int b = uint8();
            long bits = b & 0x7f;
            if (bits != 0 && shift > 48) {
                throw malformed("integer of more than 55 bits");
            }
            if (shift <= 48) {
                value |= bits << shift;
            }
            if (b < 0x80) {
                padded |= b == 0;
                return value << 1 | sign;
            }
            if (shift > 70) {
                throw malformed("integer of too many bytes");
            }
        }
    }

    /// Four bytes, the highest first.
    public float float32() {
        return Float.intBitsToFloat((int) bigEndian(4));
    }

    /// Eight bytes, the highest first.
    public double float64() {
        return Double.longBitsToDouble(bigEndian(8));
    }

    /// Eight bytes, the highest first.
    public long int64() {
        return bigEndian(8);
    }

    private long bigEndian(int bytes) {
        if (remaining() < bytes) {
            throw endOfInput();
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | array[next++] & 0xff;
        }
        return value;
    }

    /// A tag of a closed set: a [#varUint()], where anything above 2^31 - 1 is certainly unknown and read as -1.
    public int tag() {
        long value = varUint();
        return value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    /// A varUint that announces how many units of at least one byte each follow.
    ///
    /// @throws MalformedBytesException when fewer bytes remain
    public int count() {
        long value = varUint();
        if (value > remaining()) {
            throw malformed("declared " + value + " but only " + remaining() + " bytes remain");
        }
        return (int) value;
    }

    /// A length-prefixed stretch, sharing this reader's memory.
    public Bytes byteArray() {
        return bytes(count());
    }

    /// Passes a [#byteArray()].
    public void skipByteArray() {
        int length = count();
        next += length;
    }

    /// Passes bytes.
    public void skip(int length) {
        if (length > remaining()) {
            throw endOfInput();
        }
        next += length;
    }

    /// The next `length` bytes, sharing this reader's memory.
    public Bytes bytes(int length) {
        if (length < 0 || length > remaining()) {
            throw endOfInput();
        }
        Bytes result = Bytes.wrap(array, next, length);
        next += length;
        return result;
    }

    /// A length in bytes, and as many of UTF-8.
    public String varString() {
        int length = count();
        int from = next;
        next += length;
        return isAscii(from, next) ? new String(array, from, length, StandardCharsets.ISO_8859_1) : decode(from, next);
    }

    /// The next [#varString()] when it is nothing but ASCII, copied out; otherwise null, and nothing was read.
    public byte @Nullable [] asciiString() {
        int before = next;
        int length = count();
        if (!isAscii(next, next + length)) {
            next = before;
            return null;
        }
        byte[] text = Arrays.copyOfRange(array, next, next + length);
        next += length;
        return text;
    }

    /// Passes a [#varString()], which is examined as if it were read.
    ///
    /// @return its length in UTF-16 units
    public int skipString() {
        int length = count();
        int from = next;
        next += length;
        return isAscii(from, next) ? length : utf16Length(from, next);
    }

    /// Is everything from one [#position] to another ASCII?
    public boolean isAsciiBetween(int from, int to) {
        return isAscii(begin + from, begin + to);
    }

    private boolean isAscii(int from, int to) {
        int length = to - from;
        if (length < Long.BYTES) {
            if (from > array.length - Long.BYTES) {
                return isAsciiOneByOne(from, to);
            }
            // What lies behind is looked at, too, and shifted out; of a length of 0 nothing remains.
            long eight = (long) EIGHT_BYTES.get(array, from) & NOT_ASCII;
            return eight << 1 << 63 - 8 * length == 0;
        }
        long seen = 0;
        int last = to - Long.BYTES;
        for (int at = from; at < last; at += Long.BYTES) {
            seen |= (long) EIGHT_BYTES.get(array, at);
        }
        seen |= (long) EIGHT_BYTES.get(array, last);
        return (seen & NOT_ASCII) == 0;
    }

    private boolean isAsciiOneByOne(int from, int to) {
        for (int at = from; at < to; at++) {
            if (array[at] < 0) {
                return false;
            }
        }
        return true;
    }

    private String decode(int from, int to) {
        utf16Length(from, to);
        return new String(array, from, to - from, StandardCharsets.UTF_8);
    }

    /// The length in UTF-16 units of UTF-8.
    private int utf16Length(int from, int to) {
        int units = 0;
        int at = from;
        while (at < to) {
            int b = array[at];
            if (b >= 0) {
                at++;
                units++;
                continue;
            }
            int more = moreBytes(b);
            if (more == 0 || to - at <= more || !isSequence(at, more)) {
                throw new MalformedBytesException("text is not UTF-8", from - begin);
            }
            at += more + 1;
            units += more == 3 ? 2 : 1;
        }
        return units;
    }

    /// How many bytes follow a first byte, or 0 when nothing begins with it.
    private static int moreBytes(int first) {
        int lead = first & 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    }

    /// Neither overlong, nor a surrogate, nor above U+10FFFF, nor broken off.
    private boolean isSequence(int at, int more) {
        int lead = array[at] & 0xff;
        int second = array[at + 1] & 0xff;
        int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return false;
        }
        for (int i = 2; i <= more; i++) {
            if ((array[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    /// The ASCII from one [#position] to another.
    public String ascii(int from, int to) {
        return new String(array, begin + from, to - from, StandardCharsets.ISO_8859_1);
    }

    /// The bytes from one [#position] to another, copied out.
    public byte[] copy(int from, int to) {
        return Arrays.copyOfRange(array, begin + from, begin + to);
    }

    /// The byte at a [#position].
    public byte at(int position) {
        return array[begin + position];
    }

    /// The bytes from one [#position] to another, sharing this reader's memory.
    public Bytes between(int from, int to) {
        return Bytes.wrap(array, begin + from, to - from);
    }

    /// Where a [#position] is in the array.
    int index(int position) {
        return begin + position;
    }

    /// An exception that names the current position.
    public MalformedBytesException malformed(String what) {
        return new MalformedBytesException(what, position());
    }

    private MalformedBytesException endOfInput() {
        return malformed("unexpected end");
    }
}
