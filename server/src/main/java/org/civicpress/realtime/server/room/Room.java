package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.crdt.Applied;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.protocol.TextFrames;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A live document and the sessions that edit it. Confined to [#loop], and package-private so that it can
/// only be reached through [Session] and [Rooms].
///
/// ## Its life
///
/// ```
/// Loading ──▶ Open ──▶ Closing ──▶ Ended          Open ◀── Closing: somebody came
///    └─────────┴──────────┴──────────▲            to Ended from anywhere: a load or the engine failed
/// ```
///
/// While it is *loading*, whoever joins and whatever they say waits. It is *open* as long as there are
/// sessions, and for a grace period after the last. *Closing*, it brings the follower and the journal up to
/// date. *Ended*, it is no longer known to [Rooms]; who comes next gets a new one, which is loaded from the
/// journal.
///
/// ## Ticks
///
/// A message is handled at once, what follows from it is gathered, and at the end of the loop's tick it
/// goes to the journal and to the others, in one flush. An edit that was passed on but is lost in a crash
/// before it is durable is still with the client that made it, and comes back when that client connects
/// again.
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private static final int MAX_TOKEN = 1 << 10;
    private static final int MAX_TOKENS = 256;
    private static final long LIFE_SIGN_PERIOD_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 12_000; // a client gives up after 30 s of silence
    private static final long REFUSAL_PAUSE_MILLIS = 10_000;
    private static final long SHUTDOWN_MILLIS = 15_000;

    final RoomId id;
    final Loop loop;
    private final RoomType type;
    private final Rooms rooms;
    private final Journal journal;
    private final Counters counters;
    private final long graceMillis;

    private final Doc doc = new Doc();
    private final DocFrames frames = new DocFrames(doc);
    private final Set<Member> members = new LinkedHashSet<>();
    private final Presence presence = new Presence();
    private final Durability durability;
    private State state = new State.Loading(null, null);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private final TickEdits tickEdits = new TickEdits();
    /// By member: of each the journal gets one entry, because a row costs more than what is in it.
    private final Map<Member, List<Journal.Entry>> tickEntries = new LinkedHashMap<>();
    private final List<Asked> tickAsked = new ArrayList<>();
    private final List<Member> tickTouched = new ArrayList<>();
    private final List<Member> slow = new ArrayList<>();
    private boolean isTickEndAsked;

    private @Nullable String stuck; // why the follower cannot follow
    private Loop.@Nullable Timer graceTimer;
    private Loop.@Nullable Timer lifeSignTimer;

    private sealed interface State {
        record Loading(Journal.Loaded.@Nullable Contents contents, RoomType.Found.@Nullable Source source)
                implements State {}

        record Open(RoomType.Follower follower, List<String> losses) implements State {}

        record Closing(Open open) implements State {}

        record Ended() implements State {}
    }

    private record Asked(Member member, Bytes token) {}

    Room(RoomId id, Loop loop, RoomType type, Rooms rooms, Journal journal, Counters counters, long graceMillis) {
        this.id = id;
        this.loop = loop;
        this.type = type;
        this.rooms = rooms;
        this.journal = journal;
        this.counters = counters;
        this.graceMillis = graceMillis;
        durability = new Durability(
                id, loop, journal, counters, this::guarded, doc::state, this::isFollowerBehind, this::onSafe);
    }

    /// Begins to load.
    void load() {
        journal.load(id, loaded -> loop.execute(() -> guarded(() -> onJournal(loaded))));
        type.find(id, found -> loop.execute(() -> guarded(() -> onFound(found))));
    }

    void onJoin(Member member) {
        loop.requireInside();
        guarded(() -> join(member));
    }

    void onReceive(Member member, Message message) {
        loop.requireInside();
        counters.count(Counter.MESSAGES_RECEIVED);
        guarded(() -> {
            if (state instanceof State.Loading) {
                keepForLater(member, message);
            } else {
                receive(member, message);
            }
        });
    }

    void onLeave(Member member) {
        loop.requireInside();
        guarded(() -> leave(member));
    }

    /// The server stops.
    ///
    /// @return completed when this room has ended
    CompletableFuture<Void> onShutdown() {
        loop.requireInside();
        guarded(() -> {
            for (Member member : List.copyOf(members)) {
                expel(member, CloseCode.GOING_AWAY);
            }
            if (state instanceof State.Loading) {
                end();
            } else {
                close();
                loop.schedule(SHUTDOWN_MILLIS, () -> {
                    if (!(state instanceof State.Ended)) {
                        LOG.error("{}: gave up saving it before the end", id);
                        end();
                    }
                });
            }
        });
        return ended;
    }

    private void onJournal(Journal.Loaded loaded) {
        if (!(state instanceof State.Loading(var before, var source))) {
            return;
        }
        switch (loaded) {
            case Journal.Loaded.Contents contents -> {
                state = new State.Loading(contents, source);
                openWhenLoaded();
            }
            case Journal.Loaded.Failed(var reason) -> failLoad(reason);
        }
    }

    private void onFound(RoomType.Found found) {
        if (!(state instanceof State.Loading(var contents, var before))) {
            return;
        }
        switch (found) {
            case RoomType.Found.Source source -> {
                state = new State.Loading(contents, source);
                openWhenLoaded();
            }
            case RoomType.Found.Failed(var reason) -> failLoad(reason);
        }
    }

    private void failLoad(String reason) {
        LOG.error("{}: not opened: {}", id, reason);
        counters.count(Counter.ROOMS_FAILED);
        stop();
    }

    private void openWhenLoaded() {
        if (!(state instanceof State.Loading(var contents, var source)) || contents == null || source == null) {
            return;
        }
        try {
            contents.base().ifPresent(base -> doc.apply(base, this));
            contents.updates().forEach(update -> doc.apply(update, this));
            if (contents.isNew()) {
                source.state().ifPresent(seed -> doc.apply(seed, this));
            }
        } catch (MalformedBytesException e) {
            failLoad("what is kept of it cannot be read: " + e.getMessage());
            return;
        }
        durability.loaded(contents);
        if (contents.isNew() && source.losses().isEmpty()) {
            source.state().ifPresent(seed -> durability.seed(seed, source.hash()));
        }
        logOpened(contents, source);
        RoomType.Follower follower = type.follow(id, loop, doc, source, contents.isNew(), new FollowerWatcher());
        if (!contents.updates().isEmpty()) {
            follower.onEdited(); // an entry is still there, so it may be that it was never told
        }
        state = new State.Open(follower, source.losses());
        counters.count(Counter.ROOMS_OPENED);
        for (Member member : List.copyOf(members)) {
            greet(member);
            member.takeKept().forEach(message -> receive(member, message));
        }
        if (members.isEmpty()) {
            close(); // opened to be finished, or all have left meanwhile
        }
    }

    private void logOpened(Journal.Loaded.Contents contents, RoomType.Found.Source source) {
        String from;
        if (!contents.isNew()) {
            from = "from the journal: " + Durability.describe(contents);
        } else if (source.state().isEmpty()) {
            from = "empty";
        } else {
            from = "from its source, " + source.state().get().length() + " bytes";
        }
        LOG.info("{}: opened {}", id, from);
        if (contents.damaged() > 0) {
            LOG.error("{}: {} damaged edits were set aside", id, contents.damaged());
        }
        if (!source.losses().isEmpty()) {
            LOG.warn("{}: read-only: {}", id, source.losses());
        }
    }

    private void join(Member member) {
        member.room = this;
        members.add(member);
        member.sentMillis = loop.nowMillis();
        counters.count(Counter.SESSIONS_JOINED);
        rooms.onPeople(id, members.size());
        say(member, TextFrames.ack(id.toString(), member.session.id()));
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        if (state instanceof State.Closing(var open)) {
            state = open;
        }
        if (state instanceof State.Open) {
            greet(member);
        }
        if (lifeSignTimer == null) {
            lifeSignTimer = loop.schedule(LIFE_SIGN_PERIOD_MILLIS, this::onLifeSignDue);
        }
    }

    private void greet(Member member) {
        send(member, frames.stepOne());
        send(member, frames.whole());
        presence.everybody().ifPresent(frame -> send(member, frame));
        if (!mayEdit(member)) {
            say(member, TextFrames.readOnly(losses()));
        }
        if (stuck != null) {
            say(member, TextFrames.draftStuck(stuck));
        }
    }

    private void keepForLater(Member member, Message message) {
        if (!member.keep(message)) {
            LOG.warn("{}: {} says too much before the room is loaded", id, member);
            expel(member, CloseCode.TRY_AGAIN);
        }
    }

    private void receive(Member member, Message message) {
        if (!members.contains(member)) {
            return; // it was sent away while this was on its way
        }
        try {
            switch (message) {
                case Message.SyncStep1(var stateVector) -> send(member, frames.since(stateVector));
                case Message.SyncStep2(var update) -> {
                    if (mayEdit(member)) {
                        edit(member, update);
                    } else if (frames.lacksStructsOf(update)) {
                        refuse(member);
                    }
                }
                case Message.Update(var update) -> {
                    if (mayEdit(member)) {
                        edit(member, update);
                    } else if (!Updates.isEmpty(update)) {
                        refuse(member);
                    }
                }
                case Message.AwarenessUpdate(var entries) -> present(member, entries);
                case Message.QueryAwareness() ->
                    send(member, presence.everybody().orElse(Presence.NOTHING));
                case Message.SyncStatus(var token) -> ask(member, token);
                case Message.PermissionDenied(var reason) -> {}
                case Message.Unknown(var unknown) -> {}
            }
        } catch (MalformedBytesException e) {
            LOG.warn("{}: {} sent what is no update: {}", id, member, e.getMessage());
            counters.count(Counter.SESSIONS_MALFORMED);
            expel(member, CloseCode.MALFORMED);
        }
    }

    private void edit(Member member, Bytes update) {
        Applied applied = doc.apply(update, member);
        List<Bytes> changes = applied.changes();
        if (changes.isEmpty() && !(applied.held() && frames.holdsMore())) {
            return;
        }
        counters.count(Counter.EDITS_APPLIED);
        frames.changed();
        if (applied.held()) {
            keep(member, update, applied.clients()); // what is held is in none of the changes
        }
        for (int i = 0; i < changes.size(); i++) {
            // After what came stands what the document did in consequence, which is new to the author too.
            tickEdits.add(i == 0 ? member : null, changes.get(i));
            if (i > 0 || !applied.held()) {
                keep(member, changes.get(i), applied.clients());
            }
        }
        if (state instanceof State.Open(var follower, var losses)) {
            follower.onEdited();
        }
        askTickEnd();
    }

    private void keep(Member member, Bytes update, List<Long> clients) {
        tickEntries
                .computeIfAbsent(member, first -> new ArrayList<>(1))
                .add(new Journal.Entry(
                        update, clients, member.session.principal().id(), member.session.id(), loop.nowMillis()));
    }

    private void refuse(Member member) {
        counters.count(Counter.EDITS_REFUSED);
        member.hasRefusedEdits = true;
        long now = loop.nowMillis();
        if (member.refusedMillis == 0 || now - member.refusedMillis >= REFUSAL_PAUSE_MILLIS) {
            member.refusedMillis = now;
            LOG.info("{}: refused an edit of {}, who may not edit", id, member);
            say(member, TextFrames.error("PERMISSION_DENIED", "You may not edit this record"));
        }
    }

    private void present(Member member, List<AwarenessEntry> entries) {
        List<AwarenessEntry> answers = presence.say(member, entries);
        if (!answers.isEmpty()) {
            send(member, Presence.frame(answers));
        }
        if (presence.hasNews()) {
            askTickEnd();
        }
    }

    private void ask(Member member, Bytes token) {
        if (token.length() > MAX_TOKEN) {
            throw new MalformedBytesException("a token of " + token.length() + " bytes", 0);
        }
        if (!member.hasRefusedEdits) { // not all it sent is kept, so nothing can be called saved
            tickAsked.add(new Asked(member, token.compact()));
            askTickEnd();
        }
    }

    private void onSafe(Member member, Bytes token) {
        if (members.contains(member)) {
            send(member, Messages.write(new Message.SyncStatus(token)));
        }
    }

    private void leave(Member member) {
        if (!members.remove(member)) {
            return;
        }
        member.room = null;
        member.takeKept();
        counters.count(Counter.SESSIONS_LEFT);
        rooms.onPeople(id, members.size());
        durability.forget(member);
        presence.leave(member);
        if (presence.hasNews()) {
            askTickEnd();
        }
        if (members.isEmpty()) {
            if (lifeSignTimer != null) {
                lifeSignTimer.cancel();
                lifeSignTimer = null;
            }
            if (state instanceof State.Open) {
                awaitGrace();
            }
        }
    }

    private void expel(Member member, CloseCode code) {
        if (members.contains(member)) {
            leave(member);
            member.outbox.close(code);
        }
    }

    private void send(Member member, Bytes frame) {
        if (member.outbox.offer(frame)) {
            member.sentMillis = loop.nowMillis();
            counters.count(Counter.FRAMES_SENT);
            touch(member);
        } else {
            slow.add(member);
            askTickEnd();
        }
    }

    private void say(Member member, String json) {
        if (type.speaksText()) {
            member.outbox.text(json);
            touch(member);
        }
    }

    private void touch(Member member) {
        if (!member.isTouched) {
            member.isTouched = true;
            tickTouched.add(member);
            askTickEnd();
        }
    }

    private void askTickEnd() {
        if (!isTickEndAsked) {
            isTickEndAsked = true;
            loop.atEndOfTick(() -> {
                isTickEndAsked = false;
                guarded(this::onTickEnd);
            });
        }
    }

    private void onTickEnd() {
        if (state instanceof State.Ended) {
            return;
        }
        tickEntries.values().forEach(entries -> durability.append(Journal.Entry.joined(entries)));
        tickEntries.clear();
        List<Asked> asked = List.copyOf(tickAsked);
        tickAsked.clear();
        for (Asked one : asked) {
            if (durability.waitingOf(one.member()) >= MAX_TOKENS) {
                durability.forgetOldest(one.member());
            }
            durability.tell(one.member(), one.token());
        }
        passOnEdits();
        expelSlow();
        passOnPresence();
        expelSlow();
        for (Member member : tickTouched) {
            member.isTouched = false;
            member.outbox.flush();
        }
        tickTouched.clear();
        durability.compactWhenMany();
    }

    private void passOnEdits() {
        if (!tickEdits.isEmpty()) {
            tickEdits.handOut(members, this::send);
        }
    }

    private void passOnPresence() {
        if (!presence.hasNews()) {
            return;
        }
        Presence.News news = presence.takeNews();
        for (Member member : members) {
            news.frameFor(member).ifPresent(frame -> sendPresence(member, frame));
        }
    }

    private void sendPresence(Member member, Bytes frame) {
        if (member.outbox.offerPresence(frame)) {
            member.sentMillis = loop.nowMillis();
            counters.count(Counter.FRAMES_SENT);
            touch(member);
        }
    }

    private void expelSlow() {
        for (Member member : List.copyOf(slow)) {
            if (members.contains(member)) {
                LOG.warn("{}: {} reads too slowly", id, member);
                counters.count(Counter.SESSIONS_TOO_SLOW);
                expel(member, CloseCode.TRY_AGAIN);
            }
        }
        slow.clear();
    }

    private final class FollowerWatcher implements RoomType.Watcher {
        @Override
        public void onCaughtUp() {
            guarded(() -> {
                durability.compactWhenAny();
                if (stuck != null) {
                    stuck = null;
                    members.forEach(member -> say(member, TextFrames.draftWritten()));
                }
            });
        }

        @Override
        public void onStuck(String reason) {
            guarded(() -> {
                stuck = reason;
                members.forEach(member -> say(member, TextFrames.draftStuck(reason)));
            });
        }
    }

    private void onLifeSignDue() {
        lifeSignTimer = null;
        frames.forgetWhole(); // made again for the next who joins; until then it only needs memory
        guarded(() -> {
            if (members.isEmpty() || state instanceof State.Ended) {
                return;
            }
            for (Member member : members) {
                if (loop.nowMillis() - member.sentMillis >= QUIET_MILLIS) {
                    sendPresence(member, Presence.NOTHING);
                }
            }
            lifeSignTimer = loop.schedule(LIFE_SIGN_PERIOD_MILLIS, this::onLifeSignDue);
        });
    }

    private void awaitGrace() {
        if (graceMillis <= 0) {
            close();
        } else if (graceTimer == null) {
            graceTimer = loop.schedule(graceMillis, () -> {
                graceTimer = null;
                guarded(this::close);
            });
        }
    }

    /// Brings the follower and the journal up to date and ends, unless somebody comes meanwhile.
    private void close() {
        if (!(state instanceof State.Open open)) {
            return;
        }
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        State.Closing closing = new State.Closing(open);
        state = closing;
        loop.atEndOfTick(() -> guarded(() -> flush(closing)));
    }

    private void flush(State.Closing closing) {
        if (isTickEndAsked) { // the edits of this tick are not in the journal yet
            loop.atEndOfTick(() -> guarded(() -> flush(closing)));
            return;
        }
        ifStill(
                closing,
                () -> closing.open.follower.flush(() -> ifStill(closing, () -> {
                    durability.compactWhenAny();
                    durability.whenSettled(() -> ifStill(closing, () -> {
                        LOG.info("{}: closed", id);
                        counters.count(Counter.ROOMS_CLOSED);
                        end();
                    }));
                })));
    }

    private void ifStill(State.Closing closing, Runnable work) {
        guarded(() -> {
            if (state == closing) {
                work.run();
            }
        });
    }

    private boolean mayEdit(Member member) {
        return member.access == Access.WRITE && losses().isEmpty();
    }

    private List<String> losses() {
        return switch (state) {
            case State.Open(var follower, var losses) -> losses;
            case State.Closing(var open) -> open.losses();
            case State.Loading loading -> List.of();
            case State.Ended nothing -> List.of();
        };
    }

    private boolean isFollowerBehind() {
        return follower().map(RoomType.Follower::isBehind).orElse(false);
    }

    private Optional<RoomType.Follower> follower() {
        return switch (state) {
            case State.Open(var follower, var losses) -> Optional.of(follower);
            case State.Closing(var open) -> Optional.of(open.follower());
            case State.Loading loading -> Optional.empty();
            case State.Ended nothing -> Optional.empty();
        };
    }

    /// Does something to the room. What cannot happen, when it happens, stops the room: its document is not
    /// to be trusted any more. Everybody is asked to come back, to a room that is loaded from the journal.
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | StackOverflowError e) {
            if (state instanceof State.Ended) {
                LOG.error("{}: trouble after its end", id, e);
                return;
            }
            LOG.error("{}: stopped; it is loaded again when somebody comes", id, e);
            counters.count(Counter.ROOMS_FAILED);
            stop();
        }
    }

    private void stop() {
        List<Member> all = List.copyOf(members);
        end();
        for (Member member : all) {
            member.outbox.close(CloseCode.TRY_AGAIN);
        }
    }

    private void end() {
        follower().ifPresent(RoomType.Follower::stop);
        state = new State.Ended();
        durability.stop();
        if (graceTimer != null) {
            graceTimer.cancel();
        }
        if (lifeSignTimer != null) {
            lifeSignTimer.cancel();
        }
        for (Member member : members) {
            member.room = null;
            member.takeKept();
            counters.count(Counter.SESSIONS_LEFT);
        }
        members.clear();
        rooms.onEnded(this);
        ended.complete(null);
    }
}
