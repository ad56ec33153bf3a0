package org.civicpress.realtime.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A journal on a disk that is only a map. What is handed in waits until [#commit], unless it commits by
/// itself. Confined to the test's thread.
public final class SimulatedJournal implements Journal {
    /// Whether everything that is handed in is durable at once.
    public boolean isPrompt = true;

    /// Whether nothing can be written: what waits is told so, once, and stays.
    public boolean isDiskFull;

    /// Whether entries are turned away and forgotten.
    public boolean isTurningAway;

    /// Whether it does what no journal does.
    public boolean isBroken;

    public @Nullable String loadFailure;
    public int seeds;
    public int compactions;
    public final List<Entry> appended = new ArrayList<>();

    private static final Bytes EMPTY_UPDATE = Bytes.wrap(new byte[] {0, 0});

    private final Map<RoomId, List<Stored>> disk = new HashMap<>();
    private final Map<RoomId, Integer> proposals = new HashMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /// One generation.
    private static final class Stored {
        @Nullable
        Bytes base;

        @Nullable
        Bytes seedHash;

        @Nullable
        Bytes intended;

        @Nullable
        Bytes written;

        Abandoned abandoned = Abandoned.NOTHING;

        long sequence;
        final TreeMap<Long, Bytes> entries = new TreeMap<>();

        List<Bytes> parts() {
            return Stream.concat(Stream.ofNullable(base), entries.values().stream())
                    .toList();
        }

        Set<Bytes> bodies() {
            return Stream.of(Optional.ofNullable(seedHash), Optional.ofNullable(intended), Optional.ofNullable(written))
                    .flatMap(Optional::stream)
                    .collect(Collectors.toSet());
        }
    }

    private record Waiting(Runnable write, Consumer<Saved> whenSaved, RoomId room) {}

    @Override
    public void load(RoomId room, Consumer<Loaded> whenLoaded) {
        commit();
        if (loadFailure != null) {
            whenLoaded.accept(new Loaded.Failed(loadFailure));
            return;
        }
        List<Stored> generations = disk.getOrDefault(room, List.of(new Stored()));
        Stored stored = generations.getLast();
        whenLoaded.accept(new Loaded.Contents(
                Optional.ofNullable(stored.base),
                List.copyOf(stored.entries.values()),
                generations.size(),
                stored.sequence,
                0,
                stored.abandoned,
                stored.bodies(),
                proposals.getOrDefault(room, 0)));
    }

    @Override
    public void seed(RoomId room, Bytes state, Bytes hash, Consumer<Saved> whenSaved) {
        seeds++;
        handIn(
                room,
                () -> {
                    Stored stored = stored(room);
                    stored.base = state;
                    stored.seedHash = hash;
                },
                whenSaved);
    }

    @Override
    public void startAnew(RoomId room, NewGeneration start, Consumer<Saved> whenSaved) {
        handIn(
                room,
                () -> {
                    Stored next = new Stored();
                    next.base = start.state().orElse(null);
                    next.seedHash = start.hash().length() == 0 ? null : start.hash();
                    next.abandoned = stored(room)
                            .abandoned
                            .without(start.state().orElse(EMPTY_UPDATE))
                            .and(start.abandoned());
                    generations(room).add(next);
                },
                whenSaved);
    }

    @Override
    public void loadOlder(RoomId room, Consumer<List<Bytes>> whenLoaded) {
        commit();
        List<Stored> generations = generations(room);
        List<Stored> older = generations.subList(Math.max(0, generations.size() - 4), generations.size() - 1);
        whenLoaded.accept(older.reversed().stream()
                .map(Stored::parts)
                .filter(parts -> !parts.isEmpty())
                .map(Updates::merge)
                .toList());
    }

    @Override
    public void noteBody(RoomId room, Bytes hash, BodyNote note, Consumer<Saved> whenSaved) {
        handIn(
                room,
                () -> {
                    Stored stored = stored(room);
                    switch (note) {
                        case INTENDED -> stored.intended = hash;
                        case WRITTEN -> {
                            stored.written = hash;
                            if (hash.equals(stored.intended)) {
                                stored.intended = null;
                            }
                        }
                    }
                },
                whenSaved);
    }

    @Override
    public void append(RoomId room, Entry entry, Consumer<Saved> whenSaved) {
        if (isBroken) {
            throw new IllegalStateException("broken on purpose");
        }
        if (isTurningAway) {
            whenSaved.accept(new Saved.Failed("too much waits", false));
            return;
        }
        appended.add(entry);
        handIn(
                room,
                () -> {
                    Stored stored = stored(room);
                    stored.entries.put(++stored.sequence, entry.update());
                },
                whenSaved);
    }

    @Override
    public void compact(RoomId room, Bytes state, long upToSequence, Consumer<Saved> whenSaved) {
        if (isTurningAway) {
            whenSaved.accept(new Saved.Failed("too much waits", false));
            return;
        }
        compactions++;
        handIn(
                room,
                () -> {
                    Stored stored = stored(room);
                    if (upToSequence > stored.sequence) {
                        throw new IllegalStateException("compacted up to " + upToSequence + " of " + stored.sequence);
                    }
                    stored.base = state;
                    stored.entries.headMap(upToSequence, true).clear();
                },
                whenSaved);
    }

    @Override
    public void findUnfinished(String type, Consumer<List<RoomId>> whenFound) {
        whenFound.accept(disk.entrySet().stream()
                .filter(room -> room.getKey().type().equals(type)
                        && !room.getValue().getLast().entries.isEmpty())
                .map(Map.Entry::getKey)
                .toList());
    }

    @Override
    public Health health() {
        return new Health(isDiskFull ? Optional.of("disk full") : Optional.empty(), waiting.size(), 0, 0);
    }

    private void handIn(RoomId room, Runnable write, Consumer<Saved> whenSaved) {
        waiting.add(new Waiting(write, whenSaved, room));
        if (isDiskFull) {
            whenSaved.accept(new Saved.Failed("disk full", true));
        } else if (isPrompt) {
            commit();
        }
    }

    /// Makes all that waits durable, when the disk lets it.
    public void commit() {
        commit(isDiskFull ? 0 : Integer.MAX_VALUE);
    }

    /// Makes the first of what waits durable.
    public void commit(int count) {
        for (int i = 0; i < count && !waiting.isEmpty(); i++) {
            Waiting next = waiting.remove();
            next.write.run();
            next.whenSaved.accept(new Saved.Durable(stored(next.room).sequence));
        }
    }

    /// Forgets what was not durable, and everybody who waits.
    public void crash() {
        waiting.clear();
    }

    public int waiting() {
        return waiting.size();
    }

    /// How many entries of a room are on the disk.
    public int entries(RoomId room) {
        return stored(room).entries.size();
    }

    public boolean hasBase(RoomId room) {
        return stored(room).base != null;
    }

    /// The present generation of a room, the first is 1.
    /// The hashes of the bodies that are known of a room.
    public Set<Bytes> bodies(RoomId room) {
        List<Stored> generations = disk.get(room);
        return generations == null ? Set.of() : generations.getLast().bodies();
    }

    public long generation(RoomId room) {
        return generations(room).size();
    }

    /// How many proposals of a room the next loads tell of.
    public void proposals(RoomId room, int count) {
        proposals.put(room, count);
    }

    private Stored stored(RoomId room) {
        return generations(room).getLast();
    }

    private List<Stored> generations(RoomId room) {
        return disk.computeIfAbsent(room, missing -> new ArrayList<>(List.of(new Stored())));
    }
}
