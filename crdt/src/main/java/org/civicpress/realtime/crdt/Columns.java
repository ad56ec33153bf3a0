package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// The run-length encodings of which the columns of encoding V2 are made.
///
/// ```
/// uintOptRle    := (varInt(value) | varInt(-value) varUint(count - 2))*       the sign says that a count follows; -0
/// is not 0
/// intDiffOptRle := varInt(2 × difference + hasCount) [varUint(count - 2)]     runs of equal differences, from 0 on
/// rle           := (uint8 varUint(count - 1))* uint8                          the last run goes on for ever
/// strings       := varString(all of them) uintOptRle(lengths in UTF-16 units)
/// ```
///
/// An exhausted column is an end of input, except for the last run of `rle`. Source: lib0 0.2 `encoding.js`,
/// `decoding.js`.
final class Columns {
    private Columns() {}

    static final class UintReader {
        /// Exhausted from the start; shared, as nothing about it changes.
        private static final UintReader EMPTY = new UintReader(Bytes.EMPTY);

        static UintReader of(Bytes column) {
            return column.isEmpty() ? EMPTY : new UintReader(column);
        }

        private final ByteReader in;
        private long value;
        private long count;

        private UintReader(Bytes column) {
            in = new ByteReader(column);
        }

        long next() {
            if (count == 0) {
                begin();
            }
            count--;
            return value;
        }

        private void begin() {
            long read = in.signAndSize();
            value = read >>> 1;
            count = (read & 1) == 0 ? 1 : in.varUint() + 2; // -0 has a sign too
            if (value > ByteReader.MAX_SAFE_INTEGER) {
                throw in.malformed("a number above 2^53 - 1");
            }
        }
    }

    static final class UintWriter {
        private final ByteWriter out;
        private long value;
        private long count;

        UintWriter(int capacity) {
            out = new ByteWriter(capacity);
        }

        void write(long next) {
            if (next == value) {
                count++;
            } else {
                flush();
                value = next;
                count = 1;
            }
        }

        private void flush() {
            if (count == 1) {
                out.varInt(value, false);
            } else if (count > 1) {
                out.varInt(value, true).varUint(count - 2);
            }
        }

        ByteWriter finish() {
            flush();
            count = 0;
            return out;
        }
    }

    static final class DiffReader {
        private static final DiffReader EMPTY = new DiffReader(Bytes.EMPTY);

        static DiffReader of(Bytes column) {
            return column.isEmpty() ? EMPTY : new DiffReader(column);
        }

        private final ByteReader in;
        private long value;
        private long difference;
        private long count;

        private DiffReader(Bytes column) {
            in = new ByteReader(column);
        }

        /// 0 to 2^53 - 1.
        long next() {
            if (count == 0) {
                long signed = in.signAndSize();
                long read = (signed & 1) == 0 ? signed >>> 1 : -(signed >>> 1);
                difference = read >> 1;
                count = (read & 1) == 0 ? 1 : in.varUint() + 2;
            }
            count--;
            value += difference;
            if (value < 0 || value > ByteReader.MAX_SAFE_INTEGER) {
                throw in.malformed("a number outside 0 to 2^53 - 1");
            }
            return value;
        }
    }

    static final class DiffWriter {
        private final ByteWriter out;
        private long value;
        private long difference;
        private long count;

        DiffWriter(int capacity) {
            out = new ByteWriter(capacity);
        }

        void write(long next) {
            if (next - value == difference) {
                count++;
            } else {
                flush();
                difference = next - value;
                count = 1;
            }
            value = next;
        }

        private void flush() {
            if (count == 1) {
                signed(2 * difference);
            } else if (count > 1) {
                signed(2 * difference + 1);
                out.varUint(count - 2);
            }
        }

        private void signed(long number) {
            out.varInt(Math.abs(number), number < 0);
        }

        ByteWriter finish() {
            flush();
            count = 0;
            return out;
        }
    }

    static final class RleReader {
        private static final RleReader EMPTY = new RleReader(Bytes.EMPTY);

        static RleReader of(Bytes column) {
            return column.isEmpty() ? EMPTY : new RleReader(column);
        }

        private final ByteReader in;
        private int value;
        private long count;

        private RleReader(Bytes column) {
            in = new ByteReader(column);
        }

        int next() {
            if (count == 0) {
                value = in.uint8();
                count = in.hasRemaining() ? in.varUint() + 1 : Long.MAX_VALUE;
            }
            count--;
            return value;
        }
    }

