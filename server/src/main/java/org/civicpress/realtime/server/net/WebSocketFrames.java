package org.civicpress.realtime.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.jspecify.annotations.Nullable;

/// The wire form of WebSocket (RFC 6455), as a server reads and writes it: clients mask what they send,
/// servers do not; no extensions.
///
/// ```
/// message := frame(opcode, fin=0) frame(CONTINUATION, fin=0)* frame(CONTINUATION, fin=1) | frame(opcode, fin=1)
/// frame   := byte(fin << 7 | opcode) byte(masked << 7 | length) length? mask? payload
/// length  := 0…125 | 126 uint16 | 127 uint64
/// close   := nothing | uint16(code) utf8(reason)
/// ```
///
/// Control frames (close, ping, pong) are at most 125 bytes, never in parts, and may come between the parts
/// of a message. A length is compared with what is allowed before anything is kept, and memory is taken as
/// bytes arrive, not as they are announced.
///
/// An instance reads one connection and is confined to it.
final class WebSocketFrames {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OPCODE = 0x0f;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final int MAX_SMALL = 125;
    private static final int MASK_BYTES = 4;

    /// Memory for a message that has not come whole is taken in steps from this size on.
    private static final int FIRST_PART = 64 << 10;

    private static final byte[] NOTHING = {};
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /// What a client sent, whole.
    sealed interface Received {
        record Binary(Bytes message) implements Received {}

        record Text(String message) implements Received {}

        record Ping(byte[] payload) implements Received {}

        record Pong() implements Received {}

        /// @param code to be sent back
        record Close(CloseCode code) implements Received {}
    }

    /// A frame that WebSocket does not allow.
    static final class ViolationException extends RuntimeException {
        private final transient CloseCode code;

        ViolationException(int code, String what) {
            super(what, null, false, false);
            this.code = new CloseCode(code, "");
        }

        CloseCode code() {
            return code;
        }
    }

    private final IntSupplier maxMessage;

    /// Of the frame being read; 0 left when it is at its end.
    private boolean inFrame;

    private boolean fin;
    private int opcode;
    private int left;
    private int mask;

    /// Of the message being put together; opcode 0 when there is none.
    private int messageOpcode;

    private byte[] message = NOTHING;
    private int messageLength;

    /// Of the control frame being read.
    private byte[] control = NOTHING;

    private int controlLength;

    /// @param maxMessage of how many bytes a message may be, asked for each frame
    WebSocketFrames(IntSupplier maxMessage) {
        this.maxMessage = maxMessage;
    }

    /// Reads on. What is left in the buffer afterwards is the beginning of a frame's head.
    ///
    /// @return null when nothing is whole yet
    /// @throws ViolationException after which nothing more can be read
    @Nullable
    Received read(ByteBuf in) {
        while (inFrame || readHead(in)) {
            readPayload(in);
            if (left > 0) {
                return null;
            }
            inFrame = false;
            if (opcode >= CLOSE) {
                byte[] payload = control;
                control = NOTHING;
                return readControl(payload);
            }
            if (fin) {
                return readMessage();
            }
        }
        return null;
    }

    private boolean readHead(ByteBuf in) {
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int start = in.readerIndex();
        int first = in.getUnsignedByte(start);
        int second = in.getUnsignedByte(start + 1);
        require((first & RESERVED) == 0, "a reserved bit");
        require((second & MASKED) != 0, "a frame without a mask");
        int newOpcode = first & OPCODE;
        boolean newFin = (first & FIN) != 0;
        long length = second & LENGTH;
        int head = 2 + (length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0) + MASK_BYTES;
        if (newOpcode >= CLOSE) {
            require(newOpcode <= PONG, "an unknown opcode");
            require(newFin && length <= MAX_SMALL, "a control frame that is long or in parts");
        } else {
            require(newOpcode <= BINARY, "an unknown opcode");
            require((newOpcode == CONTINUATION) == (messageOpcode != 0), "a part of a message out of place");
        }
        if (available < head) {
            return false;
        }
        if (length == LENGTH_16) {
            length = in.getUnsignedShort(start + 2);
        } else if (length == LENGTH_64) {
            length = in.getLong(start + 2);
        }
        if (newOpcode < CLOSE && (length < 0 || length > maxMessage.getAsInt() - messageLength)) {
            throw new ViolationException(
                    CloseCode.TOO_BIG.code(), "a message of more than " + maxMessage.getAsInt() + " bytes");
        }
        mask = in.getInt(start + head - MASK_BYTES);
        in.skipBytes(head);
        inFrame = true;
        fin = newFin;
        opcode = newOpcode;
        left = (int) length;
        if (newOpcode >= CLOSE) {
            control = new byte[left];
            controlLength = 0;
        } else if (newOpcode != CONTINUATION) {
            messageOpcode = newOpcode;
        }
        return true;
    }

