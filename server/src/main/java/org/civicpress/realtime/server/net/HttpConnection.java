package org.civicpress.realtime.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.auth.Knock;
import org.civicpress.realtime.server.auth.RoomAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection that speaks HTTP, until it becomes a WebSocket. One request is answered at a time; those that
/// a client sends ahead wait, and nothing more is read meanwhile. Confined to its loop.
final class HttpConnection extends ChannelInboundHandlerAdapter implements NettyLoop.Swept {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final int MAX_BODY = 64 << 10;

    /// The time to send a request, the first one included.
    private static final int REQUEST_DEADLINE_MILLIS = 10_000;

    private static final int IDLE_MILLIS = 75_000;

    private final WebSocketEdge edge;
    private final NettyLoop loop;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRequest head;
    private @Nullable ByteBuf body;
    private long sinceMillis;
    private boolean hadRequest;
    private boolean answering;
    private boolean refused;

    /// A request that has come whole.
    ///
    /// @param isForeign it comes from a page whose origin is not allowed
    private record Pending(HttpCall call, boolean keepAlive, boolean isForeign) {}

    HttpConnection(WebSocketEdge edge, NettyLoop loop) {
        this.edge = edge;
        this.loop = loop;
        sinceMillis = loop.aboutNowMillis();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.remove(this);
        dropBody();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (refused) {
                return;
            }
            if (message instanceof HttpRequest request) {
                onHead(ctx, request);
            }
            if (message instanceof HttpContent content) {
                onContent(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(ChannelHandlerContext ctx, HttpRequest request) {
        sinceMillis = loop.aboutNowMillis();
        head = null;
        if (request.decoderResult().isFailure()) {
            refuse(ctx, badRequest(request.decoderResult().cause()));
        } else if (Handshake.isWanted(request)) {
            onUpgrade(ctx, request);
        } else if (HttpUtil.getContentLength(request, 0L) > MAX_BODY) {
            refuse(ctx, HttpAnswer.text(413, "Too large"));
        } else {
            head = request;
            if (HttpUtil.is100ContinueExpected(request)) {
                ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
    }

    private static HttpAnswer badRequest(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpAnswer.text(414, "URI too long");
        }
        return cause instanceof TooLongFrameException
                ? HttpAnswer.text(431, "Header fields too large")
                : HttpAnswer.text(400, "Bad request");
    }

    private void onContent(ChannelHandlerContext ctx, HttpContent content) {
        HttpRequest request = head;
        if (request == null) {
            return; // of a request that was refused or upgraded
        }
        if (content.decoderResult().isFailure()) {
            refuse(ctx, HttpAnswer.text(400, "Bad request"));
            return;
        }
        ByteBuf part = content.content();
        if (part.isReadable()) {
            if (body == null) {
                body = ctx.alloc().heapBuffer(part.readableBytes());
            }
            if (body.readableBytes() + part.readableBytes() > MAX_BODY) {
                refuse(ctx, HttpAnswer.text(413, "Too large"));
                return;
            }
            body.writeBytes(part);
        }
        if (content instanceof LastHttpContent) {
            head = null;
            waiting.add(new Pending(call(request), HttpUtil.isKeepAlive(request), isForeign(request)));
            dropBody();
            next(ctx);
        }
    }

    private HttpCall call(HttpRequest request) {
        String target = request.uri();
        int query = target.indexOf('?');
        return new HttpCall(
                request.method().name(),
                query < 0 ? target : target.substring(0, query),
                Optional.ofNullable(request.headers().get(HttpHeaderNames.AUTHORIZATION)),
                Optional.ofNullable(request.headers().get(HttpHeaderNames.CONTENT_TYPE)),
                Optional.ofNullable(request.headers().get(HttpHeaderNames.HOST)),
                body == null ? Bytes.EMPTY : Bytes.wrap(ByteBufUtil.getBytes(body)));
    }

    private void dropBody() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    private void next(ChannelHandlerContext ctx) {
        Pending pending = waiting.peek();
        if (answering || pending == null) {
            return;
        }
        waiting.remove();
        answering = true;
        hadRequest = true;
        ctx.channel().config().setAutoRead(false);
        String path = pending.call().path();
        if (path.startsWith(edge.path()) && path.startsWith(RoomAddress.ROOT)) {
            answer(ctx, HttpAnswer.text(426, "Upgrade Required").with("upgrade", "websocket"), pending.keepAlive());
            return;
        }
        if (pending.isForeign() && !isReading(pending.call())) {
            answer(ctx, HttpAnswer.text(403, "Origin not allowed"), pending.keepAlive());
            return;
        }
        try {
            edge.workers().execute(() -> {
                HttpAnswer answer = handle(pending.call());
                loop.execute(() -> answer(ctx, answer, pending.keepAlive()));
            });
        } catch (RejectedExecutionException e) {
            answer(ctx, HttpAnswer.text(503, "Busy"), false);
        }
    }

    private static boolean isReading(HttpCall call) {
        return call.method().equals("GET") || call.method().equals("HEAD");
    }

    private boolean isForeign(HttpRequest request) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (edge.settings().origins().allows(origin, request.headers().get(HttpHeaderNames.HOST))) {
            return false;
        }
        edge.logForeign(String.valueOf(origin));
        return true;
    }

    private HttpAnswer handle(HttpCall call) {
        try {
            return edge.handler().handle(call);
        } catch (RuntimeException e) {
            LOG.error("{} failed", call, e);
            return HttpAnswer.text(500, "Internal error");
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpAnswer answer, boolean keepAlive) {
        answering = false;
        sinceMillis = loop.aboutNowMillis();
        ChannelFuture sent = send(ctx, answer, keepAlive);
        if (!keepAlive) {
            sent.addListener(ChannelFutureListener.CLOSE);
        } else if (ctx.channel().isActive()) {
            ctx.channel().config().setAutoRead(true);
            next(ctx);
        }
    }

    /// Answers what cannot be a request, after which nothing more can be understood. What still comes is
    /// taken and thrown away for a while: hanging up on somebody who is still sending would destroy the
    /// answer on its way.
    private void refuse(ChannelHandlerContext ctx, HttpAnswer answer) {
        refused = true;
        head = null;
        waiting.clear();
        dropBody();
        send(ctx, answer, false).addListener(written -> {
            if (written.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            }
        });
    }

    private static ChannelFuture send(ChannelHandlerContext ctx, HttpAnswer answer, boolean keepAlive) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body().asByteBuffer()));
        answer.headers().forEach((name, value) -> response.headers().set(name, value));
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length());
        HttpUtil.setKeepAlive(response, keepAlive);
        return ctx.writeAndFlush(response);
    }

