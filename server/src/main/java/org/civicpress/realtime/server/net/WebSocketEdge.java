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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.civicpress.realtime.server.auth.AccessWatch;
import org.civicpress.realtime.server.auth.Admission;
import org.civicpress.realtime.server.auth.Round;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Rooms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port: takes connections, which speak HTTP and may become WebSockets. Shared.
public final class WebSocketEdge implements AccessWatch.Inside, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEdge.class);
    private static final int BACKLOG = 1024;
    private static final int MAX_LOGGED = 200;
    private static final long FOREIGN_LOG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 16 << 10;
    private static final int LOOP_SECONDS = 30;

    private final NettyLoops loops;
    private final String path;
    private final Supplier<SocketSettings> settings;
    private final Rooms rooms;
    private final Admission admission;
    private final HttpHandler handler;
    private final Executor workers;
    private final Counters counters;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicBoolean wasMissed = new AtomicBoolean();
    private final AtomicBoolean undeclaredLogged = new AtomicBoolean();
    private final AtomicLong foreignLogDueNanos = new AtomicLong(System.nanoTime());
    private final Channel port;

    /// How many rounds of asking again have begun.
    private volatile long rounds;

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

    @Override
    public boolean wasMissed() {
        return wasMissed.getAndSet(false);
    }

    /// Somebody was judged before the last round began, and was not there during it.
    void missed() {
        wasMissed.set(true);
    }

    long rounds() {
        return rounds;
    }

    /// For everybody who is connected: a session may have ended, a role changed.
    @Override
    public synchronized void askAgain(Round round) {
        rounds++;
        for (NettyLoop loop : loops.loops()) {
            List<Runnable> questions = onLoop(loop, () -> {
                List<Runnable> found = new ArrayList<>();
                for (WebSocketConnection connection : loop.webSockets()) {
                    connection.onAsked(round).ifPresent(found::add);
                }
                return found;
            });
            questions.forEach(Runnable::run);
        }
    }

    /// Ends the connections of a person, who is no longer heard when this returns.
    ///
    /// @param user in the words of [org.civicpress.realtime.server.auth.Door.Decision.Welcome#limitedAs]
    /// @param reason what the client is told, if anything
    public void revoke(String user, Optional<String> reason) {
        for (NettyLoop loop : loops.loops()) {
            onLoop(loop, () -> {
                loop.webSockets().forEach(connection -> connection.onRevoked(user, reason));
                return true;
            });
        }
    }

    private static <T> T onLoop(NettyLoop loop, Supplier<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        try {
            return done.get(LOOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a loop does not answer", e);
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

    /// Says in the log that pages are refused; not for each attempt, which anybody may make.
    void logForeign(String origin) {
        long now = System.nanoTime();
        long due = foreignLogDueNanos.get();
        if (now - due >= 0 && foreignLogDueNanos.compareAndSet(due, now + FOREIGN_LOG_PAUSE_NANOS)) {
            String plain =
                    origin.substring(0, Math.min(origin.length(), MAX_LOGGED)).replaceAll("[^!-~]", "?");
            LOG.warn("a page of {} is refused: that is not among connections.allowed_origins", plain);
        }
    }

    /// Says once in the log that a proxy seems to be there.
    void logUndeclaredProxy(InetAddress proxy) {
        if (undeclaredLogged.compareAndSet(false, true)) {
            LOG.info(
                    "{} sends X-Forwarded-For, which is not taken; if it is a proxy of yours, name it in "
                            + "connections.trusted_proxies",
                    proxy.getHostAddress());
        }
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
