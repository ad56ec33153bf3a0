package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.TextFrames;
import org.civicpress.realtime.server.ops.Counters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All rooms of this server. Shared: a room is opened, found and forgotten on its own loop only, so that for
/// one room there is never a race; the maps are concurrent because the loops share them.
public final class Rooms {
    private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);
    private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final List<Loop> loops;
    private final Map<String, RoomType> types;
    private final Journal journal;
    private final Proposals proposals;
    private final Snapshots snapshots;
    private final Supplier<Settings> settings;
    private final Counters counters;
    private final RoomEvents events;

    private final ConcurrentHashMap<RoomId, Room> rooms = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<RoomId, Integer> people = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean isClosing;

    /// @param maxRooms how many may be open at once
    /// @param graceMillis how long an empty room is kept; 0 or less: it is closed at once
    /// @param patienceMillis how long an empty room is kept on while what follows it cannot catch up
    /// @param maxDocumentBytes how large a document may become by edits, encoded
    public record Settings(int maxRooms, long graceMillis, long patienceMillis, int maxDocumentBytes) {}

    /// How far the journal is with a room.
    ///
    /// @param accepted the sequence that the last accepted entry has or will have; 0 before the first
    /// @param durable the sequence up to which all are durable
    /// @param isSaved everything that was accepted is durable
    public record Position(long generation, long accepted, long durable, boolean isSaved) {}

    /// What somebody sees who looks into a room.
    public sealed interface View {
        /// @param doc only to be read, on the room's loop, while the view is being handed out
        /// @param losses why nobody may edit it, in words for people; none when one may
        record Open(Doc doc, List<String> losses) implements View {}

        /// @param reason in words for people
        record Failed(String reason) implements View {}
    }

    /// @param events told what happens
    /// @param settings asked whenever they matter, so that they may change
    public Rooms(
            List<Loop> loops,
            List<RoomType> types,
            Journal journal,
            Proposals proposals,
            Snapshots snapshots,
            Supplier<Settings> settings,
            Counters counters,
            RoomEvents events) {
        this.loops = List.copyOf(loops);
        this.types = types.stream().collect(Collectors.toUnmodifiableMap(RoomType::name, Function.identity()));
        this.journal = journal;
        this.proposals = proposals;
        this.snapshots = snapshots;
        this.settings = settings;
        this.counters = counters;
        this.events = events;
    }

    public Optional<RoomType> type(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /// The loop to which a room belongs, always the same.
    public Loop loopOf(RoomId room) {
        return loops.get(Math.floorMod(room.hashCode(), loops.size()));
    }

    /// Lets somebody into a room, which is opened when it is not open yet. Returns at once. Who cannot come
    /// in has the outbox closed with the reason.
    ///
    /// @throws IllegalArgumentException when the room's type is not registered
    public Session join(RoomId id, Principal principal, Permit permit, Outbox outbox) {
        RoomType type = typeOf(id);
        Loop loop = loopOf(id);
        Session session = new Session(newSessionId(loop.nowMillis()), id, principal, loop, permit, outbox);
        loop.execute(() -> onJoin(session.member(), type));
        return session;
    }

    private static String newSessionId(long nowMillis) {
        StringBuilder id = new StringBuilder("client_").append(nowMillis).append('_');
        for (int i = 0; i < 7; i++) {
            id.append(LETTERS.charAt(ThreadLocalRandom.current().nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    private void onJoin(Member member, RoomType type) {
        RoomId id = member.session.room();
        if (isClosing) {
            turnAway(member, CloseCode.GOING_AWAY);
            return;
        }
        if (member.permit.access() == Access.NONE) {
            turnAway(member, CloseCode.PERMISSION_DENIED);
            return;
        }
        Room room = rooms.get(id);
        if (room == null) {
            room = open(id, type);
        }
        if (room != null) {
            room.onJoin(member);
            return;
        }
        if (type.speaksText()) {
            member.outbox.text(TextFrames.error(
                    "UNKNOWN_ERROR",
                    "Room limit reached (" + settings.get().maxRooms() + "); cannot create room " + id));
        }
        turnAway(member, CloseCode.NONE);
    }

    private void turnAway(Member member, CloseCode code) {
        onCame(member);
        onLeft(member);
        member.outbox.close(code);
    }

    /// @return null when there are too many
    private @Nullable Room open(RoomId id, RoomType type) {
        if (count.incrementAndGet() > settings.get().maxRooms()) {
            count.decrementAndGet();
            LOG.warn(
                    "{}: not opened, {} rooms are open and there may not be more",
                    id,
                    settings.get().maxRooms());
            return null;
        }
        Room room = new Room(id, loopOf(id), type, this, journal, proposals, snapshots, counters);
        rooms.put(id, room);
        people.put(id, 0);
        events.on(new RoomEvent.RoomCreated(id, room.loop.nowMillis()));
        room.load();
        return room;
    }

    /// Edits a room's document in the name of a person, opening the room when it is not open. Returns at once.
    ///
    /// @param whenDone told once, on the room's loop; after [Edit.Outcome.Durable] the edit survives everything
    /// @throws IllegalArgumentException when the room's type is not registered
    public void edit(RoomId id, Principal principal, Edit edit, Consumer<Edit.Outcome> whenDone) {
        visit(
                id,
                room -> room.onEdit(principal, edit, whenDone),
                reason -> whenDone.accept(new Edit.Outcome.Failed(reason)));
    }

    /// Shows a room's document, opening the room when it is not open. Returns at once.
    ///
    /// @param viewer told once, on the room's loop
    /// @throws IllegalArgumentException when the room's type is not registered
    public void look(RoomId id, Consumer<View> viewer) {
        visit(id, room -> room.onLook(viewer), reason -> viewer.accept(new View.Failed(reason)));
    }

    private void visit(RoomId id, Consumer<Room> visit, Consumer<String> whenFailed) {
        RoomType type = typeOf(id);
        loopOf(id).execute(() -> {
            Room room = rooms.get(id);
            if (room == null && !isClosing) {
                room = open(id, type);
            }
            if (room == null) {
                whenFailed.accept(isClosing ? "the server is stopping" : "too many rooms are open; try again later");
            } else {
                visit.accept(room);
            }
        });
    }

    /// Has the newest snapshot of a room that is open be of its document as it is, and its draft too. Returns at once.
    ///
    /// @param whenDone told once, on the room's loop; [Snapshots.Outcome.None] when the room is not open
    public void snapshot(RoomId id, Consumer<Snapshots.Outcome> whenDone) {
        loopOf(id).execute(() -> {
            Room room = rooms.get(id);
            if (room == null) {
                whenDone.accept(new Snapshots.Outcome.None());
            } else {
                room.onSnapshot(whenDone);
            }
        });
    }

    /// Whether a room is in memory.
    public boolean isOpen(RoomId id) {
        return rooms.containsKey(id);
    }

    private RoomType typeOf(RoomId id) {
        RoomType type = types.get(id.type());
        if (type == null) {
            throw new IllegalArgumentException("no such room type: " + id);
        }
        return type;
    }

    Settings settings() {
        return settings.get();
    }

    /// How far the journal is with a room that is open; empty when it is not. Returns at once.
    ///
    /// @param whenKnown told once, on the room's loop
    public void position(RoomId id, Consumer<Optional<Position>> whenKnown) {
        loopOf(id)
                .execute(() ->
                        whenKnown.accept(Optional.ofNullable(rooms.get(id)).flatMap(Room::position)));
    }

    /// More or fewer proposals of a room wait now. Returns at once.
    public void onProposals(RoomId id, int waiting) {
        loopOf(id).execute(() -> {
            Room room = rooms.get(id);
            if (room != null) {
                room.onProposals(waiting);
            }
        });
    }

    /// A room's members have become more or fewer.
    void onPeople(RoomId id, int now) {
        people.replace(id, now);
    }

    /// Somebody's connection counts; [#onLeft] is called once afterwards.
    void onCame(Member member) {
        Session who = member.session;
        events.on(new RoomEvent.ClientConnected(who.id(), who.room(), who.loop().nowMillis()));
    }

    void onLeft(Member member) {
        Session who = member.session;
        events.on(new RoomEvent.ClientDisconnected(
                who.id(), who.room(), who.loop().nowMillis()));
    }

    void onEnded(Room room) {
        if (rooms.remove(room.id, room)) {
            people.remove(room.id);
            count.decrementAndGet();
            events.on(new RoomEvent.RoomDestroyed(room.id, room.loop.nowMillis()));
        }
    }

    /// Opens the rooms that were not closed in order, with nobody in them, so that what follows their edits
    /// catches up; then they close. Returns at once.
    public void finishInterrupted() {
        for (RoomType type : types.values()) {
            journal.findUnfinished(
                    type.name(), found -> found.forEach(id -> loopOf(id).execute(() -> onInterrupted(id, type))));
        }
    }

    private void onInterrupted(RoomId id, RoomType type) {
        if (!isClosing && !rooms.containsKey(id)) {
            open(id, type);
        }
    }

    /// How many may be open at once.
    public int maxRooms() {
        return settings.get().maxRooms();
    }

    /// How many sessions each open room has; 0 for one that waits for its end.
    public Map<RoomId, Integer> people() {
        return Map.copyOf(people);
    }

    public int people(RoomId room) {
        return people.getOrDefault(room, 0);
    }

    /// Closes all rooms: clients are told to come back, what is not durable becomes so, drafts are written.
    /// Nobody can join any more. Completes when all is done; the journal, the loops and the room types may
    /// be closed after that.
    public CompletableFuture<Void> close() {
        isClosing = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (Loop loop : loops) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ends.add(end);
            loop.execute(() -> {
                List<CompletableFuture<Void>> ofLoop = rooms.values().stream()
                        .filter(room -> room.loop == loop)
                        .map(Room::onShutdown)
                        .toList();
                allOf(ofLoop).thenRun(() -> end.complete(null));
            });
        }
        allOf(ends).thenRun(() -> closed.complete(null));
        return closed;
    }

    private static CompletableFuture<Void> allOf(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
