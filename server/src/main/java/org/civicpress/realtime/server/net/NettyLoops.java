package org.civicpress.realtime.server.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The loops of the server, one thread each: Linux's epoll where its native part can be loaded, else Java's
/// own selectors. Shared.
public final class NettyLoops implements AutoCloseable {
    private final EventLoopGroup group;
    private final boolean epoll = Epoll.isAvailable();
    private final List<NettyLoop> loops = new ArrayList<>();

    public NettyLoops(int count) {
        group = new MultiThreadIoEventLoopGroup(
                count,
                new DefaultThreadFactory("loop", false),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (int i = 0; i < count; i++) {
            loops.add(new NettyLoop(group.next()));
        }
    }

    List<NettyLoop> loops() {
        return loops;
    }

    /// For the rooms.
    public List<org.civicpress.realtime.server.room.Loop> forRooms() {
        return List.copyOf(loops);
    }

    NettyLoop of(EventLoop netty) {
        for (NettyLoop loop : loops) {
            if (loop.netty() == netty) {
                return loop;
            }
        }
        throw new IllegalStateException("not one of the server's loops: " + netty);
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /// Ends the threads, and whatever connections are left.
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
