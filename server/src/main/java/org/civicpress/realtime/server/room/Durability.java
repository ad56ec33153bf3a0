package org.civicpress.realtime.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What of a room is durable, and who waits for it.
///
/// Whatever is handed to the journal gets a *number*, which is the room's own. Entries become durable in the
/// order of their numbers, so one number says it all: everything up to [#durable] is durable. When the
/// journal loses something, this stands still, whatever becomes durable later, until a whole state that was
/// handed in after the loss is durable.
///
/// ## When it takes too long
///
/// *Late* is a room whose oldest edit waits for longer than [#LATE_MILLIS], or whose journal says that it fails:
/// people are told, and senders are slowed. Waits an edit for longer than [#MOST_MILLIS], or too much of them, the
/// room takes no more: what it has stays in memory, and what its people write stays with them.
///
/// Confined to its [Room].
final class Durability {
    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
    private static final int COMPACT_ENTRIES = 1_000;
    private static final long COMPACT_BYTES = 1 << 20;
    private static final long RETRY_MILLIS = 1_000;
    static final long LATE_MILLIS = 2_000;
    static final long MOST_MILLIS = 10 * 60_000;
    static final long MOST_BYTES = 64 << 20;
    private static final long LAG_PERIOD_MILLIS = 500;

    private final RoomId room;
    private final Loop loop;
    private final Journal journal;
    private final Counters counters;
    private final Watcher watcher;

    private long handedIn;
    private long durable;
    private long written; // the highest number that the journal called durable; above a loss it proves nothing
    private long lost; // the number of the last loss that no state has made good; 0: none
    private boolean isTroubled;
    private boolean isCompacting;
    private boolean isStopped;

    private long generation = 1;
    private long sequence; // of the last entry in the journal
    private long baseSequence;
    private int entries; // after the base state
    private long entryBytes;
    private long stateBytes;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Runnable> whenSettled = new ArrayList<>();

    /// When what is not durable yet was handed in, the oldest first.
    private final ArrayDeque<HandedIn> undurable = new ArrayDeque<>();
    private long undurableBytes;
    private @Nullable String late; // what to say of it; null: nothing is late
    private boolean isUnsavedForTooLong;
    private Loop.@Nullable Timer lagTimer;

    /// What a room does for this, and hears of it. Confined to the room.
    interface Watcher {
        /// Does a work as the room does its own.
        void guarded(Runnable work);

        /// The whole state of the room's document.
        Bytes state();

        boolean isFollowerBehind();

        /// All that a member said before it asked this is durable.
        void onSafe(Member member, Bytes token);

        /// Edits are not durable yet. Said once, until [#onSavedAgain].
        ///
        /// @param reason a sentence for people
        void onLate(String reason);

        /// No more edits may be taken. Said once, until [#onSavedAgain].
        void onUnsavedForTooLong();

        /// All edits are durable.
        void onSavedAgain();
    }

    private record HandedIn(long number, long timeMillis, int bytes, boolean isEntry) {}

    /// A state that was handed in to replace entries.
    private record Base(long number, long upTo, int replaced, long replacedBytes, int bytes) {}

    /// Somebody who waits for everything up to a number.
    private sealed interface Waiting {
        long number();

        record ForToken(Member member, Bytes token, long number) implements Waiting {}

        record ForWork(Runnable then, Runnable orElse, long number) implements Waiting {}
    }

    Durability(RoomId room, Loop loop, Journal journal, Counters counters, Watcher watcher) {
        this.room = room;
        this.loop = loop;
        this.journal = journal;
        this.counters = counters;
        this.watcher = watcher;
    }

    /// The room was loaded with this.
    void loaded(Journal.Loaded.Contents contents) {
        generation = contents.generation();
        sequence = contents.sequence();
        entries = contents.updates().size();
        baseSequence = sequence - entries;
        stateBytes = contents.base().map(Bytes::length).orElse(0);
        entryBytes = contents.updates().stream().mapToLong(Bytes::length).sum();
    }

