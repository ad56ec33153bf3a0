package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.List;
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

    /// The bytes of a column: what is written to it, and amid that stretches of others, which are not copied before
    /// the end.
    static final class Column {
        /// Stretches of fewer bytes are better copied at once.
        private static final int SHORT = 64;

        final ByteWriter own;
        private final List<Stretch> stretches = new ArrayList<>(0);
        private int inStretches;

        /// @param at how much is written before it
        private record Stretch(int at, ByteWriter of, int begin, int end) {}

        Column(int capacity) {
            own = new ByteWriter(capacity);
        }

        int length() {
            return own.length() + inStretches;
        }

        /// What another one wrote itself, from one place to another; that must not change any more.
        void add(Column other, int begin, int end) {
            add(other.own, begin, end);
        }

        void add(Column other) {
            int from = 0;
            for (Stretch stretch : other.stretches) {
                add(other.own, from, stretch.at);
                add(stretch.of, stretch.begin, stretch.end);
                from = stretch.at;
            }
            add(other.own, from, other.own.length());
        }

        private void add(ByteWriter of, int begin, int end) {
            if (end - begin < SHORT) {
                own.bytes(of, begin, end);
            } else {
                stretches.add(new Stretch(own.length(), of, begin, end));
                inStretches += end - begin;
            }
        }

        /// With its length before it.
        void writeTo(ByteWriter out) {
            out.varUint(length());
            int from = 0;
            for (Stretch stretch : stretches) {
                out.bytes(own, from, stretch.at).bytes(stretch.of, stretch.begin, stretch.end);
                from = stretch.at;
            }
            out.bytes(own, from, own.length());
        }
    }

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
        private final Column column;
        private final ByteWriter out;
        private long value;
        private long count;
        private long firstValue;
        private long firstCount;
        /// Where the first run ends; -1 while it is the only one.
        private int firstEnd = -1;

        UintWriter(int capacity) {
            column = new Column(capacity);
            out = column.own;
        }

        void write(long next) {
            write(next, 1);
        }

        private void write(long next, long times) {
            if (next == value) {
                count += times;
            } else if (times > 0) {
                flush();
                value = next;
                count = times;
            }
        }

        /// All that another has written, which was not finished. Only the run at the seam is not copied.
        void write(UintWriter other) {
            if (other.firstEnd < 0) {
                write(other.value, other.count);
                return;
            }
            write(other.firstValue, other.firstCount);
            flush();
            column.add(other.column, other.firstEnd, other.out.length());
            value = other.value;
            count = other.count;
        }

        private void flush() {
            if (count == 1) {
                out.varInt(value, false);
            } else if (count > 1) {
                out.varInt(value, true).varUint(count - 2);
            }
            if (firstEnd < 0 && count > 0) {
                firstValue = value;
                firstCount = count;
                firstEnd = out.length();
            }
        }

        Column finish() {
            flush();
            count = 0;
            return column;
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
        private final Column column;
        private final ByteWriter out;
        private long value;
        private long difference;
        private long count;
        /// How many runs have ended.
        private int ended;

        private long firstDifference;
        private long firstCount;
        private long secondDifference;
        private long secondCount;
        /// Where the second run ends, once it has.
        private int secondEnd;

        DiffWriter(int capacity) {
            column = new Column(capacity);
            out = column.own;
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

        /// So many numbers, each one more than the one before it.
        void writeAscending(long first, long times) {
            if (times > 0) {
                write(first);
                more(1, times - 1);
                value = first + times - 1;
            }
        }

        private void more(long by, long times) {
            if (by == difference) {
                count += times;
            } else if (times > 0) {
                flush();
                difference = by;
                count = times;
            }
        }

        /// All that another has written, which was not finished. Only the runs at the seam are not copied: the first
        /// number is at another distance here, and then its run may go on where there it could not.
        void write(DiffWriter other) {
            long first = other.ended > 0 ? other.firstDifference : other.difference;
            long times = other.ended > 0 ? other.firstCount : other.count;
            if (times == 0) {
                return;
            }
            write(first); // the first number is the first difference: nothing was before it
            more(first, times - 1);
            if (other.ended == 1) {
                more(other.difference, other.count);
            } else if (other.ended > 1) {
                more(other.secondDifference, other.secondCount);
                flush();
                column.add(other.column, other.secondEnd, other.out.length());
                difference = other.difference;
                count = other.count;
            }
            value = other.value;
        }

        private void flush() {
            if (count == 1) {
                signed(2 * difference);
            } else if (count > 1) {
                signed(2 * difference + 1);
                out.varUint(count - 2);
            }
            if (ended < 2 && count > 0) {
                if (ended == 0) {
                    firstDifference = difference;
                    firstCount = count;
                } else {
                    secondDifference = difference;
                    secondCount = count;
                    secondEnd = out.length();
                }
                ended++;
            }
        }

        private void signed(long number) {
            out.varInt(Math.abs(number), number < 0);
        }

        Column finish() {
            flush();
            count = 0;
            return column;
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
        private final Column column;
        private final ByteWriter out;
        private int value = -1;
        private long count;
        private int firstValue;
        private long firstCount;
        /// Where the first run ends; -1 while it is the only one.
        private int firstEnd = -1;

        RleWriter(int capacity) {
            column = new Column(capacity);
            out = column.own;
        }

        void write(int next) {
            write(next, 1);
        }

        private void write(int next, long times) {
            if (next == value) {
                count += times;
            } else if (times > 0) {
                flush();
                out.uint8(next);
                value = next;
                count = times;
            }
        }

        /// All that another has written. Only the run at the seam is not copied.
        void write(RleWriter other) {
            if (other.firstEnd < 0) {
                write(other.value, other.count);
                return;
            }
            write(other.firstValue, other.firstCount);
            flush();
            column.add(other.column, other.firstEnd, other.out.length());
            value = other.value;
            count = other.count;
        }

        /// Ends a run; the last one is never ended.
        private void flush() {
            if (count == 0) {
                return;
            }
            out.varUint(count - 1);
            if (firstEnd < 0) {
                firstValue = value;
                firstCount = count;
                firstEnd = out.length();
            }
        }

        Column finish() {
            return column;
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
        private final Column column;
        private final ByteWriter all;
        private final UintWriter lengths;
        /// The first half of a pair whose other half may begin the next text, or 0.
        private char half;
        /// Does it begin with the second half of a pair?
        private boolean beginsInPair;

        StringWriter(int capacity) {
            column = new Column(capacity);
            all = column.own;
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
            beginsInPair |= all.length() == 0 && half == 0 && Character.isLowSurrogate(text[begin]);
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

        /// May it be written into another one, whatever stands before and behind it there?
        boolean isWhole() {
            return half == 0 && !beginsInPair;
        }

        /// All that another has written, which is whole and was not finished.
        void write(StringWriter other) {
            if (other.all.length() > 0) {
                endHalf();
                column.add(other.column, 0, other.all.length());
            }
            lengths.write(other.lengths);
        }

        private void endHalf() {
            if (half != 0) {
                all.utf8(new char[] {half}, 0, 1);
                half = 0;
            }
        }

        Column finish() {
            endHalf();
            Column finished = new Column(0);
            finished.own.varUint(column.length());
            finished.add(column);
            finished.add(lengths.finish());
            return finished;
        }
    }
}