    private void readPayload(ByteBuf in) {
        int count = Math.min(left, in.readableBytes());
        if (opcode >= CLOSE) {
            in.readBytes(control, controlLength, count);
            unmask(control, controlLength, count);
            controlLength += count;
        } else {
            makeRoom(count);
            in.readBytes(message, messageLength, count);
            unmask(message, messageLength, count);
            messageLength += count;
        }
        left -= count;
    }

    /// A message that comes whole gets an array of its size; another one an array that grows with what has
    /// come.
    private void makeRoom(int count) {
        int needed = messageLength + count;
        if (needed > message.length) {
            int expected = messageLength + left;
            int step = Math.max(FIRST_PART, 2 * message.length);
            message = Arrays.copyOf(message, Math.max(needed, Math.min(expected, step)));
        }
    }

    /// Leaves the mask turned to where the next byte finds it.
    private void unmask(byte[] bytes, int begin, int count) {
        int end = begin + count;
        long wide = (long) mask << 32 | mask & 0xffff_ffffL;
        int i = begin;
        for (; i + 8 <= end; i += 8) {
            LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
        }
        for (; i < end; i++) {
            bytes[i] ^= (byte) (mask >>> 24);
            mask = Integer.rotateLeft(mask, 8);
        }
    }

    private Received readMessage() {
        Bytes bytes = Bytes.wrap(message, 0, messageLength).compact();
        boolean text = messageOpcode == TEXT;
        message = NOTHING;
        messageLength = 0;
        messageOpcode = 0;
        return text ? new Received.Text(utf8(bytes.asByteBuffer())) : new Received.Binary(bytes);
    }

    private Received readControl(byte[] payload) {
        return switch (opcode) {
            case PING -> new Received.Ping(payload);
            case PONG -> new Received.Pong();
            default -> readClose(payload);
        };
    }

    private static Received readClose(byte[] payload) {
        if (payload.length == 0) {
            return new Received.Close(CloseCode.NONE);
        }
        require(payload.length >= 2, "a close code of one byte");
        int code = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        boolean known = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
        require(known || (code >= 3000 && code <= 4999), "a close code that may not be sent");
        utf8(ByteBuffer.wrap(payload, 2, payload.length - 2));
        return new Received.Close(new CloseCode(code, ""));
    }

    private static String utf8(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ViolationException(1007, "a text that is not UTF-8");
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ViolationException(1002, otherwise);
        }
    }

    static ByteBuf binary(ByteBufAllocator allocator, Bytes message) {
        ByteBuf out = head(allocator, BINARY, message.length());
        return out.writeBytes(message.toArray()); // Netty would copy a read-only buffer twice
    }

    static ByteBuf text(ByteBufAllocator allocator, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return head(allocator, TEXT, bytes.length).writeBytes(bytes);
    }

    static ByteBuf ping(ByteBufAllocator allocator) {
        return head(allocator, PING, 0);
    }

    static ByteBuf pong(ByteBufAllocator allocator, byte[] payload) {
        return head(allocator, PONG, payload.length).writeBytes(payload);
    }

    static ByteBuf close(ByteBufAllocator allocator, CloseCode code) {
        if (code.code() == CloseCode.NONE.code()) {
            return head(allocator, CLOSE, 0);
        }
        byte[] reason = code.reason().getBytes(StandardCharsets.UTF_8);
        return head(allocator, CLOSE, 2 + reason.length).writeShort(code.code()).writeBytes(reason);
    }

    private static ByteBuf head(ByteBufAllocator allocator, int opcode, int length) {
        ByteBuf out = allocator.directBuffer(length + 10);
        out.writeByte(FIN | opcode);
        if (length <= MAX_SMALL) {
            out.writeByte(length);
        } else if (length <= 0xffff) {
            out.writeByte(LENGTH_16).writeShort(length);
        } else {
            out.writeByte(LENGTH_64).writeLong(length);
        }
        return out;
    }
}
