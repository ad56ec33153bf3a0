package org.civicpress.realtime.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Loop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A room's loop that is also the event loop of its sockets, so that an edit crosses no thread between them.
///
/// It keeps what is common to the connections of one thread: the frames that were encoded in this tick, so
/// that a frame for many is encoded once; and one timer that looks at all of them, in place of one timer
/// each.
///
/// Shared where [Loop] is; the rest is confined to the loop.
final class NettyLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLoop.class);
    private static final int SWEEP_MILLIS = 1_000;
    private static final int FRAMES = 8;

    private final SingleThreadEventLoop netty;
    private final Set<Swept> connections = Collections.newSetFromMap(new IdentityHashMap<>());
    private final @Nullable Bytes[] frames = new @Nullable Bytes[FRAMES];
    private final @Nullable ByteBuf[] encoded = new @Nullable ByteBuf[FRAMES];
    private int nextFrame;
    private boolean forgetting;
    private long sweptAtMillis = System.currentTimeMillis();

    /// Something that is looked at every second.
    interface Swept {
        void onSweep(long nowMillis);
    }

    NettyLoop(EventLoop netty) {
        this.netty = (SingleThreadEventLoop) netty;
        netty.scheduleWithFixedDelay(this::onTimer, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    EventLoop netty() {
        return netty;
    }

    @Override
    public void execute(Runnable work) {
        netty.execute(work);
    }

    @Override
    public Timer schedule(long delayMillis, Runnable work) {
        Future<?> future = netty.schedule(work, delayMillis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void atEndOfTick(Runnable work) {
        requireInside();
        netty.executeAfterEventLoopIteration(work);
    }

    @Override
    public boolean isInside() {
        return netty.inEventLoop();
    }

    @Override
    public long nowMillis() {
        return System.currentTimeMillis();
    }

    /// The time of the last sweep: good enough to tell who has been silent, and free.
    long aboutNowMillis() {
        return sweptAtMillis;
    }

    void add(Swept connection) {
        requireInside();
        connections.add(connection);
    }

    void remove(Swept connection) {
        requireInside();
        connections.remove(connection);
    }

    List<WebSocketConnection> webSockets() {
        List<WebSocketConnection> found = new ArrayList<>();
        for (Swept connection : connections) {
            if (connection instanceof WebSocketConnection webSocket) {
                found.add(webSocket);
            }
        }
        return found;
    }

    private void onTimer() {
        sweptAtMillis = System.currentTimeMillis();
        for (Swept connection : connections.toArray(Swept[]::new)) {
            try {
                connection.onSweep(sweptAtMillis);
            } catch (RuntimeException e) {
                LOG.error("a connection could not be looked after", e);
            }
        }
    }

    /// The frame that was made of these very bytes in this tick, if it was.
    ///
    /// @return to be released by the caller
    @Nullable
    ByteBuf encoded(Bytes bytes) {
        for (int i = 0; i < FRAMES; i++) {
            ByteBuf frame = encoded[i];
            if (frames[i] == bytes && frame != null) {
                return frame.retainedDuplicate();
            }
        }
        return null;
    }

    /// Remembers a frame until the end of the tick.
    ///
    /// @param frame taken over
    /// @return to be released by the caller
    ByteBuf remember(Bytes bytes, ByteBuf frame) {
        ByteBuf overwritten = encoded[nextFrame];
        if (overwritten != null) {
            overwritten.release();
        }
        frames[nextFrame] = bytes;
        encoded[nextFrame] = frame;
        nextFrame = (nextFrame + 1) % FRAMES;
        if (!forgetting) {
            forgetting = true;
            atEndOfTick(this::forget);
        }
        return frame.retainedDuplicate();
    }

    private void forget() {
        forgetting = false;
        for (int i = 0; i < FRAMES; i++) {
            ByteBuf frame = encoded[i];
            if (frame != null) {
                frame.release();
            }
            frames[i] = null;
            encoded[i] = null;
        }
    }
}
