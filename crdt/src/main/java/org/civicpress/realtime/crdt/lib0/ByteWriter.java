package org.civicpress.realtime.crdt.lib0;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Writes what lib0's decoders read; the other side of [ByteReader]. Grows as needed. Confined to its user.
public final class ByteWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /// Fewer bytes than this are copied faster one by one.
    private static final int SHORT = 8;

    /// So much memory is kept for what is written next.
    private static final int FEW = 256;

    private static final byte[] NOTHING = {};

    private byte[] array;
    private int length;

    /// With nothing written.
    public ByteWriter() {
        this(64);
    }

    /// @param capacity in bytes, for as many without growing
    public ByteWriter(int capacity) {
        array = new byte[Math.max(16, capacity)];
    }

    /// How many bytes were written.
    public int length() {
        return length;
    }

    /// Forgets what was written and keeps the memory.
    public void clear() {
        length = 0;
    }

    /// What was written, copied out.
    public Bytes toBytes() {
        return Bytes.wrap(Arrays.copyOf(array, length));
    }

    /// What was written, not copied unless it is short or much of the memory is unused. The writer is empty
    /// afterwards, and keeps no more than a little memory.
    public Bytes takeBytes() {
        boolean few = array.length <= FEW;
        Bytes taken = few || array.length - length > length >> 3 ? toBytes() : Bytes.wrap(array, 0, length);
        if (!few) {
            array = NOTHING;
        }
        length = 0;
        return taken;
    }

    /// The lowest eight bits.
    public ByteWriter uint8(int value) {
        reserve(1);
        array[length++] = (byte) value;
        return this;
    }

    /// @param value 0 to 2^53 - 1
    public ByteWriter varUint(long value) {
        if (value >>> 28 != 0) {
            return longVarUint(value);
        }
        int groups = (int) (value & 0x7f | (value & 0x3f80) << 1 | (value & 0x1fc000) << 2 | (value & 0xfe00000) << 3);
        return groups(groups, (38 - Integer.numberOfLeadingZeros((int) value | 1)) / 7);
    }

    /// One to four bytes, the first one in the lowest bits, with the sign set that another follows. Which sizes come
    /// cannot be guessed, so there is no branch on them.
    private ByteWriter groups(int groups, int bytes) {
        reserve(4);
        INT.set(array, length, groups | 0x808080 & (1 << 8 * bytes - 8) - 1);
        length += bytes;
        return this;
    }

    /// The bytes of [#varUint] as one number, the first one in the lowest bits: for what is written very often.
    ///
    /// @param value 0 to 2^53 - 1
    public static long packed(long value) {
        long bytes = 0;
        int shift = 0;
        for (long rest = value; ; rest >>>= 7, shift += 8) {
            if (rest < 0x80) {
                return bytes | rest << shift;
            }
            bytes |= (rest & 0x7f | 0x80) << shift;
        }
    }

    /// How many bytes [#varUint] takes.
    public static int size(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /// Up to eight bytes, the first one in the lowest bits.
    public ByteWriter packed(long bytes, int count) {
        reserve(8);
        LONG.set(array, length, bytes);
        length += count;
        return this;
    }

    private ByteWriter longVarUint(long value) {
        if (value < 0 || value > ByteReader.MAX_SAFE_INTEGER) {
            throw new IllegalArgumentException("not an unsigned 53 bit integer: " + value);
        }
        reserve(8);
        while (value > 0x7f) {
            array[length++] = (byte) (0x80 | (value & 0x7f));
            value >>>= 7;
        }
        array[length++] = (byte) value;
        return this;
    }

    /// @param value an integer of less than 2^55, or negative zero
    public ByteWriter varInt(double value) {
        long size = (long) Math.abs(value);
        if (size != Math.abs(value)) {
            throw new IllegalArgumentException("not an integer of 55 bits: " + value);
        }
        return varInt(size, value < 0 || (value == 0 && 1 / value < 0));
    }

    /// The same with the sign told apart from the size.
    public ByteWriter varInt(long size, boolean negative) {
        long sign = negative ? 0x40 : 0;
        if (size >>> 27 == 0) {
            int groups =
                    (int) (size & 0x3f | sign | (size & 0x1fc0) << 2 | (size & 0xfe000) << 3 | (size & 0x7f00000) << 4);
            return groups(groups, (39 - Integer.numberOfLeadingZeros((int) size)) / 7);
        }
        if (size >>> 55 != 0) {
            throw new IllegalArgumentException("not an integer of 55 bits: " + size);
        }
        reserve(9);
        array[length++] = (byte) (0x80 | sign | size & 0x3f);
        long rest = size >>> 6;
        if (rest <= 0x7f) {
            array[length++] = (byte) rest;
            return this;
        }
        while (rest > 0x7f) {
            array[length++] = (byte) (0x80 | rest);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
        return this;
    }

    /// Four bytes, the highest first.
    public ByteWriter float32(float value) {
        return bigEndian(Float.floatToIntBits(value), 4);
    }

    /// NaN is always written with the same bits.
    public ByteWriter float64(double value) {
        return bigEndian(Double.doubleToLongBits(value), 8);
    }

    /// Eight bytes, the highest first.
    public ByteWriter int64(long value) {
        return bigEndian(value, 8);
    }

    private ByteWriter bigEndian(long value, int bytes) {
        reserve(bytes);
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            array[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /// The bytes alone, without a length.
    public ByteWriter bytes(Bytes bytes) {
        reserve(bytes.length());
        System.arraycopy(bytes.array, bytes.offset, array, length, bytes.length());
        length += bytes.length();
        return this;
    }

    /// `count` bytes of an array from `begin` on, without a length.
    public ByteWriter bytes(byte[] source, int begin, int count) {
        reserve(count);
        if (count < SHORT) {
            for (int i = 0; i < count; i++) {
                array[length + i] = source[begin + i];
            }
        } else {
            System.arraycopy(source, begin, array, length, count);
        }
        length += count;
        return this;
    }

    /// What another has written, without a length.
    public ByteWriter bytes(ByteWriter other) {
        return bytes(other.array, 0, other.length);
    }

    /// What another has written from one place to another, without a length.
    public ByteWriter bytes(ByteWriter other, int begin, int end) {
        return bytes(other.array, begin, end - begin);
    }

    /// The bytes of a reader from one [ByteReader#position] to another, without a length.
    public ByteWriter bytes(ByteReader in, int begin, int end) {
        return bytes(in.array, in.index(begin), end - begin);
    }

    /// What another has written, with its length before it.
    public ByteWriter byteArray(ByteWriter other) {
        return varUint(other.length).bytes(other);
    }

    /// The length, then the bytes.
    public ByteWriter byteArray(Bytes bytes) {
        return varUint(bytes.length()).bytes(bytes);
    }

    /// UTF-8 with its length in bytes before it. A lone surrogate becomes U+FFFD, as TextEncoder has it.
    public ByteWriter varString(String text) {
        int before = length;
        int units = text.length();
        varUint(units);
        reserve(units);
        int at = length;
        for (int i = 0; i < units; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length = before;
                return varString(text.toCharArray(), 0, units);
            }
            array[at++] = (byte) c;
        }
        length = at;
        return this;
    }

    /// Text that is known to be ASCII, without a length.
    public ByteWriter ascii(String text) {
        int units = text.length();
        reserve(units);
        int at = length;
        for (int i = 0; i < units; i++) {
            array[at++] = (byte) text.charAt(i);
        }
        length = at;
        return this;
    }

    /// Part of a text, from `begin` to `end` (exclusive) in UTF-16 units.
    public ByteWriter varString(char[] text, int begin, int end) {
        return varUint(utf8Length(text, begin, end)).utf8(text, begin, end);
    }

    /// The same without a length before it.
    public ByteWriter utf8(char[] text, int begin, int end) {
        reserve((end - begin) * 3);
        for (int i = begin; i < end; i++) {
            char c = text[i];
            if (c < 0x80) {
                array[length++] = (byte) c;
            } else if (c < 0x800) {
                array[length++] = (byte) (0xc0 | c >> 6);
                array[length++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text[i + 1])) {
                int point = Character.toCodePoint(c, text[++i]);
                array[length++] = (byte) (0xf0 | point >> 18);
                array[length++] = (byte) (0x80 | point >> 12 & 0x3f);
                array[length++] = (byte) (0x80 | point >> 6 & 0x3f);
                array[length++] = (byte) (0x80 | point & 0x3f);
            } else {
                char unit = Character.isSurrogate(c) ? '\ufffd' : c;
                array[length++] = (byte) (0xe0 | unit >> 12);
                array[length++] = (byte) (0x80 | unit >> 6 & 0x3f);
                array[length++] = (byte) (0x80 | unit & 0x3f);
            }
        }
        return this;
    }

    private static int utf8Length(char[] text, int begin, int end) {
        int bytes = end - begin;
        for (int i = begin; i < end; i++) {
            char c = text[i];
            if (c >= 0x80) {
                bytes++;
                if (c >= 0x800) {
                    if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text[i + 1])) {
                        i++; // four bytes for two units: one more than the two already counted, and the one above
                        bytes++;
                    } else {
                        bytes++;
                    }
                }
            }
        }
        return bytes;
    }

    private void reserve(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
        }
    }
}
