package org.civicpress.realtime.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.server.room.Outbox;

/// The way to one client over its socket. A frame for many is encoded once a tick ([NettyLoop#encoded]) and
/// shared; the socket is written to when the tick ends.
///
/// What waits for a slow reader is bounded by [#MAX_WAITING] and one large frame: a whole document may be
/// larger, and must get through.
///
/// Confined to its loop.
final class WebSocketOutbox implements Outbox {
    static final int MAX_WAITING = 4 << 20;

    /// How often a client is heard that is slowed down.
    private static final int SLOW_READ_MILLIS = 250;

    /// Presence is left out when more than this waits.
    private static final int MAX_BEFORE_PRESENCE = 64 << 10;

    private final NettyLoop loop;
    private final ChannelHandlerContext ctx;
    private final Runnable whenClosed;
    private long largestWaiting;
    private long closedAtMillis;
    private boolean closed;
    private boolean flushing;
    private boolean isSlow;

    /// @param whenClosed run before the client is told that it is closed
    WebSocketOutbox(NettyLoop loop, ChannelHandlerContext ctx, Runnable whenClosed) {
        this.loop = loop;
        this.ctx = ctx;
        this.whenClosed = whenClosed;
    }

    @Override
    public boolean offer(Bytes frame) {
        if (isOver()) {
            return true;
        }
        if (waiting() - largestWaiting > MAX_WAITING) {
            return false;
        }
        write(frame);
        return true;
    }

    @Override
    public boolean offerPresence(Bytes frame) {
        if (isOver()) {
            return true;
        }
        if (waiting() > MAX_BEFORE_PRESENCE) {
            return false;
        }
        write(frame);
        return true;
    }

    private void write(Bytes frame) {
        ByteBuf encoded = loop.encoded(frame);
        if (encoded == null) {
            encoded = loop.remember(frame, WebSocketFrames.binary(ctx.alloc(), frame));
        }
        largestWaiting = Math.max(largestWaiting, encoded.readableBytes());
        ctx.write(encoded, ctx.voidPromise());
    }

    /// Bytes that the socket has not taken yet.
    private long waiting() {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        long waiting = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        if (waiting == 0) {
            largestWaiting = 0;
        }
        return waiting;
    }

    private boolean isOver() {
        return closed || !ctx.channel().isActive();
    }

    @Override
    public boolean text(String json) {
        if (isOver()) {
            return true;
        }
        if (waiting() - largestWaiting > MAX_WAITING) {
            return false;
        }
        ctx.write(WebSocketFrames.text(ctx.alloc(), json), ctx.voidPromise());
        return true;
    }

    void pong(byte[] payload) {
        if (!isOver() && waiting() <= MAX_BEFORE_PRESENCE) {
            ctx.write(WebSocketFrames.pong(ctx.alloc(), payload), ctx.voidPromise());
            flushAtEndOfTick();
        }
    }

    void ping() {
        if (!isOver()) {
            ctx.write(WebSocketFrames.ping(ctx.alloc()), ctx.voidPromise());
            flushAtEndOfTick();
        }
    }

    @Override
    public void flush() {
        ctx.flush();
    }

    @Override
    public void slow(boolean isSlow) {
        if (this.isSlow == isSlow || isOver()) {
            return;
        }
        this.isSlow = isSlow;
        ctx.channel().config().setAutoRead(!isSlow);
        if (isSlow) {
            loop.schedule(SLOW_READ_MILLIS, this::readNow);
        }
    }

    boolean isSlow() {
        return isSlow;
    }

    private void readNow() {
        if (isSlow && !isOver()) {
            ctx.read();
            loop.schedule(SLOW_READ_MILLIS, this::readNow);
        }
    }

    void flushAtEndOfTick() {
        if (!flushing) {
            flushing = true;
            loop.atEndOfTick(() -> {
                flushing = false;
                ctx.flush();
            });
        }
    }

    /// The connection itself stays until the client has answered, so that it surely learns why; or until
    /// somebody loses patience.
    @Override
    public void close(CloseCode code) {
        if (!isOver()) {
            slow(false); // its answer is to be heard
            closed = true;
            closedAtMillis = loop.nowMillis();
            whenClosed.run();
            ctx.writeAndFlush(WebSocketFrames.close(ctx.alloc(), code), ctx.voidPromise());
        }
    }

    /// Answers the client's own close.
    void closeInReply(CloseCode code) {
        if (!isOver()) {
            closed = true;
            closedAtMillis = loop.nowMillis();
            whenClosed.run();
            ctx.writeAndFlush(WebSocketFrames.close(ctx.alloc(), code)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Ends the connection as it is.
    void abort() {
        ctx.close();
    }

    boolean isClosed() {
        return closed;
    }

    long closedAtMillis() {
        return closedAtMillis;
    }
}
