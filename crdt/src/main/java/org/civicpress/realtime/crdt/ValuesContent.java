package org.civicpress.realtime.crdt;

import java.util.Arrays;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// The values of one item, kept small until somebody looks at them: a `byte[]` as they stand one after the other in
/// an update ([AnyCodec]), or an `Any[]`, which may be longer than the item has values, so that pushing one by one
/// does not copy them each time. Static functions over that.
final class ValuesContent {
    private ValuesContent() {}

    /// Values that are written otherwise than they came are taken apart at once.
    static Object read(ByteReader in, int count) {
        int begin = in.position();
        boolean asWritten = true;
        for (int i = 0; i < count; i++) {
            asWritten &= AnyCodec.skip(in);
        }
        Bytes encoded = in.between(begin, in.position());
        return asWritten ? encoded.toArray() : read(encoded, count);
    }

    private static Any[] read(Bytes encoded, int count) {
        ByteReader in = new ByteReader(encoded);
        Any[] values = new Any[count];
        for (int i = 0; i < count; i++) {
            values[i] = AnyCodec.read(in);
        }
        return values;
    }

    /// To look at each.
    static Any[] values(Object content, int length) {
        return content instanceof byte[] encoded ? read(Bytes.wrap(encoded), length) : (Any[]) content;
    }

    /// From value `begin` on to the end of the item, which has `length`.
    static void write(ByteWriter out, Object content, int begin, int length) {
        if (content instanceof byte[] encoded) {
            int from = begin == 0 ? 0 : offset(encoded, begin);
            out.bytes(encoded, from, encoded.length - from);
        } else {
            Any[] values = (Any[]) content;
            for (int i = begin; i < length; i++) {
                AnyCodec.write(out, values[i]);
            }
        }
    }

    /// Where a value begins.
    private static int offset(byte[] encoded, int value) {
        ByteReader in = new ByteReader(Bytes.wrap(encoded));
        for (int i = 0; i < value; i++) {
            AnyCodec.skip(in);
        }
        return in.position();
    }

    static Object left(Object content, int cut) {
        return content instanceof byte[] encoded
                ? Arrays.copyOf(encoded, offset(encoded, cut))
                : Arrays.copyOf((Any[]) content, cut);
    }

    static Object right(Object content, int cut, int length) {
        return content instanceof byte[] encoded
                ? Arrays.copyOfRange(encoded, offset(encoded, cut), encoded.length)
                : Arrays.copyOfRange((Any[]) content, cut, length);
    }

    /// Several contents, all of them encoded, as one; null when it is better to take them apart: when one is an
    /// array already, or when the first would be copied for little that joins it.
    static byte @Nullable [] join(Object first, List<Object> others) {
        if (!(first instanceof byte[] begin)) {
            return null;
        }
        int more = 0;
        for (Object other : others) {
            if (!(other instanceof byte[] encoded)) {
                return null;
            }
            more += encoded.length;
        }
        if (begin.length > more) {
            return null;
        }
        byte[] joined = Arrays.copyOf(begin, begin.length + more);
        int at = begin.length;
        for (Object other : others) {
            byte[] encoded = (byte[]) other;
            System.arraycopy(encoded, 0, joined, at, encoded.length);
            at += encoded.length;
        }
        return joined;
    }

    /// The first `length` values, with room for `needed`.
    static Any[] reserve(Object content, int length, int needed) {
        Any[] values = values(content, length);
        return values.length >= needed
                ? values
                : Arrays.copyOf(values, Math.max(needed, Math.min(length + (length >> 2) + 8, Integer.MAX_VALUE - 16)));
    }
}