    private void onUpgrade(ChannelHandlerContext ctx, HttpRequest request) {
        if (!request.uri().startsWith(edge.path())) {
            refuse(ctx, HttpAnswer.text(401, "Unauthorized"));
        } else if (!Handshake.isSupportedVersion(request)) {
            refuse(ctx, HttpAnswer.text(426, "Upgrade Required").with("sec-websocket-version", "13"));
        } else if (answering || !waiting.isEmpty() || !Handshake.isWellFormed(request)) {
            refuse(ctx, HttpAnswer.text(400, "Bad request"));
        } else {
            upgrade(ctx, request);
        }
    }

    private void upgrade(ChannelHandlerContext ctx, HttpRequest request) {
        Channel channel = ctx.channel();
        channel.config().setAutoRead(false);
        Knock knock = Knock.of(
                request.uri(),
                request.headers().get(HttpHeaderNames.AUTHORIZATION),
                Handshake.subprotocols(request),
                peer(channel, request.headers().getAll("x-forwarded-for")));
        boolean isForeign = isForeign(request);
        ctx.writeAndFlush(Handshake.accept(request)).addListener(written -> {
            if (!written.isSuccess()) {
                channel.close();
            }
        });
        var pipeline = channel.pipeline();
        pipeline.addLast(new WebSocketConnection(edge, knock, isForeign, loop));
        pipeline.remove(this);
        pipeline.remove(HttpServerCodec.class); // hands on what was read beyond the request
    }

    /// The address at the other end, or, of a proxy that is trusted, the one for which it speaks.
    private String peer(Channel channel, List<String> forwardedFor) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress address) || address.getAddress() == null) {
            return "unknown";
        }
        TrustedProxies proxies = edge.settings().proxies();
        if (!forwardedFor.isEmpty() && !proxies.trusts(address.getAddress())) {
            edge.logUndeclaredProxy(address.getAddress());
        }
        return proxies.client(address.getAddress(), forwardedFor).getHostAddress();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("an HTTP connection failed", cause);
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.remove(this);
        dropBody();
        ctx.fireChannelInactive();
    }

    @Override
    public void onSweep(long nowMillis) {
        ChannelHandlerContext ctx = context;
        if (ctx == null || answering) {
            return;
        }
        boolean between = hadRequest && head == null && !refused;
        if (nowMillis - sinceMillis > (between ? IDLE_MILLIS : REQUEST_DEADLINE_MILLIS)) {
            ctx.close();
        }
    }
}
