package org.civicpress.realtime.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.civicpress.realtime.server.auth.Admission;
import org.civicpress.realtime.server.auth.Admission.Verdict;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Rooms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port: takes connections, which speak HTTP and may become WebSockets. Shared.
public final class WebSocketEdge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEdge.class);
    private static final int BACKLOG = 1024;
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 16 << 10;
    private static final int ASK_AGAIN_SECONDS = 20;

    private final NettyLoops loops;
    private final String path;
    private final Supplier<SocketSettings> settings;
    private final Rooms rooms;
    private final Admission admission;
    private final HttpHandler handler;
    private final Executor workers;
    private final Counters counters;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Channel port;

    /// Begins to listen.
    ///
    /// @param path what the address of a WebSocket begins with
    /// @param settings asked whenever one is used
    /// @param workers for what may take time; refuses work when there is too much
    /// @throws IOException when the address cannot be listened on
    public WebSocketEdge(
            InetSocketAddress address,
            NettyLoops loops,
            String path,
            Supplier<SocketSettings> settings,
            Rooms rooms,
            Admission admission,
            HttpHandler handler,
            Executor workers,
            Counters counters)
            throws IOException {
        this.loops = loops;
        this.path = path;
        this.settings = settings;
        this.rooms = rooms;
        this.admission = admission;
        this.handler = handler;
        this.workers = workers;
        this.counters = counters;
        port = listen(address);
        loops.loops()
                .getFirst()
                .netty()
                .scheduleWithFixedDelay(this::askAgain, ASK_AGAIN_SECONDS, ASK_AGAIN_SECONDS, TimeUnit.SECONDS);
    }

    private Channel listen(InetSocketAddress address) throws IOException {
        var bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 1024, 64 << 10))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(MAX_LINE)
                                        .setMaxHeaderSize(MAX_HEADERS)))
                                .addLast(new HttpConnection(WebSocketEdge.this, loops.of(channel.eventLoop())));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bound.cause() instanceof IOException io ? io : new IOException(bound.cause());
        }
        return bound.channel();
    }

    /// Asks for everybody who is connected whether they still may be: a session may have ended, a role
    /// changed.
    public void askAgain() {
        if (!asking.compareAndSet(false, true)) {
            return; // the last round is not over
        }
        List<Runnable> questions = new ArrayList<>();
        gather(0, questions);
    }

    /// Goes from loop to loop, then has the questions asked.
    private void gather(int loop, List<Runnable> questions) {
        if (loop < loops.loops().size()) {
            NettyLoop here = loops.loops().get(loop);
            here.execute(() -> {
                for (WebSocketConnection connection : here.webSockets()) {
                    Verdict.Admitted in = connection.onAsked();
                    if (in != null) {
                        questions.add(() -> connection.askAgain(in));
                    }
                }
                gather(loop + 1, questions);
            });
            return;
        }
        try {
            workers.execute(() -> ask(questions));
        } catch (RejectedExecutionException e) {
            asking.set(false); // in the next round, then
        }
    }

    private void ask(List<Runnable> questions) {
        try {
            questions.forEach(Runnable::run);
        } catch (RuntimeException e) {
            LOG.warn("could not ask whether sessions are still valid", e);
        } finally {
            asking.set(false);
        }
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) port.localAddress();
    }

    /// Connections of all kinds.
    public int connections() {
        return connections.size();
    }

    /// Takes no more connections. Those that there are go on.
    public void stopListening() {
        port.close().awaitUninterruptibly();
    }

    /// Waits a little for the connections to end by themselves, then ends them.
    @Override
    public void close() {
        stopListening();
        connections.newCloseFuture().awaitUninterruptibly(1, TimeUnit.SECONDS);
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    String path() {
        return path;
    }

    SocketSettings settings() {
        return settings.get();
    }

    Rooms rooms() {
        return rooms;
    }

    Admission admission() {
        return admission;
    }

    HttpHandler handler() {
        return handler;
    }

    Executor workers() {
        return workers;
    }

    Counters counters() {
        return counters;
    }
}
