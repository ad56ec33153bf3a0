package org.civicpress.realtime.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What of a room is durable, and who waits for it.
///
/// Whatever is handed to the journal gets a *number*, which is the room's own. Entries become durable in the
/// order of their numbers, so one number says it all: everything up to [#durable] is durable. When the
/// journal loses something, this stands still, whatever becomes durable later, until a whole state that was
/// handed in after the loss is durable.
///
/// Confined to its [Room].
final class Durability {
    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
    private static final int COMPACT_ENTRIES = 1_000;
    private static final long COMPACT_BYTES = 1 << 20;
    private static final long RETRY_MILLIS = 1_000;

    private final RoomId room;
    private final Loop loop;
    private final Journal journal;
    private final Counters counters;
    private final Consumer<Runnable> guard;
    private final Supplier<Bytes> state;
    private final BooleanSupplier isFollowerBehind;
    private final BiConsumer<Member, Bytes> whenSafe;

    private long handedIn;
    private long durable;
    private long written; // the highest number that the journal called durable; above a loss it proves nothing
    private long lost; // the number of the last loss that no state has made good; 0: none
    private boolean isTroubled;
    private boolean isCompacting;
    private boolean isStopped;

    private long sequence; // of the last entry in the journal
    private long baseSequence;
    private int entries; // after the base state
    private long entryBytes;
    private long stateBytes;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Runnable> whenSettled = new ArrayList<>();

    /// A state that was handed in to replace entries.
    private record Base(long number, long upTo, int replaced, long replacedBytes, int bytes) {}

    private record Waiting(Member member, Bytes token, long number) {}

    /// @param guard does a work as the room does its own
    /// @param state the whole state of the room's document
    /// @param whenSafe told of each token whose time has come
    Durability(
            RoomId room,
            Loop loop,
            Journal journal,
            Counters counters,
            Consumer<Runnable> guard,
            Supplier<Bytes> state,
            BooleanSupplier isFollowerBehind,
            BiConsumer<Member, Bytes> whenSafe) {
        this.room = room;
        this.loop = loop;
        this.journal = journal;
        this.counters = counters;
        this.guard = guard;
        this.state = state;
        this.isFollowerBehind = isFollowerBehind;
        this.whenSafe = whenSafe;
    }

    /// The room was loaded with this.
    void loaded(Journal.Loaded.Contents contents) {
        sequence = contents.sequence();
        entries = contents.updates().size();
        baseSequence = sequence - entries;
        stateBytes = contents.base().map(Bytes::length).orElse(0);
        entryBytes = contents.updates().stream().mapToLong(Bytes::length).sum();
    }

    void seed(Bytes bytes, Bytes hash) {
        long number = ++handedIn;
        stateBytes = bytes.length();
        journal.seed(room, bytes, hash, saved -> post(() -> onEntry(number, saved)));
    }

    void append(Journal.Entry entry) {
        long number = ++handedIn;
        entries++;
        entryBytes += entry.update().length();
        journal.append(room, entry, saved -> post(() -> onEntry(number, saved)));
    }

    /// Tells the member when all that was handed in so far is durable, which may be now.
    void tell(Member member, Bytes token) {
        waiting.add(new Waiting(member, token, handedIn));
        settle();
    }

    void forget(Member member) {
        waiting.removeIf(one -> one.member() == member);
    }

    /// How many tokens of this member wait.
    long waitingOf(Member member) {
        return waiting.stream().filter(one -> one.member() == member).count();
    }

    /// Forgets the oldest token of a member; a newer one of the same member says more.
    void forgetOldest(Member member) {
        for (var one = waiting.iterator(); one.hasNext(); ) {
            if (one.next().member() == member) {
                one.remove();
                return;
            }
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
        if (entries > (isFollowerBehind.getAsBoolean() ? 1 : 0)) {
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
        waiting.clear();
        whenSettled.clear();
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
        long upTo = isFollowerBehind.getAsBoolean() ? Math.max(baseSequence, sequence - 1) : sequence;
        Bytes whole = state.get();
        long number = ++handedIn;
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
                        loop.schedule(RETRY_MILLIS, () -> guard.accept(this::compact));
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
        loop.execute(() -> guard.accept(work));
    }

    private void trouble(String reason) {
        counters.count(Counter.JOURNAL_FAILURES);
        if (!isTroubled) {
            isTroubled = true;
            LOG.warn("{}: not durable now: {}", room, reason);
        }
    }

    private void settle() {
        if (lost == 0) {
            durable = Math.max(durable, written);
        }
        while (!waiting.isEmpty() && waiting.peekFirst().number() <= durable) {
            Waiting one = waiting.removeFirst();
            whenSafe.accept(one.member(), one.token());
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
