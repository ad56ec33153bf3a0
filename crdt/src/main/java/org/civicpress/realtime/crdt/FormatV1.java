package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// Encoding V1: the fields of [UpdateReader]'s grammar one after the other.
///
/// ```
/// number, client, clock, length, typeRef := varUint        info := uint8
/// string, text, key := varString                           json := varString, JSON text
/// parentIsRoot := varUint(1) | varUint(0)                  bytes := byteArray
/// deletion := varUint(clock) varUint(length)
/// ```
///
/// Source: yjs 13.6 `UpdateEncoder.js`, `UpdateDecoder.js`.
final class FormatV1 {
    private FormatV1() {}

    static final class Input extends UpdateInput {
        private final ByteReader in;

        Input(ByteReader in) {
            super(in.remaining()); // a struct has a byte at least
            this.in = in;
        }

        @Override
        long number() {
            return in.varUint();
        }

        @Override
        long client() {
            return in.varUint();
        }

        @Override
        int info() {
            return in.uint8();
        }

        @Override
        long leftClient() {
            return in.varUint();
        }

        @Override
        long leftClock() {
            return in.varUint();
        }

        @Override
        long rightClient() {
            return in.varUint();
        }

        @Override
        long rightClock() {
            return in.varUint();
        }

        @Override
        boolean parentIsRoot() {
            return in.varUint() == 1;
        }

        @Override
        String string() {
            return in.varString();
        }

        @Override
        Object text() {
            return TextContent.read(in);
        }

        @Override
        String key() {
            return in.varString();
        }

        @Override
        int typeRef() {
            return in.tag();
        }

        @Override
        long length() {
            return in.varUint();
        }

        @Override
        int valueCount() {
            return in.count();
        }

        @Override
        Any any() {
            return AnyCodec.read(in);
        }

        @Override
        Object values(int count) {
            return ValuesContent.read(in, count);
        }

        @Override
        Any json() {
            String text = in.varString();
            try {
                return Json.parse(text);
            } catch (MalformedBytesException e) {
                throw in.malformed("a value that is not JSON");
            }
        }

        @Override
        Bytes bytes() {
            return in.byteArray().compact();
        }

        @Override
        void beginDeletions() {
            // every range stands by itself
        }

        @Override
        long deletionClock() {
            return in.varUint();
        }

        @Override
        long deletionLength() {
            return in.varUint();
        }

        @Override
        int remaining() {
            return in.remaining();
        }

        @Override
        MalformedBytesException malformed(String what) {
            return in.malformed(what);
        }
    }

    static final class Output extends UpdateOutput {
        private final ByteWriter out;

        Output(int sizeHint) {
            this(new ByteWriter(sizeHint));
        }

        Output(ByteWriter out) {
            this.out = out;
        }

        @Override
        void number(long value) {
            out.varUint(value);
        }

        @Override
        void client(long client) {
            out.varUint(client);
        }

        @Override
        void info(int info) {
            out.uint8(info);
        }

        @Override
        boolean isWhole() {
            return true;
        }

        @Override
        int sizeInOthers() {
            return out.length();
        }

        @Override
        void structs(UpdateOutput written) {
            out.bytes(((Output) written).out);
        }

        @Override
        void place(
                int info, @Nullable ClientStructs left, int leftClock, @Nullable ClientStructs right, int rightClock) {
            out.uint8(info);
            if (left != null) {
                out.packed(left.packedId, left.packedSize).varUint(leftClock);
            }
            if (right != null) {
                out.packed(right.packedId, right.packedSize).varUint(rightClock);
            }
        }

        @Override
        void left(long client, long clock) {
            out.varUint(client).varUint(clock);
        }

        @Override
        void right(long client, long clock) {
            out.varUint(client).varUint(clock);
        }

        @Override
        void parentIsRoot(boolean root) {
            out.varUint(root ? 1 : 0);
        }

        @Override
        void string(String text) {
            out.varString(text);
        }

        @Override
        void text(Object text, int begin, int end) {
            TextContent.write(out, text, begin, end);
        }

        @Override
        void key(String key) {
            out.varString(key);
        }

        @Override
        void typeRef(int ref) {
            out.varUint(ref);
        }

        @Override
        void length(long length) {
            out.varUint(length);
        }

        @Override
        void any(Any value) {
            AnyCodec.write(out, value);
        }

        @Override
        void values(Object content, int begin, int length) {
            ValuesContent.write(out, content, begin, length);
        }

        @Override
        void json(Any value) {
            out.varString(Json.stringify(value));
        }

        @Override
        void bytes(Bytes bytes) {
            out.byteArray(bytes);
        }

        @Override
        void beginDeletions() {
            // every range stands by itself
        }

        @Override
        void deletion(long clock, long length) {
            out.varUint(clock).varUint(length);
        }

        @Override
        boolean goesBack() {
            return true;
        }

        @Override
        Bytes bareBytes() {
            return out.toBytes();
        }

        @Override
        int bareLength() {
            return out.length();
        }

        @Override
        void bareBytes(ByteReader in, int begin, int end) {
            out.bytes(in, begin, end);
        }

        @Override
        Bytes toBytes() {
            return out.takeBytes();
        }

        @Override
        Bytes toBytes(int[] blockAt, long[] blockSize, int blocks) {
            return withCounts(out, blockAt, blockSize, blocks).toBytes();
        }
    }
}
