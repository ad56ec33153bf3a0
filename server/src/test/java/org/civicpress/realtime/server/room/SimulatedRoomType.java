package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A room type whose source and follower do what the test says. Confined to the test's thread.
final class SimulatedRoomType implements RoomType {
    static final String NAME = "records";

    Optional<Bytes> seed = Optional.empty();
    Bytes hash = Bytes.ofHex("abcd");
    List<String> losses = List.of();

    /// Whether a hash that the room does not know means that somebody else has changed the file.
    boolean isReplaceable;

    @Nullable
    String failure;

    boolean speaksText = true;

    boolean hasDocument = true;

    /// What is said beside the document, in every room.
    Optional<Conversation> conversation = Optional.empty();

    /// No conversation can begin.
    boolean isSpeechless;

    /// While true, finding waits for [#answer].
    boolean isSlow;

    /// While true, a flush waits for [#answer].
    boolean isFlushSlow;

    int edits;
    int flushes;
    boolean isBehind;
    int stopped;
    /// Who watches the last follower.
    @Nullable
    Watcher watcher;

    /// What the last follower does to catch up.
    Runnable catchUp = () -> {};

    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean speaksText() {
        return speaksText;
    }

    @Override
    public boolean hasDocument() {
        return hasDocument;
    }

    @Override
    public Optional<Conversation> converse(RoomId room, Loop loop) {
        if (isSpeechless) {
            throw new IllegalStateException("the test says so");
        }
        return conversation;
    }

    @Override
    public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
        boolean isOurs = kept.isEmpty() || kept.get().bodies().contains(hash);
        Runnable answer = () -> whenFound.accept(
                failure != null
                        ? new Found.Failed(failure)
                        : new Found.Source(seed, hash, losses, isReplaceable && !isOurs, "the test says so"));
        if (isSlow) {
            waiting.add(answer);
        } else {
            answer.run();
        }
    }

    void answer() {
        List<Runnable> answers = List.copyOf(waiting);
        waiting.clear();
        answers.forEach(Runnable::run);
    }

    @Override
    public Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, Set<Bytes> bodies, Watcher watcher) {
        this.watcher = watcher;
        catchUp = () -> {
            isBehind = false;
            watcher.onCaughtUp();
        };
        return new Follower() {
            @Override
            public void onEdited() {
                edits++;
                isBehind = true;
            }

            @Override
            public boolean isBehind() {
                return isBehind;
            }

            @Override
            public void flush(long patienceMillis, Runnable whenDone) {
                flushes++;
                Runnable done = () -> {
                    isBehind = false;
                    whenDone.run();
                };
                if (isFlushSlow) {
                    waiting.add(() -> loop.execute(done));
                } else {
                    done.run();
                }
            }

            @Override
            public void stop() {
                stopped++;
            }
        };
    }
}
