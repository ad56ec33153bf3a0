package org.civicpress.realtime.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.civicpress.realtime.civicpress.ActivityLog;
import org.civicpress.realtime.civicpress.HookSettings;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.RealtimeConfig;
import org.civicpress.realtime.server.api.AdminApi;
import org.civicpress.realtime.server.api.Api;
import org.civicpress.realtime.server.api.DurabilityApi;
import org.civicpress.realtime.server.api.Health;
import org.civicpress.realtime.server.api.ProposalsApi;
import org.civicpress.realtime.server.api.RecordsApi;
import org.civicpress.realtime.server.api.Reloading;
import org.civicpress.realtime.server.api.SampleSignIn;
import org.civicpress.realtime.server.api.SnapshotApi;
import org.civicpress.realtime.server.api.WebhooksApi;
import org.civicpress.realtime.server.auth.AccessWatch;
import org.civicpress.realtime.server.auth.Admission;
import org.civicpress.realtime.server.auth.ConnectionLimits;
import org.civicpress.realtime.server.auth.DocsDoor;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.auth.PatientDoor;
import org.civicpress.realtime.server.auth.RecordsDoor;
import org.civicpress.realtime.server.auth.RoomKind;
import org.civicpress.realtime.server.docs.DocRoomType;
import org.civicpress.realtime.server.hooks.Hooks;
import org.civicpress.realtime.server.net.NettyLoops;
import org.civicpress.realtime.server.net.SocketSettings;
import org.civicpress.realtime.server.net.WebSocketEdge;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.proposals.ProposalDesk;
import org.civicpress.realtime.server.proposals.ProposalReview;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.snapshots.SnapshotKeeper;
import org.civicpress.realtime.server.snapshots.Takeover;
import org.civicpress.realtime.server.store.JournalException;
import org.civicpress.realtime.server.store.Predecessor;
import org.civicpress.realtime.server.store.SqlJournal;
import org.civicpress.realtime.server.webhooks.Webhooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The live layer of one installation: made, running, and closed. This is the one place where its parts are
/// put together. Shared.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int WORKERS = 4;
    private static final int MAX_QUEUED_WORK = 4096;
    private static final int ROOMS_DEADLINE_SECONDS = 20;
    private static final int WORKERS_DEADLINE_SECONDS = 5;

    private final LiveConfiguration configuration;
    private final SqlJournal journal;
    private final SnapshotKeeper snapshots;
    private final NettyLoops loops;
    private final Optional<Webhooks> webhooks;
    private final Hooks hooks;
    private final List<RoomKind> kinds;
    private final Rooms rooms;
    private final ExecutorService workers;
    private final WebSocketEdge edge;
    private final AccessWatch watch;
    private final Path dataDir;
    private volatile HookSettings hookSettings;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// @param installation stays open after the server was closed
    /// @param port 0 picks one that is free
    /// @param sampleSignIn whether people may sign in without a password; on this machine only
    /// @param kinds of rooms, beside `records` and `docs`; the server closes their types when it is closed
    public record Options(
            Installation installation, String host, int port, boolean sampleSignIn, List<RoomKind> kinds) {
        /// @throws IllegalArgumentException when two kinds of rooms have the same name
        public Options {
            kinds = List.copyOf(kinds);
            Set<String> names = new HashSet<>(Set.of(RecordRoomType.NAME, DocRoomType.NAME));
            for (RoomKind kind : kinds) {
                if (!names.add(kind.name())) {
                    throw new IllegalArgumentException("there are two kinds of rooms called \"" + kind.name() + "\"");
                }
            }
        }

        public Options(Installation installation, String host, int port, boolean sampleSignIn) {
            this(installation, host, port, sampleSignIn, List.of());
        }

        /// With one more kind of rooms.
        ///
        /// @throws IllegalArgumentException when there is one of that name
        public Options with(RoomKind kind) {
            List<RoomKind> more = new ArrayList<>(kinds);
            more.add(kind);
            return new Options(installation, host, port, sampleSignIn, more);
        }

        /// As `realtime.yml` has it.
        public static Options of(Installation installation) {
            RealtimeConfig config = installation.realtimeConfig();
            return new Options(installation, config.host(), config.port(), false);
        }
    }

    /// Starts a server, which listens when this returns.
    ///
    /// @throws StartException with one line that says what is wrong and what to do
    public static Server start(Options options) {
        if (!options.installation().realtimeConfig().enabled()) {
            throw new StartException("realtime.yml of " + options.installation().root()
                    + " has `enabled: false`: set it to true to serve this installation");
        }
        InetSocketAddress address = address(options);
        if (options.sampleSignIn() && !address.getAddress().isLoopbackAddress()) {
            throw new StartException(
                    "signing in without a password is only offered where nobody else can reach it, and "
                            + options.host()
                            + " is not this machine alone: use --host 127.0.0.1, or leave out --sample-sign-in");
        }
        return new Server(options, address, Clock.systemUTC());
    }

    private static InetSocketAddress address(Options options) {
        if (options.port() < 0 || options.port() > 65535) {
            throw new StartException("there is no port " + options.port() + ": choose one from 1 to 65535 with --port");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
        } catch (UnknownHostException e) {
            throw new StartException(
                    "there is no address \"" + options.host() + "\": choose another with --host, or in realtime.yml",
                    e);
        }
    }

    private Server(Options options, InetSocketAddress address, Clock clock) {
        Installation installation = options.installation();
        RealtimeConfig config = installation.realtimeConfig();
        configuration = new LiveConfiguration(installation);
        Counters counters = new Counters();
        DocsTokens docsTokens = docsTokens(installation, clock);
        journal = openJournal(installation, new Takeover(installation.snapshots(), this::tell, clock), clock);
        webhooks = openWebhooks(installation, clock);
        loops = new NettyLoops(Runtime.getRuntime().availableProcessors());
        dataDir = installation.dataDir();
        hookSettings = HookSettings.read(dataDir);
        hooks = new Hooks(
                () -> hookSettings,
                new ActivityLog(installation.dataDir()),
                webhooks.map(told -> told),
                this::sessionsRevoked,
                clock);
        snapshots = new SnapshotKeeper(
                installation.snapshots(), () -> configuration.now().snapshots(), hooks, clock);
        RecordsDoor recordsDoor = new RecordsDoor(installation);
        RecordRoomType recordRooms =
                new RecordRoomType(installation.records(), installation.drafts(), journal, counters, hooks);
        List<RoomKind> all = new ArrayList<>();
        all.add(new RoomKind(recordRooms, recordsDoor));
        all.add(new RoomKind(new DocRoomType(), new DocsDoor(docsTokens)));
        options.kinds().forEach(kind -> all.add(new RoomKind(kind.type(), new PatientDoor(kind.door()))));
        kinds = List.copyOf(all);
        rooms = new Rooms(
                loops.forRooms(),
                kinds.stream().map(RoomKind::type).toList(),
                journal,
                new ProposalDesk(journal, journal.proposals()),
                snapshots,
                configuration.derived(values -> roomSettings(values.rooms())),
                counters,
                hooks);
        workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_QUEUED_WORK),
                Thread.ofPlatform().name("worker-", 1).factory());

        ConnectionLimits limits = new ConnectionLimits(configuration.derived(Server::connectionLimits));
        Map<String, Door> doors = kinds.stream().collect(Collectors.toUnmodifiableMap(RoomKind::name, RoomKind::door));
        Admission admission = new Admission(rooms, doors, limits);
        Api api = new Api(
                installation.sessions(),
                new RecordsApi(installation, recordsDoor, rooms),
                new ProposalsApi(
                        installation.users(), recordsDoor, new ProposalReview(rooms, journal, journal.proposals())),
                new DurabilityApi(rooms, journal, doors),
                new AdminApi(installation.roles(), this::reload, new WebhooksApi(webhooks)),
                new SnapshotApi(installation.roles(), rooms, clock),
                new Health(rooms, limits, journal, counters),
                options.sampleSignIn()
                        ? Optional.of(new SampleSignIn(installation.users(), installation.sessions()))
                        : Optional.empty());
        try {
            edge = new WebSocketEdge(
                    address,
                    loops,
                    config.path(),
                    configuration.derived(Server::socketSettings),
                    rooms,
                    admission,
                    api,
                    workers,
                    counters);
        } catch (IOException e) {
            closeParts();
            throw new StartException(whyNotListening(options, e), e);
        }
        watch = new AccessWatch(installation.database(), edge);
        rooms.finishInterrupted();
        snapshots.sweepFromNowOn(rooms::isOpen);
    }

    private static DocsTokens docsTokens(Installation installation, Clock clock) {
        try {
            DocsTokens tokens = DocsTokens.of(installation, clock);
            Optional<String> trouble = tokens.trouble();
            if (trouble.isPresent()) {
                throw new StartException(trouble.get());
            }
            return tokens;
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Rooms.Settings roomSettings(RealtimeConfig.Rooms rooms) {
        return new Rooms.Settings(
                rooms.maxRooms(),
                rooms.gracePeriodMillis(),
                Math.multiplyExact(1000L, rooms.cleanupTimeoutSeconds()),
                rooms.maxDocumentBytes());
    }

    private static ConnectionLimits.Limits connectionLimits(RealtimeConfig config) {
        RealtimeConfig.RateLimiting most = config.rateLimiting();
        return new ConnectionLimits.Limits(
                most.connectionsPerIp(), most.connectionsPerUser(), most.connectionsPerRoom());
    }

    private static SocketSettings socketSettings(RealtimeConfig config) {
        RealtimeConfig.ConnectionCleanup cleanup = config.connectionCleanup();
        return new SocketSettings(
                config.rateLimiting().messagesPerSecond(),
                config.rateLimiting().awarenessPerSecond(),
                config.connections().maxMessageBytes(),
                new SocketSettings.Silence(
                        cleanup.enabled(),
                        Math.round(cleanup.checkIntervalSeconds() * 1000),
                        Math.round(cleanup.staleThresholdSeconds() * 1000)),
                config.connections().allowedOrigins(),
                config.connections().trustedProxies());
    }

    private void tell(RoomEvent event) {
        hooks.on(event);
    }

    private static SqlJournal openJournal(Installation installation, Predecessor predecessor, Clock clock) {
        Path file = installation.systemData().resolve("realtime.db");
        try {
            Optional<String> url = installation.realtimeConfig().journal().database();
            if (url.isEmpty()) {
                return SqlJournal.open(file, predecessor, SqlJournal.Limits.DEFAULT, clock);
            }
            SqlJournal journal = SqlJournal.open(url.get(), predecessor, SqlJournal.Limits.DEFAULT, clock);
            if (Files.exists(file)) {
                LOG.warn("the journal is in PostgreSQL; what an earlier one left in {} is not used", file);
            }
            return journal;
        } catch (JournalException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Webhooks> openWebhooks(Installation installation, Clock clock) {
        try {
            return Webhooks.open(installation.realtimeConfig().webhooks(), installation.systemData(), clock);
        } catch (JournalException e) {
            journal.close();
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static String whyNotListening(Options options, IOException e) {
        String what = String.valueOf(e.getMessage());
        if (what.contains("in use")) {
            return "port " + options.port() + " is in use on " + options.host()
                    + "; stop the other program or choose another with --port";
        }
        if (what.contains("denied")) {
            return "this user may not listen on port " + options.port() + "; choose one above 1023 with --port";
        }
        return "cannot listen on " + options.host() + ", port " + options.port() + " (" + what
                + "); choose another address with --host";
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return edge.address();
    }

    /// All sessions of a user were ended: what CivicPress's hook `auth:sessions:revoked` says. The user's connections
    /// to records are no longer counted nor heard when this returns; then they are told and closed.
    /// Returns soon; any thread but those of connections.
    ///
    /// @param userId of CivicPress, as text
    /// @param reason what the clients are told, as `sessions-revoked`
    public void sessionsRevoked(String userId, Optional<String> reason) {
        edge.revoke(userId, reason);
    }

    /// The same, for the payload of the hook as it comes: `userId`, a number or a text, and perhaps `reason`, a text.
    /// Any other payload is ignored.
    public void sessionsRevoked(Map<?, ?> payload) {
        Optional<String> reason = payload.get("reason") instanceof String text ? Optional.of(text) : Optional.empty();
        switch (payload.get("userId")) {
            case String text -> sessionsRevoked(text, reason);
            case Long number -> sessionsRevoked(number.toString(), reason);
            case Integer number -> sessionsRevoked(number.toString(), reason);
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
                sessionsRevoked(Long.toString(number.longValue()), reason);
            case null, default -> LOG.debug("what was said of revoked sessions is not understood");
        }
    }

    /// Where a program that has this server in its process listens, and tells what CivicPress does.
    public Hooks hooks() {
        return hooks;
    }

    /// Has the doors asked again, now, whether who is inside may stay: for a program with kinds of rooms of its own
    /// whose rights have changed. Returns at once.
    public void askAgain() {
        watch.askNow();
    }

    /// Reads `realtime.yml`, `hooks.yml` and the roles again. What can change without anybody being disconnected does;
    /// of the rest
    /// it is said that it needs a restart. May take a moment: it reads files.
    ///
    /// @throws org.civicpress.realtime.civicpress.InstallationException with one line when something is wrong; then
    ///     nothing has changed
    public Reloading.Outcome reload() {
        Reloading.Outcome outcome = configuration.reload();
        hookSettings = HookSettings.read(dataDir);
        watch.askNow();
        return outcome;
    }

    /// Stops taking connections, closes the rooms (clients are told to come back, edits become durable,
    /// drafts are written), then everything else. Returns when all is done; may be called twice.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        edge.stopListening();
        watch.close();
        try {
            rooms.close().get(ROOMS_DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("the rooms could not be closed in order", e);
        }
        edge.close();
        closeParts();
    }

    private void closeParts() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(WORKERS_DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a request is still being worked on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kinds.forEach(Server::close);
        snapshots.close();
        hooks.close();
        webhooks.ifPresent(Webhooks::close);
        journal.close();
        loops.close();
    }

    private static void close(RoomKind kind) {
        try {
            kind.type().close();
        } catch (RuntimeException e) {
            LOG.error("rooms of the type {} were not closed in order", kind.name(), e);
        }
    }
}
