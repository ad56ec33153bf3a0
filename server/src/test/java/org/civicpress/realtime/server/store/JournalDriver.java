package org.civicpress.realtime.server.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Loaded;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;

/// A journal in a directory of its own, driven from a test's thread: it hands in and waits for the answer.
/// Confined to the test.
final class JournalDriver implements AutoCloseable {
    static final RoomId HALL = new RoomId("docs", "hall");

    final JournalPlace place;
    SqlJournal journal;

    /// In a SQLite file.
    JournalDriver(Path directory) {
        this(JournalPlace.file(directory));
    }

    JournalDriver(JournalPlace place) {
        this(place, place.open());
    }

    JournalDriver(JournalPlace place, SqlJournal journal) {
        this.place = place;
        this.journal = journal;
    }

    void reopen() {
        journal.close();
        journal = place.open();
    }

    /// What the journal answers to one append, in order.
    LinkedBlockingQueue<Saved> handsIn(RoomId room, Bytes update) {
        LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
        journal.append(room, entry(update), answers::add);
        return answers;
    }

    Saved appends(RoomId room, String text) {
        return next(handsIn(room, bytes(text)));
    }

    Saved compacts(RoomId room, String state, long upToSequence) {
        LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
        journal.compact(room, bytes(state), upToSequence, answers::add);
        return next(answers);
    }

    Saved seeds(RoomId room, String state) {
        LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
        journal.seed(room, bytes(state), Bytes.wrap(sha256(bytes(state).toArray())), answers::add);
        return next(answers);
    }

    List<RoomId> unfinished(String type) {
        CompletableFuture<List<RoomId>> found = new CompletableFuture<>();
        journal.findUnfinished(type, found::complete);
        return get(found);
    }

    Loaded loads(RoomId room) {
        CompletableFuture<Loaded> loaded = new CompletableFuture<>();
        journal.load(room, loaded::complete);
        return get(loaded);
    }

    Loaded.Contents contents(RoomId room) {
        return switch (loads(room)) {
            case Loaded.Contents contents -> contents;
            case Loaded.Failed(var reason) -> throw new AssertionError("not loaded: " + reason);
        };
    }

    /// Base state and updates of a room as texts.
    List<String> texts(RoomId room) {
        Loaded.Contents contents = contents(room);
        List<String> texts = new ArrayList<>();
        contents.base().ifPresent(base -> texts.add(text(base)));
        contents.updates().forEach(update -> texts.add(text(update)));
        return texts;
    }

    static Journal.Entry entry(Bytes update) {
        return new Journal.Entry(update, List.of(7L, 4_294_967_295L), "ada", "session-1", 1_700_000_000_000L);
    }

    static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(3, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    static Saved next(LinkedBlockingQueue<Saved> answers) {
        try {
            Saved answer = answers.poll(3, TimeUnit.MINUTES);
            if (answer == null) {
                throw new AssertionError("no answer");
            }
            return answer;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        journal.close();
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
