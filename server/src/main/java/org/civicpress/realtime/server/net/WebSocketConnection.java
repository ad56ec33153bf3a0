package org.civicpress.realtime.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.protocol.TextFrames;
import org.civicpress.realtime.server.auth.Admission.Verdict;
import org.civicpress.realtime.server.auth.ConnectionLimits;
import org.civicpress.realtime.server.auth.Door.Standing;
import org.civicpress.realtime.server.auth.Knock;
import org.civicpress.realtime.server.auth.Round;
import org.civicpress.realtime.server.net.RateLimit.Kind;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.room.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket, from the upgrade to its end.
///
/// It is judged on a worker's thread. Whoever is admitted is moved to the loop of the room before anything of
/// the room is said: the channel leaves the loop that accepted it and is registered with the other one. Until
/// then nothing is read from the socket, and what was read with the upgrade waits in the decoder.
///
/// Confined to its loop, which changes that once.
final class WebSocketConnection extends ByteToMessageDecoder implements NettyLoop.Swept {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    private static final int PING_AFTER_MILLIS = 60_000;
    private static final int CLOSE_PATIENCE_MILLIS = 5_000;

    private final WebSocketEdge edge;
    private final Knock knock;
    private final WebSocketFrames frames;
    private final boolean isForeign;
    private NettyLoop loop;
    private long heardAtMillis;
    private boolean pinged;
    private long pingedAtMillis;
    private long checkedAtMillis;

    /// What makes it count; given back wherever it ends.
    private ConnectionLimits.Entry.@Nullable Counted counted;

    /// During which round of asking again it was judged; what changed since, it was not judged by.
    private volatile long judgedIn;

    /// Where it is told something; none while it is being judged.
    private @Nullable WebSocketOutbox outbox;

    private @Nullable Admitted admitted;

    /// What this person may do now, and until when; of use once it has been let in.
    private Standing.Welcome standing = new Standing.Welcome(Permit.of(Access.NONE), Instant.MIN);

    /// What there is once it has been let in.
    private record Admitted(Verdict.Admitted verdict, Session session, RateLimit limit) {
        boolean speaksText() {
            RoomType type = verdict.type();
            return type.speaksText();
        }
    }

    /// @param isForeign it was asked for by a page whose origin is not allowed
    WebSocketConnection(WebSocketEdge edge, Knock knock, boolean isForeign, NettyLoop loop) {
        this.isForeign = isForeign;
        frames = new WebSocketFrames(() -> edge.settings().maxMessageBytes());
        this.edge = edge;
        this.knock = knock;
        this.loop = loop;
        heardAtMillis = loop.aboutNowMillis();
        checkedAtMillis = heardAtMillis;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
        ctx.channel().closeFuture().addListener(closed -> onClosed());
        if (isForeign) {
            hear(ctx, new Verdict.Refused(Optional.empty(), CloseCode.ORIGIN_NOT_ALLOWED));
            return;
        }
        try {
            edge.workers().execute(() -> hear(ctx, judge()));
        } catch (RejectedExecutionException e) {
            hear(ctx, busy());
        }
    }

    /// Tells the loop, which comes to it when the pipeline speaks HTTP no more.
    private void hear(ChannelHandlerContext ctx, Verdict verdict) {
        try {
            loop.execute(() -> onVerdict(ctx, verdict));
        } catch (RejectedExecutionException e) {
            LOG.trace("the loop has ended before its connection", e);
            if (verdict instanceof Verdict.Admitted in) {
                in.counted().close();
            }
        }
    }

    private Verdict judge() {
        judgedIn = edge.rounds();
        try {
            return edge.admission().judge(knock);
        } catch (UnavailableException e) {
            LOG.info("somebody from {} is to come back later: {}", knock.peer(), e.getMessage());
            return busy();
        } catch (RuntimeException e) {
            LOG.error("somebody from {} could not be judged", knock.peer(), e);
            return busy();
        }
    }

    private static Verdict busy() {
        return new Verdict.Refused(Optional.empty(), CloseCode.TRY_AGAIN);
    }

    private void onVerdict(ChannelHandlerContext ctx, Verdict verdict) {
        switch (verdict) {
            case Verdict.Refused refused -> refuse(ctx, refused);
            case Verdict.Admitted in -> {
                counted = in.counted();
                if (ctx.channel().isActive()) {
                    move(ctx, in);
                } else {
                    onClosed();
                }
            }
        }
    }

