package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// The bytes of an [Any].
///
/// ```
/// any := 127                                     undefined
///      | 126                                     null
///      | 125 varInt                              number, integral and at most 2^31 - 1 in size, -0 included
///      | 124 float32                             number that a float32 holds exactly
///      | 123 float64                             any other number
///      | 122 int64                               big integer
///      | 121                                     false
///      | 120                                     true
///      | 119 varString                           string
///      | 118 varUint(n) (varString(key) any)*n   object
///      | 117 varUint(n) any*n                    array
///      | 116 byteArray                           bytes
/// ```
///
/// A number may come in any of its three forms and leaves in the first that fits. Of a key that is repeated the
/// last value counts, at the place of the first; a key `__proto__` is lost, as it is in JavaScript.
///
/// Source: lib0 0.2 `encoding.writeAny`, `decoding.readAny`. Unlike there, depth is bounded.
public final class AnyCodec {
    private static final int UNDEFINED = 127;
    private static final int NULL = 126;
    private static final int INTEGER = 125;
    private static final int FLOAT32 = 124;
    private static final int FLOAT64 = 123;
    private static final int BIG_INT = 122;
    private static final int FALSE = 121;
    private static final int TRUE = 120;
    private static final int STRING = 119;
    private static final int OBJECT = 118;
    private static final int ARRAY = 117;
    private static final int BYTES = 116;

    /// Objects with more keys than this are not looked at so closely.
    private static final int KEYS_COMPARED = 16;

    private static final int[] NO_KEYS = {};
    private static final Bytes PROTO = new ByteWriter().varString("__proto__").toBytes();

    private AnyCodec() {}

    /// Refuses what is nested deeper than [Any#MAX_DEPTH].
    public static Any read(ByteReader in) {
        return read(in, 0);
    }

    private static Any read(ByteReader in, int depth) {
        return switch (in.uint8()) {
            case UNDEFINED -> Any.UNDEFINED;
            case NULL -> Any.NULL;
            case INTEGER -> new Any.Num(in.varInt());
            case FLOAT32 -> new Any.Num(in.float32());
            case FLOAT64 -> new Any.Num(in.float64());
            case BIG_INT -> new Any.BigInt(in.int64());
            case FALSE -> Any.FALSE;
            case TRUE -> Any.TRUE;
            case STRING -> new Any.Str(in.varString());
            case OBJECT -> readObject(in, deeper(in, depth));
            case ARRAY -> readArray(in, deeper(in, depth));
            case BYTES -> new Any.Bin(in.byteArray().compact());
            default -> throw in.malformed("unknown kind of value");
        };
    }

    // Nothing is allocated for a declared count: nested containers could each declare all that remains.
    private static Any readObject(ByteReader in, int depth) {
        int count = in.count();
        Map<String, Any> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.varString();
            Any value = read(in, depth);
            if (!key.equals("__proto__")) {
                values.put(key, value);
            }
        }
        return new Any.Obj(values);
    }

    private static Any readArray(ByteReader in, int depth) {
        int count = in.count();
        List<Any> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(read(in, depth));
        }
        return new Any.Arr(values);
    }

    /// Passes one, which is examined as if it were read.
    ///
    /// @return whether its bytes are those that [#write] gives; may be false when they are, too
    static boolean skip(ByteReader in) {
        return skip(in, 0) && !in.padded();
    }

    private static boolean skip(ByteReader in, int depth) {
        return switch (in.uint8()) {
            case UNDEFINED, NULL, FALSE, TRUE -> true;
            case INTEGER -> in.signAndSize() >>> 1 <= Integer.MAX_VALUE;
            case FLOAT32 -> {
                float number = in.float32();
                yield !isInteger(number) && !Float.isNaN(number);
            }
            case FLOAT64 -> {
                long bits = in.int64();
                double number = Double.longBitsToDouble(bits);
                yield !isInteger(number) && (float) number != number && bits == Double.doubleToLongBits(number);
            }
            case BIG_INT -> {
                in.int64();
                yield true;
            }
            case STRING -> {
                in.skipString();
                yield true;
            }
            case OBJECT -> {
                int inner = deeper(in, depth);
                int count = in.count();
                int[] keys = count <= KEYS_COMPARED ? new int[2 * count] : NO_KEYS;
                boolean same = count <= KEYS_COMPARED;
                for (int i = 0; i < count; i++) {
                    int begin = in.position();
                    in.skipString();
                    if (same) {
                        keys[2 * i] = begin;
                        keys[2 * i + 1] = in.position();
                        same = staysInPlace(in, keys, i);
                    }
                    same &= skip(in, inner);
                }
                yield same;
            }
            case ARRAY -> {
                int inner = deeper(in, depth);
                int count = in.count();
                boolean same = true;
                for (int i = 0; i < count; i++) {
                    same &= skip(in, inner);
                }
                yield same;
            }
            case BYTES -> {
                in.skipByteArray();
                yield true;
            }
            default -> throw in.malformed("unknown kind of value");
        };
    }

    /// Will an object's key be written where it was read? Not when it came before, when it is lost, and perhaps not
    /// when
    /// it is a number, which stands before all others.
    private static boolean staysInPlace(ByteReader in, int[] keys, int key) {
        Bytes name = in.between(keys[2 * key], keys[2 * key + 1]);
        if (name.length() > 1 && (name.at(1) <= '9' && name.at(1) >= '0' || name.equals(PROTO))) {
            return false;
        }
        for (int i = 0; i < key; i++) {
            if (name.equals(in.between(keys[2 * i], keys[2 * i + 1]))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInteger(double number) {
        return Math.rint(number) == number && Math.abs(number) <= Integer.MAX_VALUE;
    }

    private static int deeper(ByteReader in, int depth) {
        if (depth == Any.MAX_DEPTH) {
            throw in.malformed("value nested too deep");
        }
        return depth + 1;
    }

    /// @throws IllegalArgumentException when the value is nested deeper than [Any#MAX_DEPTH]
    public static void write(ByteWriter out, Any value) {
        write(out, value, 0);
    }

    private static void write(ByteWriter out, Any value, int depth) {
        switch (value) {
            case Any.Undefined() -> out.uint8(UNDEFINED);
            case Any.Null() -> out.uint8(NULL);
            case Any.Num(double number) -> writeNumber(out, number);
            case Any.BigInt(long integer) -> out.uint8(BIG_INT).int64(integer);
            case Any.Bool(boolean bool) -> out.uint8(bool ? TRUE : FALSE);
            case Any.Str(String string) -> out.uint8(STRING).varString(string);
            case Any.Obj(Map<String, Any> values) -> {
                requireShallow(depth);
                out.uint8(OBJECT).varUint(values.size());
                values.forEach((key, element) -> {
                    out.varString(key);
                    write(out, element, depth + 1);
                });
            }
            case Any.Arr(List<Any> values) -> {
                requireShallow(depth);
                out.uint8(ARRAY).varUint(values.size());
                values.forEach(element -> write(out, element, depth + 1));
            }
            case Any.Bin(var bytes) -> out.uint8(BYTES).byteArray(bytes);
        }
    }

    private static void writeNumber(ByteWriter out, double number) {
        if (isInteger(number)) {
            out.uint8(INTEGER).varInt(number);
        } else if ((float) number == number) {
            out.uint8(FLOAT32).float32((float) number);
        } else {
            out.uint8(FLOAT64).float64(number);
        }
    }

    private static void requireShallow(int depth) {
        if (depth == Any.MAX_DEPTH) {
            throw new IllegalArgumentException("value nested deeper than " + Any.MAX_DEPTH);
        }
    }
}
