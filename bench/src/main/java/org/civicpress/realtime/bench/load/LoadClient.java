package org.civicpress.realtime.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One socket of one person, speaking y-websocket with as little work as possible, so that the server is what is
/// measured: frames are read in place, of an update only the clocks are looked at, and frames go out under the
/// mask 0. Confined to its channel's loop.
final class LoadClient extends ByteToMessageDecoder {
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int SYNC = 0;
    private static final int STEP_1 = 0;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final LoadRoom room;
    private final int seat;
    private final String request;
    private boolean upgraded;

    LoadClient(LoadRoom room, int seat, String path, String token) {
        this.room = room;
        this.seat = seat;
        this.request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + "Authorization: Bearer " + token + "\r\n\r\n";
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(request.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!upgraded && !readResponse(ctx, in)) {
            return;
        }
        while (readFrame(ctx, in)) {
            // one after the other
        }
    }

    private boolean readResponse(ChannelHandlerContext ctx, ByteBuf in) {
        int end = in.toString(StandardCharsets.US_ASCII).indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = in.readCharSequence(end + END_OF_HEAD.length, StandardCharsets.US_ASCII)
                .toString();
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new IllegalStateException(
                    "no upgrade: " + head.lines().findFirst().orElse(""));
        }
        upgraded = true;
        room.onOpen(seat, ctx.channel());
        return true;
    }

    /// False when the frame is not whole yet. Servers do not mask.
    private boolean readFrame(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable < 2) {
            return false;
        }
        int opcode = in.getByte(start) & 0x0f;
        long length = in.getByte(start + 1) & 0x7f;
        int head = 2;
        if (length == 126) {
            head = 4;
            if (readable < head) {
                return false;
            }
            length = in.getUnsignedShort(start + 2);
        } else if (length == 127) {
            head = 10;
            if (readable < head) {
                return false;
            }
            length = in.getLong(start + 2);
        }
        if (readable < head + length) {
            return false;
        }
        int begin = start + head;
        int end = begin + (int) length;
        switch (opcode) {
            case BINARY -> onMessage(in, begin, end);
            case PING -> ctx.writeAndFlush(frame(ctx, PONG, in.slice(begin, (int) length)));
            case CLOSE ->
                throw new IllegalStateException("the server closed: "
                        + (length < 2 ? "" : in.getUnsignedShort(begin) + " ")
                        + in.toString(begin + 2, Math.max(0, (int) length - 2), StandardCharsets.UTF_8));
            default -> {
                // text and continuation are not sent in these rooms
            }
        }
        in.readerIndex(end);
        return true;
    }

    private void onMessage(ByteBuf in, int begin, int end) {
        if (in.getByte(begin) != SYNC) {
            return; // presence
        }
        if (in.getByte(begin + 1) == STEP_1) {
            room.onStep1(seat);
            return;
        }
        new ClockReader(in, begin + 2, end).read((client, clock) -> room.onSeen(seat, client, clock));
    }

    static ByteBuf frame(ChannelHandlerContext ctx, int opcode, ByteBuf payload) {
        int length = payload.readableBytes();
        ByteBuf frame = ctx.alloc().buffer(length + 14);
        header(frame, opcode, length);
        return frame.writeBytes(payload);
    }

    /// A binary frame's head, masked with zeros: what follows goes out as it is.
    static void binaryHead(ByteBuf out, int length) {
        header(out, BINARY, length);
    }

    private static void header(ByteBuf out, int opcode, int length) {
        out.writeByte(FIN | opcode);
        if (length < 126) {
            out.writeByte(MASKED | length);
        } else if (length < 1 << 16) {
            out.writeByte(MASKED | 126).writeShort(length);
        } else {
            out.writeByte(MASKED | 127).writeLong(length);
        }
        out.writeInt(0);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        room.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        room.onClosed(seat);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        room.onTrouble(cause);
        ctx.close();
    }
}