    private void refuse(ChannelHandlerContext ctx, Verdict.Refused refused) {
        LOG.debug("somebody from {} is refused: {}", knock.peer(), refused.code());
        WebSocketOutbox out = new WebSocketOutbox(loop, ctx, this::stopCounting);
        outbox = out;
        refused.error().ifPresent(problem -> out.text(TextFrames.error(problem.code(), problem.message())));
        out.close(refused.code());
        listen(ctx);
    }

    private void move(ChannelHandlerContext ctx, Verdict.Admitted in) {
        NettyLoop target = (NettyLoop) edge.rooms().loopOf(in.room());
        if (target == loop) {
            enter(ctx, in);
            return;
        }
        NettyLoop from = loop;
        Channel channel = ctx.channel();
        from.remove(this);
        loop = target; // nothing happens here until the channel is registered again
        // A promise of no loop, because one of a loop that has ended would never be heard of.
        ChannelPromise moved = new DefaultChannelPromise(channel, ImmediateEventExecutor.INSTANCE);
        moved.addListener(registered -> {
            if (registered.isSuccess()) {
                target.add(this);
                enter(ctx, in);
            } else {
                LOG.debug("{}: {} could not be moved", in.room(), knock.peer(), registered.cause());
                channel.unsafe().closeForcibly();
                in.counted().close();
            }
        });
        channel.deregister().addListener(left -> target.netty().register(moved));
    }

    private void enter(ChannelHandlerContext ctx, Verdict.Admitted in) {
        if (!ctx.channel().isActive()) {
            onClosed();
            return;
        }
        try {
            join(ctx, in);
        } catch (RuntimeException e) {
            LOG.error("{}: somebody from {} could not be brought in", in.room(), knock.peer(), e);
            ctx.close();
        }
    }

    private void join(ChannelHandlerContext ctx, Verdict.Admitted in) {
        WebSocketOutbox out = new WebSocketOutbox(loop, ctx, this::stopCounting);
        outbox = out;
        Session session = edge.rooms()
                .join(in.room(), in.welcome().principal(), in.welcome().permit(), out);
        admitted = new Admitted(in, session, new RateLimit(loop.nowMillis()));
        standing = new Standing.Welcome(in.welcome().permit(), in.welcome().until());
        if (judgedIn != edge.rounds()) {
            edge.missed();
        }
        listen(ctx);
    }

    /// Hears what came while it was being judged, and from now on.
    private static void listen(ChannelHandlerContext ctx) {
        ctx.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
        ctx.channel().config().setAutoRead(true);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        WebSocketOutbox answers = outbox;
        if (answers == null) {
            return; // being judged: it waits here
        }
        heardAtMillis = loop.aboutNowMillis();
        pinged = false;
        try {
            for (var received = frames.read(in); received != null; received = frames.read(in)) {
                if (answers.isClosed()) {
                    if (received instanceof WebSocketFrames.Received.Close) {
                        ctx.close();
                    }
                } else {
                    onReceived(answers, received);
                }
            }
        } catch (WebSocketFrames.ViolationException e) {
            in.skipBytes(in.readableBytes());
            onViolation(ctx, answers, e);
        }
    }

