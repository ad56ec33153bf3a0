package org.civicpress.realtime.crdt.lib0;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// A stretch of bytes that never changes. Equal when the bytes are. Immutable, so it may cross threads.
public final class Bytes {
    /// No bytes.
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    final byte[] array;
    final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /// Takes the array over without copying it: the caller must not write to it afterwards.
    public static Bytes wrap(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    /// Takes part of an array over without copying it: the caller must not write to it afterwards.
    ///
    /// @throws IndexOutOfBoundsException when the range is not inside the array
    public static Bytes wrap(byte[] array, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, array.length);
        return new Bytes(array, offset, length);
    }

    /// The bytes that an array has now.
    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    /// @param hex two digits for each byte
    public static Bytes ofHex(String hex) {
        return wrap(HexFormat.of().parseHex(hex));
    }

    /// How many bytes.
    public int length() {
        return length;
    }

    /// Are there none?
    public boolean isEmpty() {
        return length == 0;
    }

    /// @param index 0 to the length, exclusive
    public byte at(int index) {
        return array[offset + java.util.Objects.checkIndex(index, length)];
    }

    /// The same bytes from `begin` to `end` (exclusive), sharing the memory.
    public Bytes slice(int begin, int end) {
        java.util.Objects.checkFromToIndex(begin, end, length);
        return new Bytes(array, offset + begin, end - begin);
    }

    /// A copy that the caller may change.
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /// The same bytes in an array of exactly their size, so that a small stretch does not keep a large array alive.
    public Bytes compact() {
        return length == array.length ? this : wrap(toArray());
    }

    /// A read-only view for a socket or a file.
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /// Two digits for each byte.
    public String toHex() {
        return HexFormat.of().formatHex(array, offset, offset + length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return length <= 64 ? "Bytes[" + toHex() + "]" : "Bytes[" + slice(0, 64).toHex() + "… " + length + "]";
    }
}
