package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.StateVector;
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
/// While it is *loading* ([Opening]), whoever joins and whatever they say waits. It is *open* as long as there are
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
///
/// Who comes with a document of an older generation is the business of [Reception].
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    private static final int MAX_TOKEN = 1 << 10;
    private static final int MAX_TOKENS = 256;
    private static final long LIFE_SIGN_PERIOD_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 12_000; // a client gives up after 30 s of silence
    private static final long REFUSAL_PAUSE_MILLIS = 10_000;
    private static final long SHUTDOWN_MILLIS = 15_000;
    private static final long SHUTDOWN_PATIENCE_MILLIS = 10_000; // with the follower

    final RoomId id;
    final Loop loop;
    private final RoomType type;
    private final Rooms rooms;
    private final Journal journal;
    private final Proposals proposals;
    private final Reception reception;
    private final Snapshots snapshots;
    private final Counters counters;

    private final Set<Member> members = new LinkedHashSet<>();
    private final Presence presence = new Presence();
    private State state = new State.Loading(new ArrayList<>(0));
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private final List<Asked> tickAsked = new ArrayList<>();
    private final Post post;
    private final Talk talk;
    private boolean isTickEndAsked;

    private @Nullable String stuck; // why the follower cannot follow
    private int proposed; // how many proposals wait for a person
    private Loop.@Nullable Timer graceTimer;
    private Loop.@Nullable Timer lifeSignTimer;

    private sealed interface State {
        /// @param visits of the server, to be made when it is open
        record Loading(List<Runnable> visits) implements State {}

        record Open(Live live) implements State {}

        record Closing(Live live) implements State {}

        record Ended() implements State {}
    }

    private record Asked(Member member, Bytes token) {}

    Room(
            RoomId id,
            Loop loop,
            RoomType type,
            Rooms rooms,
            Journal journal,
            Proposals proposals,
            Snapshots snapshots,
            Counters counters) {
        this.id = id;
        this.loop = loop;
        this.type = type;
        this.rooms = rooms;
        this.journal = journal;
        this.proposals = proposals;
        this.snapshots = snapshots;
        this.counters = counters;
        post = new Post(loop, counters, type.speaksText(), this::askTickEnd);
        reception = new Reception(id, loop, proposals, counters, new ReceptionHosting());
        talk = new Talk(() -> type.converse(id, loop), new TalkHosting());
    }

    /// Begins to load.
    void load() {
        Opening.begin(
                id,
                type,
                journal,
                proposals,
                loop.nowMillis(),
                result -> loop.execute(() -> guarded(() -> onOpening(result))));
    }

    void onJoin(Member member) {
        loop.requireInside();
        guarded(() -> join(member));
    }

    void onText(Member member, String text) {
        loop.requireInside();
        counters.count(Counter.MESSAGES_RECEIVED);
        guarded(() -> talk.hear(member, text));
    }

    void onReceive(Member member, Message message) {
        loop.requireInside();
        counters.count(Counter.MESSAGES_RECEIVED);
        guarded(() -> {
            if (live() instanceof Live live) {
                receive(live, member, message);
            } else {
                keepForLater(member, message);
            }
        });
    }

    /// Edits in the name of a person, as soon as the room is open.
    ///
    /// @param whenDone told on the loop, once
    void onEdit(Principal principal, Edit edit, Consumer<Edit.Outcome> whenDone) {
        loop.requireInside();
        whenOpen(
                live -> edit(live, principal, edit, whenDone),
                reason -> whenDone.accept(new Edit.Outcome.Failed(reason)));
    }

    /// Shows its document, as soon as the room is open.
    ///
    /// @param viewer told on the loop, once
    void onLook(Consumer<Rooms.View> viewer) {
        loop.requireInside();
        whenOpen(
                live -> viewer.accept(new Rooms.View.Open(live.doc, live.losses)),
                reason -> viewer.accept(new Rooms.View.Failed(reason)));
    }

    /// Has a snapshot taken, when the room is open.
    ///
    /// @param whenDone told on the loop; not when the room ends before
    void onSnapshot(Consumer<Snapshots.Outcome> whenDone) {
        loop.requireInside();
        whenOpen(
                live -> live.passes().onDemand(whenDone),
                reason -> whenDone.accept(new Snapshots.Outcome.Failed(reason)));
    }

    private void whenOpen(Consumer<Live> visit, Consumer<String> whenEnded) {
        guarded(() -> {
            switch (state) {
                case State.Loading(var visits) -> visits.add(() -> whenOpen(visit, whenEnded));
                case State.Open(var live) -> visit.accept(live);
                case State.Closing(var live) -> {
                    state = new State.Open(live);
                    visit.accept(live);
                    awaitGrace();
                }
                case State.Ended nothing -> whenEnded.accept("the room has ended; try again");
            }
        });
    }

    private void edit(Live live, Principal principal, Edit edit, Consumer<Edit.Outcome> whenDone) {
        if (!live.losses.isEmpty()) {
            whenDone.accept(new Edit.Outcome.Refused(String.join("; ", live.losses)));
            return;
        }
        long limit = rooms.settings().maxDocumentBytes();
        if (live.size.isFull(limit, loop.nowMillis())) {
            whenDone.accept(new Edit.Outcome.Refused("the document has reached its limit of " + limit + " bytes"));
            return;
        }
        Optional<String> obstacle = live.edit(principal, edit);
        if (obstacle.isPresent()) {
            whenDone.accept(new Edit.Outcome.Refused(obstacle.get()));
            return;
        }
        counters.count(Counter.EDITS_APPLIED);
        askTickEnd();
        live.durability.whenDurable(
                () -> whenDone.accept(new Edit.Outcome.Durable()),
                () -> whenDone.accept(new Edit.Outcome.Failed("the room has ended before it was durable")));
    }

    /// How much of what it accepted is durable; empty while it is not open.
    Optional<Rooms.Position> position() {
        loop.requireInside();
        return live() instanceof Live live ? Optional.of(live.durability.position()) : Optional.empty();
    }

    /// More or fewer proposals wait now.
    void onProposals(int waiting) {
        loop.requireInside();
        guarded(() -> {
            if (proposed != waiting) {
                proposed = waiting;
                if (live() instanceof Live live) {
                    members.stream()
                            .filter(member -> mayEdit(live, member) && member.standing != Member.Standing.STALE)
                            .forEach(member -> post.say(member, TextFrames.proposals(waiting)));
                }
            }
        });
    }

    /// What a member may do has changed. Of what it wrote meanwhile and may write now, the rest is asked for.
    void onPermit(Member member, Permit permit) {
        loop.requireInside();
        guarded(() -> {
            Permit before = member.permit;
            member.permit = permit;
            if (permit.access() == Access.NONE) {
                expel(member, CloseCode.PERMISSION_DENIED);
            } else if (live() instanceof Live live && member.isTold && !before.equals(permit)) {
                tellPermit(live, member, before);
            }
        });
    }

    private void tellPermit(Live live, Member member, Permit before) {
        if (!mayEdit(live, member)) {
            post.say(member, TextFrames.readOnly(reasons(live, member)));
        } else if (before.access() != Access.WRITE) {
            question(member, live.frames.stepOne());
            post.say(member, TextFrames.editable());
            if (proposed > 0) {
                post.say(member, TextFrames.proposals(proposed));
            }
        }
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
                if (state instanceof State.Closing(var live)) {
                    live.follower().flush(SHUTDOWN_PATIENCE_MILLIS, () -> {});
                }
                close(SHUTDOWN_PATIENCE_MILLIS);
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

    private void onOpening(Opening.Result result) {
        if (!(state instanceof State.Loading(var visits))) {
            return;
        }
        switch (result) {
            case Opening.Result.Ready ready -> open(ready);
            case Opening.Result.Failed(var reason) -> {
                LOG.error("{}: not opened: {}", id, reason);
                counters.count(Counter.ROOMS_FAILED);
                stop();
                visits.forEach(Runnable::run); // each hears that the room has ended
            }
        }
    }

    private void open(Opening.Result.Ready ready) {
        Journal.Loaded.Contents contents = ready.contents();
        RoomType.Found.Source source = ready.source();
        List<Runnable> visits = state instanceof State.Loading(var waiting) ? waiting : List.of();
        Lineage lineage = new Lineage(ready.doc(), source.state().isPresent(), contents.abandoned());
        Durability durability = new Durability(id, loop, journal, counters, new DurabilityWatcher());
        Live live = new Live(ready.doc(), lineage, durability, source.losses(), loop, ready.bytes());
        state = new State.Open(live);
        durability.loaded(contents);
        if (ready.isNew() && source.losses().isEmpty()) {
            source.state().ifPresent(seed -> durability.seed(seed, source.hash()));
        }
        logOpened(ready);
        RoomType.Follower follower = type.follow(id, loop, live.doc, source, contents.bodies(), new FollowerWatcher());
        SnapshotPasses passes = new SnapshotPasses(id, loop, live.doc, snapshots, follower, this::guarded);
        live.followedBy(follower, passes);
        if (!contents.updates().isEmpty()) {
            live.follower().onEdited(); // an entry is still there, so it may be that it was never told
        }
        passes.loaded(contents);
        proposed = contents.proposals();
        counters.count(Counter.ROOMS_OPENED);
        for (Member member : List.copyOf(members)) {
            greet(live, member);
            member.takeKept().forEach(message -> receive(live, member, message));
        }
        visits.forEach(Runnable::run);
        if (members.isEmpty()) {
            awaitGraceOrClose(!visits.isEmpty());
        }
    }

    private void logOpened(Opening.Result.Ready ready) {
        Journal.Loaded.Contents contents = ready.contents();
        RoomType.Found.Source source = ready.source();
        String from;
        if (!ready.isNew()) {
            from = "from the journal, generation " + contents.generation() + ", " + Durability.describe(contents);
        } else if (source.state().isEmpty()) {
            from = "empty";
        } else {
            from = "from its file, " + source.state().get().length() + " bytes";
        }
        LOG.info("{}: opened {}: {}", id, from, source.decision());
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
        rooms.onCame(member);
        rooms.onPeople(id, members.size());
        post.say(member, TextFrames.ack(id.toString(), member.session.id()));
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        if (state instanceof State.Closing(var live)) {
            state = new State.Open(live);
        }
        if (state instanceof State.Open(var live)) {
            greet(live, member);
        }
        if (lifeSignTimer == null) {
            lifeSignTimer = loop.schedule(LIFE_SIGN_PERIOD_MILLIS, this::onLifeSignDue);
        }
        if (members.contains(member)) {
            talk.join(member);
        }
    }

    private void greet(Live live, Member member) {
        if (live.durability.isUnsavedForTooLong()) {
            expel(member, CloseCode.TRY_AGAIN);
        } else if (type.hasDocument()) {
            question(member, live.frames.stepOne());
            reception.greet(live, member);
        }
    }

    /// Tells a newcomer the document, once.
    private void tellAll(Live live, Member member) {
        if (member.isTold || member.standing == Member.Standing.STALE || !members.contains(member)) {
            return;
        }
        member.isTold = true;
        post.send(member, live.frames.whole());
        presence.everybody().ifPresent(frame -> post.send(member, frame));
        if (!mayEdit(live, member)) {
            post.say(member, TextFrames.readOnly(reasons(live, member)));
        }
        if (stuck != null) {
            post.say(member, TextFrames.draftStuck(stuck));
        }
        if (proposed > 0 && mayEdit(live, member)) {
            post.say(member, TextFrames.proposals(proposed));
        }
        live.durability.late().ifPresent(reason -> sayLate(member, reason));
    }

    private void sayLate(Member member, String reason) {
        post.say(member, TextFrames.notSaved(reason));
        member.outbox.slow(true);
    }

    private void keepForLater(Member member, Message message) {
        if (!member.keep(message)) {
            LOG.warn("{}: {} says too much before the room is loaded", id, member);
            expel(member, CloseCode.TRY_AGAIN);
        }
    }

    private void receive(Live live, Member member, Message message) {
        if (!members.contains(member)) {
            return; // it was sent away while this was on its way
        }
        if (!type.hasDocument()) {
            return;
        }
        if (message instanceof Message.SyncStep2) {
            member.unanswered--;
        }
        try {
            if (member.standing == Member.Standing.STALE) {
                if (message instanceof Message.SyncStep2(var update)) {
                    reception.keepUnsent(live, member, update);
                }
                return;
            }
            switch (message) {
                case Message.SyncStep1(var stateVector) -> answer(live, member, stateVector);
                case Message.SyncStep2(var update) -> {
                    if (reception.isForeign(live, member, update)) {
                        reception.onStale(live, member);
                    } else if (mayEdit(live, member)) {
                        edit(live, member, update);
                        if (member.unanswered <= 0) {
                            member.hasRefusedEdits = false; // they are in this answer
                        }
                    } else if (live.frames.lacksStructsOf(update)) {
                        refuse(member);
                    }
                    reception.settle(live, member);
                }
                case Message.Update(var update) -> {
                    if (live.lineage.isWatching() && live.lineage.isForeign(update)) {
                        reception.onStale(live, member);
                    } else if (mayEdit(live, member)) {
                        edit(live, member, update);
                    } else if (!Updates.isEmpty(update)) {
                        refuse(member);
                    }
                }
                case Message.AwarenessUpdate(var entries) -> present(member, entries);
                case Message.QueryAwareness() ->
                    post.send(member, presence.everybody().orElse(Presence.NOTHING));
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

    private void answer(Live live, Member member, Bytes stateVector) {
        if (member.standing == Member.Standing.NEW && live.lineage.isForeign(StateVector.decode(stateVector))) {
            reception.onStale(live, member);
            return;
        }
        tellAll(live, member);
        post.send(member, live.frames.since(stateVector));
    }

    private void edit(Live live, Member member, Bytes update) {
        long limit = rooms.settings().maxDocumentBytes();
        OptionalLong tooLarge = live.size.tooLargeWith(update, limit, loop.nowMillis());
        if (tooLarge.isPresent()) {
            refuseTooLarge(member, tooLarge.getAsLong(), limit);
            return;
        }
        if (live.apply(member, update)) {
            counters.count(Counter.EDITS_APPLIED);
            askTickEnd();
        }
    }

    private void question(Member member, Bytes stepOne) {
        member.unanswered++;
        post.send(member, stepOne);
    }

    private void refuse(Member member) {
        counters.count(Counter.EDITS_REFUSED);
        member.hasRefusedEdits = true;
        long now = loop.nowMillis();
        if (member.refusedMillis == 0 || now - member.refusedMillis >= REFUSAL_PAUSE_MILLIS) {
            member.refusedMillis = now;
            LOG.info("{}: refused an edit of {}, who may not edit", id, member);
            post.say(member, TextFrames.error("PERMISSION_DENIED", "You may not edit this record"));
        }
    }

    private void refuseTooLarge(Member member, long size, long limit) {
        counters.count(Counter.EDITS_REFUSED);
        LOG.warn("{}: refused an edit of {}: {} bytes are more than the {} allowed", id, member, size, limit);
        post.say(
                member,
                TextFrames.error(
                        "DOCUMENT_TOO_LARGE",
                        "A document may have at most " + limit + " bytes, and this one would have " + size));
        expel(member, CloseCode.documentTooLarge(limit));
    }

    private void present(Member member, List<AwarenessEntry> entries) {
        List<AwarenessEntry> answers = presence.say(member, entries);
        if (!answers.isEmpty()) {
            post.send(member, Presence.frame(answers));
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

    private void leave(Member member) {
        if (!members.remove(member)) {
            return;
        }
        member.room = null;
        member.takeKept();
        counters.count(Counter.SESSIONS_LEFT);
        rooms.onLeft(member);
        rooms.onPeople(id, members.size());
        talk.leave(member);
        if (member.timer != null) {
            member.timer.cancel();
            member.timer = null;
        }
        if (live() instanceof Live live) {
            live.durability.forget(member);
        }
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
        if (!(live() instanceof Live live)) {
            post.flush(); // nothing but greetings
            return;
        }
        live.handEntriesIn();
        List<Asked> asked = List.copyOf(tickAsked);
        tickAsked.clear();
        for (Asked one : asked) {
            if (live.durability.waitingOf(one.member()) >= MAX_TOKENS) {
                live.durability.forgetOldest(one.member());
            }
            live.durability.tell(one.member(), one.token());
        }
        live.passEditsOn(members, this::sendEdit);
        expelSlow();
        passOnPresence();
        expelSlow();
        post.flush();
        live.durability.compactWhenMany();
    }

    /// Who has not been told the document yet gets the edit with it.
    private void sendEdit(Member member, Bytes frame) {
        if (member.isTold) {
            post.send(member, frame);
        }
    }

    private void passOnPresence() {
        if (!presence.hasNews()) {
            return;
        }
        Presence.News news = presence.takeNews();
        for (Member member : members) {
            if (member.isTold) {
                news.frameFor(member).ifPresent(frame -> post.sendPresence(member, frame));
            }
        }
    }

    private void expelSlow() {
        for (Member member : post.takeSlow()) {
            if (members.contains(member)) {
                LOG.warn("{}: {} reads too slowly", id, member);
                counters.count(Counter.SESSIONS_TOO_SLOW);
                expel(member, CloseCode.TRY_AGAIN);
            }
        }
    }

    private final class FollowerWatcher implements RoomType.Watcher {
        @Override
        public void onCaughtUp() {
            guarded(() -> {
                if (live() instanceof Live live) {
                    live.durability.compactWhenAny();
                }
                if (stuck != null) {
                    stuck = null;
                    members.forEach(member -> post.say(member, TextFrames.draftWritten()));
                }
            });
        }

        @Override
        public void onStuck(String reason) {
            guarded(() -> {
                stuck = reason;
                members.forEach(member -> post.say(member, TextFrames.draftStuck(reason)));
            });
        }
    }

    private final class ReceptionHosting implements Reception.Hosting {
        @Override
        public void guarded(Runnable work) {
            Room.this.guarded(work);
        }

        @Override
        public boolean mayEdit(Live live, Member member) {
            return Room.mayEdit(live, member);
        }

        @Override
        public void question(Member member, Bytes stepOne) {
            Room.this.question(member, stepOne);
        }

        @Override
        public void tellAll(Live live, Member member) {
            Room.this.tellAll(live, member);
        }

        @Override
        public void hide(Member member) {
            presence.leave(member);
            if (presence.hasNews()) {
                askTickEnd();
            }
        }

        @Override
        public void sendAway(Member member, CloseCode code) {
            expel(member, code);
        }

        @Override
        public void onProposals(int waiting) {
            Room.this.onProposals(waiting);
        }
    }

    private final class TalkHosting implements Talk.Hosting {
        @Override
        public void say(Member member, String text) {
            post.tell(member, text);
        }

        @Override
        public void sendAway(Member member, CloseCode code) {
            loop.atEndOfTick(() -> guarded(() -> expel(member, code)));
        }
    }

    private final class DurabilityWatcher implements Durability.Watcher {
        @Override
        public void guarded(Runnable work) {
            Room.this.guarded(work);
        }

        @Override
        public Bytes state() {
            return Objects.requireNonNull(live()).doc.state();
        }

        @Override
        public boolean isFollowerBehind() {
            return live() instanceof Live live && live.isFollowerBehind();
        }

        @Override
        public void onSafe(Member member, Bytes token) {
            if (members.contains(member)) {
                post.send(member, Messages.write(new Message.SyncStatus(token)));
            }
        }

        @Override
        public void onLate(String reason) {
            LOG.warn("{}: edits are not durable yet: {}", id, reason);
            members.forEach(member -> sayLate(member, reason));
        }

        @Override
        public void onUnsavedForTooLong() {
            LOG.error("{}: edits have not been durable for too long; nobody may write until they are", id);
            for (Member member : List.copyOf(members)) {
                expel(member, CloseCode.TRY_AGAIN);
            }
        }

        @Override
        public void onSavedAgain() {
            LOG.info("{}: all edits are durable again", id);
            for (Member member : members) {
                post.say(member, TextFrames.savedAgain());
                member.outbox.slow(false);
            }
        }
    }

    private void onLifeSignDue() {
        lifeSignTimer = null;
        if (live() instanceof Live live) {
            live.frames.forgetWhole(); // made again for the next who joins; until then it only needs memory
        }
        guarded(() -> {
            if (members.isEmpty() || state instanceof State.Ended) {
                return;
            }
            for (Member member : members) {
                if (type.hasDocument() && loop.nowMillis() - member.sentMillis >= QUIET_MILLIS) {
                    post.sendPresence(member, Presence.NOTHING);
                }
            }
            lifeSignTimer = loop.schedule(LIFE_SIGN_PERIOD_MILLIS, this::onLifeSignDue);
        });
    }

    private void awaitGrace() {
        long graceMillis = rooms.settings().graceMillis();
        if (graceMillis <= 0) {
            close();
        } else if (graceTimer == null) {
            graceTimer = loop.schedule(graceMillis, () -> {
                graceTimer = null;
                guarded(this::close);
            });
        }
    }

    private void awaitGraceOrClose(boolean isWanted) {
        if (isWanted) {
            awaitGrace(); // somebody edits or looks without being here
        } else {
            close(); // opened to be finished, or all have left meanwhile
        }
    }

    /// Brings the follower and the journal up to date and ends, unless somebody comes meanwhile.
    private void close() {
        close(rooms.settings().patienceMillis());
    }

    /// @param patienceMillis with a follower that cannot catch up
    private void close(long patienceMillis) {
        if (!(state instanceof State.Open(var live))) {
            return;
        }
        if (graceTimer != null) {
            graceTimer.cancel();
            graceTimer = null;
        }
        State.Closing closing = new State.Closing(live);
        state = closing;
        loop.atEndOfTick(() -> guarded(() -> flush(closing, patienceMillis)));
    }

    private void flush(State.Closing closing, long patienceMillis) {
        if (isTickEndAsked) { // the edits of this tick are not in the journal yet
            loop.atEndOfTick(() -> guarded(() -> flush(closing, patienceMillis)));
            return;
        }
        Live live = closing.live();
        ifStill(
                closing,
                () -> live.passes()
                        .atEnd(() -> ifStill(
                                closing,
                                () -> live.follower()
                                        .flush(patienceMillis, () -> ifStill(closing, () -> settle(closing))))));
    }

    private void settle(State.Closing closing) {
        Live live = closing.live();
        live.durability.compactWhenAny();
        live.durability.whenSettled(() -> ifStill(closing, () -> {
            LOG.info("{}: closed", id);
            counters.count(Counter.ROOMS_CLOSED);
            end();
        }));
    }

    private void ifStill(State.Closing closing, Runnable work) {
        guarded(() -> {
            if (state == closing) {
                work.run();
            }
        });
    }

    private static boolean mayEdit(Live live, Member member) {
        return member.permit.access() == Access.WRITE && live.losses.isEmpty();
    }

    /// Why it may not edit.
    private static List<String> reasons(Live live, Member member) {
        List<String> all = new ArrayList<>(live.losses);
        all.addAll(member.permit.reasons());
        return all;
    }

    /// null while there is none
    private @Nullable Live live() {
        return switch (state) {
            case State.Open(var live) -> live;
            case State.Closing(var live) -> live;
            case State.Loading loading -> null;
            case State.Ended nothing -> null;
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
        Live live = live();
        state = new State.Ended();
        for (Member member : members) {
            member.room = null;
            member.takeKept();
            if (member.timer != null) {
                member.timer.cancel();
            }
            counters.count(Counter.SESSIONS_LEFT);
            rooms.onLeft(member);
        }
        members.clear();
        talk.end();
        if (live != null) {
            live.stop();
        }
        if (graceTimer != null) {
            graceTimer.cancel();
        }
        if (lifeSignTimer != null) {
            lifeSignTimer.cancel();
        }
        rooms.onEnded(this);
        ended.complete(null);
    }
}