    /// While it is being judged nothing more is read, and while it is slowed down nothing before it is time; the
    /// decoder would otherwise see to it.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        WebSocketOutbox out = outbox;
        if (out != null && !out.isSlow()) {
            super.channelReadComplete(ctx);
        }
    }

    private void onReceived(WebSocketOutbox answers, WebSocketFrames.Received received) {
        switch (received) {
            case WebSocketFrames.Received.Binary(var message) -> onBinary(answers, message);
            case WebSocketFrames.Received.Text(var text) -> onText(answers, text);
            case WebSocketFrames.Received.Ping(var payload) -> {
                if (mayGoOn(answers, Kind.OTHER)) {
                    answers.pong(payload);
                }
            }
            case WebSocketFrames.Received.Pong() -> mayGoOn(answers, Kind.OTHER);
            case WebSocketFrames.Received.Close(var code) -> {
                leave();
                answers.closeInReply(code);
            }
        }
    }

    private void onBinary(WebSocketOutbox answers, Bytes frame) {
        Admitted in = admitted;
        if (in == null) {
            return;
        }
        Message message;
        try {
            message = Messages.read(frame);
        } catch (MalformedBytesException e) {
            LOG.warn(
                    "{} {} {}: a malformed frame, the connection ends: {}",
                    in.session().room(),
                    in.session().id(),
                    in.session().principal().name(),
                    e.getMessage());
            edge.counters().count(Counter.SESSIONS_MALFORMED);
            end(answers, CloseCode.MALFORMED);
            return;
        }
        if (mayGoOn(answers, kind(message)) && !(message instanceof Message.Unknown)) {
            in.session().receive(message);
        }
    }

    private static Kind kind(Message message) {
        return switch (message) {
            case Message.Update update -> Kind.EDIT;
            case Message.SyncStep2 update -> Kind.EDIT;
            case Message.AwarenessUpdate states -> Kind.AWARENESS;
            case Message.SyncStep1 question -> Kind.QUESTION;
            case Message.QueryAwareness question -> Kind.OTHER;
            case Message.SyncStatus question -> Kind.OTHER;
            case Message.PermissionDenied denied -> Kind.OTHER;
            case Message.Unknown unknown -> Kind.OTHER;
        };
    }

    private void onText(WebSocketOutbox answers, String text) {
        Admitted in = admitted;
        if (in == null || !mayGoOn(answers, Kind.OTHER) || !in.speaksText()) {
            return;
        }
        if (TextPings.isPing(text)) {
            answers.text(TextFrames.pong(loop.nowMillis()));
            answers.flushAtEndOfTick();
        } else {
            in.session().receiveText(text);
        }
    }

    private boolean mayGoOn(WebSocketOutbox answers, Kind kind) {
        Admitted in = admitted;
        if (in == null) {
            return true;
        }
        SocketSettings settings = edge.settings();
        return switch (in.limit().take(kind, settings, loop.nowMillis())) {
            case FINE -> true;
            case WARN -> {
                warn(answers, in, rate(kind, settings));
                yield true;
            }
            case STOP -> {
                stop(answers, in, rate(kind, settings));
                yield false;
            }
        };
    }

    private static String rate(Kind kind, SocketSettings settings) {
        return (kind == Kind.AWARENESS ? settings.awarenessPerSecond() : settings.messagesPerSecond())
                + " messages per second";
    }

    private void warn(WebSocketOutbox answers, Admitted in, String rate) {
        LOG.info(
                "{} {} {}: many messages, it is warned",
                in.session().room(),
                in.session().id(),
                in.session().principal().name());
        if (in.speaksText()) {
            answers.text(TextFrames.warning(
                    "RATE_LIMIT", "Too much is sent for " + rate + " on average; the connection may be ended"));
            answers.flushAtEndOfTick();
        }
    }

    private void stop(WebSocketOutbox answers, Admitted in, String rate) {
        LOG.warn(
                "{} {} {}: too many messages, the connection ends",
                in.session().room(),
                in.session().id(),
                in.session().principal().name());
        if (in.speaksText()) {
            answers.text(TextFrames.error("UNKNOWN_ERROR", "Rate limit exceeded: " + rate));
        }
        end(answers, CloseCode.RATE_LIMIT);
    }

    private void onViolation(
            ChannelHandlerContext ctx, WebSocketOutbox answers, WebSocketFrames.ViolationException violation) {
        if (answers.isClosed()) {
            ctx.close();
            return;
        }
        Admitted in = admitted;
        if (in != null) {
            LOG.warn(
                    "{} {} {}: {}, the connection ends",
                    in.session().room(),
                    in.session().id(),
                    in.session().principal().name(),
                    violation.getMessage());
        }
        if (in != null && in.speaksText() && violation.code().code() == CloseCode.TOO_BIG.code()) {
            answers.text(TextFrames.error(
                    "MESSAGE_TOO_LARGE",
                    "A message may have at most " + edge.settings().maxMessageBytes() + " bytes"));
        }
        leave();
        // Whatever follows cannot be read, so there is no answer to wait for.
        answers.closeInReply(violation.code());
    }

    private void end(WebSocketOutbox answers, CloseCode code) {
        leave();
        answers.close(code);
    }

    /// It stops being heard and stops counting at once, before the sockets have said goodbye: who is told that a
    /// connection ended may open another.
    private void leave() {
        Admitted in = admitted;
        if (in != null) {
            in.session().leave();
        }
        stopCounting();
    }

    private void stopCounting() {
        if (counted != null) {
            counted.close();
        }
    }

    /// May be called twice, and on the loop it has left.
    private void onClosed() {
        NettyLoop here = loop;
        if (!here.isInside()) {
            try {
                here.execute(this::onClosed);
            } catch (RejectedExecutionException e) {
                LOG.trace("the loop has ended before its connection", e);
            }
            return;
        }
        here.remove(this);
        leave();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("the connection to {} broke", knock.peer(), cause);
        } else {
            LOG.error("the connection to {} failed", knock.peer(), cause);
        }
        ctx.close();
    }

    @Override
    public void onSweep(long nowMillis) {
        WebSocketOutbox out = outbox;
        if (out == null) {
            return;
        }
        if (admitted != null && !Instant.ofEpochMilli(nowMillis).isBefore(standing.until())) {
            onStanding(Standing.SessionEnded.EXPIRED);
        }
        if (out.isClosed()) {
            if (nowMillis - out.closedAtMillis() > CLOSE_PATIENCE_MILLIS) {
                out.abort();
            }
        } else {
            askWhetherThere(out, nowMillis);
        }
    }

    /// Who says nothing is pinged in good time, and given up only when that was not answered.
    private void askWhetherThere(WebSocketOutbox out, long nowMillis) {
        SocketSettings.Silence silence = edge.settings().silence();
        long silentMillis = nowMillis - heardAtMillis;
        if (silentMillis > Math.min(PING_AFTER_MILLIS, silence.staleMillis() / 2) && !pinged) {
            pinged = true;
            pingedAtMillis = nowMillis;
            out.ping();
        }
        if (silence.isEnded() && nowMillis - checkedAtMillis >= silence.checkMillis()) {
            checkedAtMillis = nowMillis;
            if (silentMillis > silence.staleMillis() && pinged && pingedAtMillis < nowMillis) {
                LOG.info("{}: silent for {} s, the connection ends", knock.peer(), silentMillis / 1000);
                end(out, CloseCode.TRY_AGAIN);
            }
        }
    }

    /// The question whether this person may still be here, to be asked on a platform thread; none when there is
    /// nobody in.
    Optional<Runnable> onAsked(Round round) {
        Admitted in = admitted;
        WebSocketOutbox out = outbox;
        if (in == null || out == null || out.isClosed()) {
            return Optional.empty();
        }
        Standing.Welcome before = standing;
        return Optional.of(() -> {
            Standing now = in.verdict().welcome().again().ask(round);
            if (!now.equals(before)) {
                loop.execute(() -> onStanding(now));
            }
        });
    }

    private void onStanding(Standing now) {
        WebSocketOutbox out = outbox;
        Admitted in = admitted;
        if (out == null || in == null || out.isClosed()) {
            return;
        }
        switch (now) {
            case Standing.Welcome welcome -> {
                Permit before = standing.permit();
                standing = welcome;
                if (!before.equals(welcome.permit())) {
                    LOG.info("{}: may {} now", name(in), welcome.permit());
                    in.session().permit(welcome.permit());
                }
            }
            case Standing.SessionEnded(var reason) -> {
                LOG.info("{}: the session is over, {}", name(in), reason);
                endSession(out, in, Optional.of(reason));
            }
            case Standing.Forbidden() -> {
                LOG.info("{}: may no longer be here", name(in));
                end(out, CloseCode.PERMISSION_DENIED);
            }
        }
    }

    /// All sessions of a user were ended.
    void onRevoked(String user, Optional<String> reason) {
        WebSocketOutbox out = outbox;
        Admitted in = admitted;
        if (out != null
                && in != null
                && !out.isClosed()
                && in.verdict().welcome().limitedAs().equals(Optional.of(user))) {
            LOG.info("{}: the sessions of this user were revoked", name(in));
            endSession(out, in, reason);
        }
    }

    private void endSession(WebSocketOutbox out, Admitted in, Optional<String> reason) {
        if (in.speaksText()) {
            out.text(TextFrames.sessionRevoked(reason.orElse(TextFrames.SESSION_REVOKED)));
            end(out, CloseCode.sessionRevoked(reason));
        } else {
            end(out, CloseCode.AUTH_FAILED);
        }
    }

    private static String name(Admitted in) {
        Session session = in.session();
        return session.room() + " " + session.id() + " " + session.principal().name();
    }
}