    static final class RleWriter {
        private final ByteWriter out;
        private int value = -1;
        private long count;

        RleWriter(int capacity) {
            out = new ByteWriter(capacity);
        }

        void write(int next) {
            if (next == value) {
                count++;
                return;
            }
            if (count > 0) {
                out.varUint(count - 1);
            }
            out.uint8(next);
            value = next;
            count = 1;
        }

        ByteWriter finish() {
            return out;
        }
    }

    static final class StringReader {
        private final ByteReader in;
        /// Where the texts are when all of them are ASCII.
        private final int begin;
        /// The texts when they are not.
        private final char @Nullable [] all;
        private final int units;
        private final UintReader lengths;
        private int next;

        StringReader(Bytes column) {
            in = new ByteReader(column);
            int before = in.position();
            int length = in.count();
            begin = in.position();
            if (in.isAsciiBetween(begin, begin + length)) {
                all = null;
                units = length;
            } else {
                all = new ByteReader(in.between(before, begin + length))
                        .varString()
                        .toCharArray();
                units = all.length;
            }
            in.bytes(length);
            lengths = UintReader.of(in.bytes(in.remaining()));
        }

        /// Passes one.
        ///
        /// @return its length in UTF-16 units
        int skip() {
            long length = lengths.next();
            skip(length);
            return (int) length;
        }

        /// Passes so many units of a text whose length was read from [#lengths].
        ///
        /// @return the [#position] after them
        int skip(long length) {
            if (length > units - next) {
                throw in.malformed("a text of " + length + " units where " + (units - next) + " remain");
            }
            next += (int) length;
            return next;
        }

        UintReader lengths() {
            return lengths;
        }

        /// How many units were passed.
        int position() {
            return next;
        }

        String next() {
            int length = skip();
            return string(next - length, next);
        }

        /// One as [TextContent] keeps it.
        Object nextText() {
            int length = skip();
            return text(next - length, next);
        }

        String string(int from, int to) {
            return all == null ? in.ascii(begin + from, begin + to) : new String(all, from, to - from);
        }

        Object text(int from, int to) {
            return all == null ? TextContent.ofAscii(in, begin + from, begin + to) : TextContent.of(all, from, to);
        }

        /// Units that no text has taken yet.
        int remaining() {
            return units - next;
        }
    }

    static final class StringWriter {
        private final ByteWriter all;
        private final UintWriter lengths;
        /// The first half of a pair whose other half may begin the next text, or 0.
        private char half;

        StringWriter(int capacity) {
            all = new ByteWriter(capacity);
            lengths = new UintWriter(capacity / 4);
        }

        void write(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) >= 0x80) {
                    write(text.toCharArray(), 0, text.length());
                    return;
                }
            }
            if (!text.isEmpty()) {
                endHalf();
                all.ascii(text);
            }
            lengths.write(text.length());
        }

        void write(Object text, int begin, int end) {
            if (text instanceof byte[] ascii) {
                if (begin < end) {
                    endHalf();
                    all.bytes(ascii, begin, end - begin);
                }
                lengths.write(end - begin);
            } else {
                write((char[]) text, begin, end);
            }
        }

        /// What a reader has from one [StringReader#position] to another.
        void write(StringReader from, int begin, int end) {
            if (from.all != null) {
                write(from.all, begin, end);
                return;
            }
            if (begin < end) {
                endHalf();
                all.bytes(from.in, from.begin + begin, from.begin + end);
            }
            lengths.write(end - begin);
        }

        private void write(char[] text, int begin, int end) {
            lengths.write(end - begin);
            if (begin == end) {
                return;
            }
            int from = begin;
            if (half != 0 && Character.isLowSurrogate(text[begin])) {
                all.utf8(new char[] {half, text[from++]}, 0, 2);
                half = 0;
            } else {
                endHalf();
            }
            int to = end;
            if (from < end && Character.isHighSurrogate(text[end - 1])) {
                half = text[--to];
            }
            all.utf8(text, from, to);
        }

        private void endHalf() {
            if (half != 0) {
                all.utf8(new char[] {half}, 0, 1);
                half = 0;
            }
        }

        ByteWriter finish() {
            endHalf();
            ByteWriter ends = lengths.finish();
            return new ByteWriter(all.length() + ends.length() + 8)
                    .varUint(all.length())
                    .bytes(all)
                    .bytes(ends);
        }
    }
}
