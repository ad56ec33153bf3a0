package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;

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
        private final ByteReader in;
        private long value;
        private long count;

        UintReader(Bytes column) {
            in = new ByteReader(column);
        }

        long next() {
            if (count == 0) {
                double read = in.varInt();
                count = 1;
                value = (long) Math.abs(read);
                if (Double.compare(read, 0.0) < 0) { // -0 too
                    count = in.varUint() + 2;
                }
                if (value > ByteReader.MAX_SAFE_INTEGER) {
                    throw in.malformed("a number above 2^53 - 1");
                }
            }
            count--;
            return value;
        }
    }

    static final class UintWriter {
        private final ByteWriter out = new ByteWriter(16);
        private long value;
        private long count;

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
                out.varInt(value);
            } else if (count > 1) {
                out.varInt(-(double) value).varUint(count - 2);
            }
        }

        Bytes finish() {
            flush();
            count = 0;
            return out.toBytes();
        }
    }

    static final class DiffReader {
        private final ByteReader in;
        private long value;
        private long difference;
        private long count;

        DiffReader(Bytes column) {
            in = new ByteReader(column);
        }

        /// 0 to 2^53 - 1.
        long next() {
            if (count == 0) {
                long read = (long) in.varInt();
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
        private final ByteWriter out = new ByteWriter(16);
        private long value;
        private long difference;
        private long count;

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
                out.varInt(2 * difference);
            } else if (count > 1) {
                out.varInt(2 * difference + 1).varUint(count - 2);
            }
        }

        Bytes finish() {
            flush();
            count = 0;
            return out.toBytes();
        }
    }

    static final class RleReader {
        private final ByteReader in;
        private int value;
        private long count;

        RleReader(Bytes column) {
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
        private final ByteWriter out = new ByteWriter(16);
        private int value = -1;
        private long count;

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

        Bytes finish() {
            return out.toBytes();
        }
    }

    static final class StringReader {
        private final ByteReader in;
        private final String all;
        private final UintReader lengths;
        private int next;

        StringReader(Bytes column) {
            in = new ByteReader(column);
            all = in.varString();
            lengths = new UintReader(in.bytes(in.remaining()));
        }

        String next() {
            long length = lengths.next();
            if (length > all.length() - next) {
                throw in.malformed("a text of " + length + " units where " + (all.length() - next) + " remain");
            }
            String text = all.substring(next, next + (int) length);
            next += (int) length;
            return text;
        }

        /// Units that no text has taken yet.
        int remaining() {
            return all.length() - next;
        }
    }

    static final class StringWriter {
        private final StringBuilder all = new StringBuilder();
        private final UintWriter lengths = new UintWriter();

        void write(String text) {
            all.append(text);
            lengths.write(text.length());
        }

        void write(Object text, int begin, int end) {
            TextContent.appendTo(all, text, begin, end);
            lengths.write(end - begin);
        }

        Bytes finish() {
            ByteWriter out = new ByteWriter(all.length() + 16);
            return out.varString(all).bytes(lengths.finish()).toBytes();
        }
    }
}
