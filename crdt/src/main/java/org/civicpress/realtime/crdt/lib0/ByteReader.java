package org.civicpress.realtime.crdt.lib0;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
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

    private final byte[] array;
    private final int begin;
    private final int end;
    private int next;

    public ByteReader(Bytes bytes) {
        array = bytes.array;
        begin = bytes.offset;
        end = begin + bytes.length();
        next = begin;
    }

    public ByteReader(byte[] bytes) {
        this(Bytes.wrap(bytes));
    }

    /// How many bytes were read so far.
    public int position() {
        return next - begin;
    }

    public int remaining() {
        return end - next;
    }

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

    /// 0 to 2^53 - 1. Forms longer than necessary are accepted, as lib0 does.
    public long varUint() {
        if (next < end && array[next] >= 0) {
            return array[next++];
        }
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
                return value;
            }
            if (shift > 70) {
                throw malformed("integer of too many bytes");
            }
        }
    }

    /// A signed integer of less than 2^55, as a double because negative zero is one of its values.
    public double varInt() {
        int first = uint8();
        boolean negative = (first & 0x40) != 0;
        long value = first & 0x3f;
        if (first >= 0x80) {
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
                    break;
                }
                if (shift > 70) {
                    throw malformed("integer of too many bytes");
                }
            }
        }
        return negative ? -(double) value : value;
    }

    public float float32() {
        return Float.intBitsToFloat((int) bigEndian(4));
    }

    public double float64() {
        return Double.longBitsToDouble(bigEndian(8));
    }

    public long int64() {
        return bigEndian(8);
    }

    private long bigEndian(int bytes) {
        if (remaining() < bytes) {
            throw endOfInput();
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | uint8();
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

    /// The next `length` bytes, sharing this reader's memory.
    public Bytes bytes(int length) {
        if (length < 0 || length > remaining()) {
            throw endOfInput();
        }
        Bytes result = Bytes.wrap(array, next, length);
        next += length;
        return result;
    }

    public String varString() {
        int length = count();
        int from = next;
        next += length;
        boolean ascii = true;
        for (int i = from; i < next; i++) {
            if (array[i] < 0) {
                ascii = false;
                break;
            }
        }
        if (ascii) {
            return new String(array, from, length, StandardCharsets.ISO_8859_1);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(array, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedBytesException("text is not UTF-8", from - begin);
        }
    }

    /// The next [#varString()] when it is nothing but ASCII, copied out; otherwise null, and nothing was read.
    public byte @Nullable [] asciiString() {
        int before = next;
        int length = count();
        for (int i = next, last = next + length; i < last; i++) {
            if (array[i] < 0) {
                next = before;
                return null;
            }
        }
        byte[] text = Arrays.copyOfRange(array, next, next + length);
        next += length;
        return text;
    }

    /// An exception that names the current position.
    public MalformedBytesException malformed(String what) {
        return new MalformedBytesException(what, position());
    }

    private MalformedBytesException endOfInput() {
        return malformed("unexpected end");
    }
}