    void seed(Bytes bytes, Bytes hash) {
        long number = handIn(bytes.length(), false);
        stateBytes = bytes.length();
        journal.seed(room, bytes, hash, saved -> post(() -> onEntry(number, saved)));
    }

    void append(Journal.Entry entry) {
        long number = handIn(entry.update().length(), true);
        entries++;
        entryBytes += entry.update().length();
        journal.append(room, entry, saved -> post(() -> onEntry(number, saved)));
    }

    private long handIn(int bytes, boolean isEntry) {
        long number = ++handedIn;
        undurable.add(new HandedIn(number, loop.nowMillis(), bytes, isEntry));
        undurableBytes += bytes;
        if (lagTimer == null) {
            lagTimer = loop.schedule(LAG_PERIOD_MILLIS, this::onLagDue);
        }
        return number;
    }

    /// Tells the member when all that was handed in so far is durable, which may be now.
    void tell(Member member, Bytes token) {
        waiting.add(new Waiting.ForToken(member, token, handedIn));
        settle();
    }

    /// Does the work when all that was handed in so far is durable, which may be now.
    ///
    /// @param orElse done when the room ends before
    void whenDurable(Runnable then, Runnable orElse) {
        waiting.add(new Waiting.ForWork(then, orElse, handedIn));
        settle();
    }

    void forget(Member member) {
        waiting.removeIf(one -> isOf(member, one));
    }

    /// How many tokens of this member wait.
    long waitingOf(Member member) {
        return waiting.stream().filter(one -> isOf(member, one)).count();
    }

    /// Forgets the oldest token of a member; a newer one of the same member says more.
    void forgetOldest(Member member) {
        for (var one = waiting.iterator(); one.hasNext(); ) {
            if (isOf(member, one.next())) {
                one.remove();
                return;
            }
        }
    }

    private static boolean isOf(Member member, Waiting one) {
        return one instanceof Waiting.ForToken token && token.member() == member;
    }

    long generation() {
        return generation;
    }

    /// How much was accepted and how much of it is durable.
    Rooms.Position position() {
        long waitingEntries = undurable.stream().filter(HandedIn::isEntry).count();
        return new Rooms.Position(generation, sequence + waitingEntries, sequence, isSettled());
    }

    /// Why edits are not durable yet although it is time; empty when all is well.
    Optional<String> late() {
        return Optional.ofNullable(late);
    }

    /// No more edits may be taken.
    boolean isUnsavedForTooLong() {
        return isUnsavedForTooLong;
    }

    private void onLagDue() {
        lagTimer = null;
        watcher.guarded(() -> {
            if (isStopped || undurable.isEmpty()) {
                return;
            }
            long lag = loop.nowMillis() - undurable.getFirst().timeMillis();
            if (lag >= LATE_MILLIS) {
                isLate("the server's disk or database is slow");
            }
            if (!isUnsavedForTooLong && (lag >= MOST_MILLIS || undurableBytes >= MOST_BYTES)) {
                isUnsavedForTooLong = true;
                watcher.onUnsavedForTooLong();
            }
            lagTimer = loop.schedule(LAG_PERIOD_MILLIS, this::onLagDue);
        });
    }

    private void isLate(String reason) {
        if (late == null) {
            late = reason;
            counters.count(Counter.ROOMS_LATE);
            watcher.onLate(reason);
        }
    }

    /// Replaces the entries by a state when they have become many.
    void compactWhenMany() {
        if (entries >= COMPACT_ENTRIES || entryBytes >= Math.max(COMPACT_BYTES, stateBytes)) {
            compact();
        }
    }

    /// Replaces the entries by a state when there are any. When the follower has nothing to do, none is left: an
    /// entry means work after a crash, and that work would undo what others did to the draft meanwhile.
    void compactWhenAny() {
        if (entries > (watcher.isFollowerBehind() ? 1 : 0)) {
            compact();
        }
    }

    /// Does the work once everything that was handed in is durable.
    void whenSettled(Runnable work) {
        whenSettled.add(work);
        settle();
    }

