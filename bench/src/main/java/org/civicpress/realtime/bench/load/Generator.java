package org.civicpress.realtime.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// All people of one measurement, on one loop. Shared: its methods wait for the loop; what begins with `on` runs
/// on it.
final class Generator implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, (IoHandlerFactory) (Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()));
    private final List<LoadRoom> rooms = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private long delivered;
    private volatile boolean closing;
    private volatile @Nullable Throwable trouble;

    /// @param path of the room's address on this server, ending where the name of the room comes
    void connect(int port, String path, String token, Crowd crowd) throws Exception {
        for (int i = 0; i < crowd.rooms(); i++) {
            LoadRoom room = onLoop(() -> new LoadRoom(this, crowd));
            rooms.add(room);
            for (int seat = 0; seat < crowd.people(); seat++) {
                join(port, new LoadClient(room, seat, path + "-" + i, token));
            }
        }
        await("everybody is in", () -> rooms.stream().allMatch(LoadRoom::isReady));
    }

    private void join(int port, LoadClient client) throws InterruptedException {
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(client);
                    }
                });
        channels.add(bootstrap
                .connect(new InetSocketAddress("127.0.0.1", port))
                .sync()
                .channel());
    }

    void start() throws Exception {
        onLoop(() -> {
            rooms.forEach(LoadRoom::start);
            return true;
        });
    }

    /// Ends the typing and makes sure that everybody has seen everything.
    void finish() throws Exception {
        onLoop(() -> {
            rooms.forEach(LoadRoom::stop);
            return true;
        });
        await("everything has arrived", () -> rooms.stream().allMatch(LoadRoom::isQuiet));
    }

    /// How many edits have reached somebody else than their author, together with what else is read at that moment.
    Reading read(Callable<Long> other) throws Exception {
        return onLoop(() -> new Reading(delivered, other.call(), System.nanoTime()));
    }

    record Reading(long delivered, long other, long nanos) {}

    void onDelivered(long edits) {
        delivered += edits;
    }

    void onTrouble(Throwable cause) {
        trouble = cause;
    }

    boolean isClosing() {
        return closing;
    }

    private void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!onLoop(condition::getAsBoolean)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited " + PATIENCE_SECONDS + " s in vain until " + what);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        Throwable cause = trouble;
        if (cause != null) {
            throw new IllegalStateException("a connection failed: " + cause.getMessage(), cause);
        }
        return loop.submit(work).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        for (Channel channel : channels) {
            channel.close().sync();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
}