    /// The room is gone; what the journal still says is nobody's business.
    void stop() {
        isStopped = true;
        if (lagTimer != null) {
            lagTimer.cancel();
        }
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        whenSettled.clear();
        for (Waiting one : all) {
            if (one instanceof Waiting.ForWork work) {
                work.orElse().run();
            }
        }
    }

    boolean isSettled() {
        return durable == handedIn;
    }

    private void compact() {
        if (isCompacting || isStopped) {
            return;
        }
        isCompacting = true;
        // While the follower has work to do, one entry stays: after a crash it is the sign that there is work.
        long upTo = watcher.isFollowerBehind() ? Math.max(baseSequence, sequence - 1) : sequence;
        Bytes whole = watcher.state();
        long number = handIn(whole.length(), false);
        int replaced = entries;
        long replacedBytes = entryBytes;
        journal.compact(
                room,
                whole,
                upTo,
                saved -> post(() -> onBase(new Base(number, upTo, replaced, replacedBytes, whole.length()), saved)));
    }

    private void onBase(Base base, Journal.Saved saved) {
        if (isStopped) {
            return;
        }
        switch (saved) {
            case Journal.Saved.Durable durableNow -> {
                isCompacting = false;
                isTroubled = false;
                entries -= base.replaced;
                entryBytes -= base.replacedBytes;
                stateBytes = base.bytes;
                baseSequence = base.upTo;
                written = Math.max(written, base.number);
                if (lost > base.number) {
                    compact();
                } else if (lost > 0) {
                    LOG.info("{}: the journal is whole again", room);
                    lost = 0;
                }
            }
            case Journal.Saved.Failed(var reason, var kept) -> {
                trouble(reason);
                if (!kept) {
                    isCompacting = false;
                    if (lost > 0) {
                        loop.schedule(RETRY_MILLIS, () -> watcher.guarded(this::compact));
                    } else {
                        written = Math.max(written, base.number); // all that it holds is durable without it
                    }
                }
            }
        }
        settle();
    }

    private void onEntry(long number, Journal.Saved saved) {
        if (isStopped) {
            return;
        }
        switch (saved) {
            case Journal.Saved.Durable(var entrySequence) -> {
                isTroubled = false;
                sequence = Math.max(sequence, entrySequence);
                written = Math.max(written, number);
            }
            case Journal.Saved.Failed(var reason, var kept) -> {
                trouble(reason);
                if (!kept) {
                    lost = Math.max(lost, number);
                    compact();
                }
            }
        }
        settle();
    }

    private void post(Runnable work) {
        loop.execute(() -> watcher.guarded(work));
    }

    private void trouble(String reason) {
        counters.count(Counter.JOURNAL_FAILURES);
        if (!isTroubled) {
            isTroubled = true;
            LOG.warn("{}: not durable now: {}", room, reason);
        }
        isLate(reason);
    }

    private void settle() {
        if (lost == 0) {
            durable = Math.max(durable, written);
        }
        while (!undurable.isEmpty() && undurable.getFirst().number() <= durable) {
            undurableBytes -= undurable.removeFirst().bytes();
        }
        while (!waiting.isEmpty() && waiting.getFirst().number() <= durable) {
            switch (waiting.removeFirst()) {
                case Waiting.ForToken(var member, var token, long number) -> watcher.onSafe(member, token);
                case Waiting.ForWork(var then, var orElse, long number) -> then.run();
            }
        }
        if (isSettled() && late != null) {
            late = null;
            isUnsavedForTooLong = false;
            watcher.onSavedAgain();
        }
        if (isSettled() && !whenSettled.isEmpty()) {
            List<Runnable> works = List.copyOf(whenSettled);
            whenSettled.clear();
            works.forEach(Runnable::run);
        }
    }

    /// The base state that was loaded and the entries after it, for logs.
    static String describe(Journal.Loaded.Contents contents) {
        Optional<Bytes> base = contents.base();
        return (base.isPresent() ? base.get().length() + " bytes" : "nothing") + " and "
                + contents.updates().size() + " edits";
    }
}
