package org.civicpress.realtime.server.room;

import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds what a room begins with, before anybody sees it: what the journal keeps, the file, or, when somebody else
/// has replaced the file, that file in a new generation. Happens on the threads of the journal and of the room type,
/// one after the other, so that a large document delays no other room.
final class Opening {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final int MOST_TRIES = 3;

    private final RoomId id;
    private final RoomType type;
    private final Journal journal;
    private final Proposals proposals;
    private final long nowMillis;
    private final Consumer<Result> whenDone;
    private int tries;

    sealed interface Result {
        /// @param doc with all of it, nobody else's from now on
        /// @param isNew nothing of it is in the journal
        record Ready(Doc doc, Journal.Loaded.Contents contents, RoomType.Found.Source source, boolean isNew)
                implements Result {
            /// That the document was made of.
            long bytes() {
                if (isNew) {
                    return source.state().map(Bytes::length).orElse(0);
                }
                long bytes = contents.base().map(Bytes::length).orElse(0);
                for (Bytes update : contents.updates()) {
                    bytes += update.length();
                }
                return bytes;
            }
        }

        record Failed(String reason) implements Result {}
    }

    private Opening(
            RoomId id, RoomType type, Journal journal, Proposals proposals, long nowMillis, Consumer<Result> whenDone) {
        this.id = id;
        this.type = type;
        this.journal = journal;
        this.proposals = proposals;
        this.nowMillis = nowMillis;
        this.whenDone = whenDone;
    }

    /// @param whenDone told once, on any thread
    static void begin(
            RoomId id, RoomType type, Journal journal, Proposals proposals, long nowMillis, Consumer<Result> whenDone) {
        new Opening(id, type, journal, proposals, nowMillis, whenDone).load();
    }

    private void load() {
        tries++;
        journal.load(id, loaded -> {
            switch (loaded) {
                case Journal.Loaded.Contents contents -> guarded(() -> find(contents));
                case Journal.Loaded.Failed(var reason) -> fail(reason);
            }
        });
    }

    private void find(Journal.Loaded.Contents contents) {
        Doc doc = new Doc();
        contents.base().ifPresent(base -> doc.apply(base, this));
        contents.updates().forEach(update -> doc.apply(update, this));
        Optional<RoomType.Kept> kept = contents.isNew()
                ? Optional.empty()
                : Optional.of(new RoomType.Kept(
                        doc, contents.bodies(), !contents.updates().isEmpty()));
        type.find(id, kept, found -> {
            switch (found) {
                case RoomType.Found.Source source -> guarded(() -> open(doc, contents, source));
                case RoomType.Found.Failed(var reason) -> fail(reason);
            }
        });
    }

    private void open(Doc doc, Journal.Loaded.Contents contents, RoomType.Found.Source source) {
        if (contents.isNew()) {
            source.state().ifPresent(seed -> doc.apply(seed, this));
            whenDone.accept(new Result.Ready(doc, contents, source, true));
        } else if (!source.isReplacement()) {
            whenDone.accept(new Result.Ready(doc, contents, source, false));
        } else if (tries >= MOST_TRIES) {
            fail("its file changes all the time");
        } else if (contents.updates().isEmpty()) {
            startAnew(doc, contents, source);
        } else {
            propose(doc, contents, source);
        }
    }

    /// The document holds edits that were on their way to the file when that was replaced.
    private void propose(Doc doc, Journal.Loaded.Contents contents, RoomType.Found.Source source) {
        var offer =
                new Proposals.Offer(id, contents.generation(), Proposals.Reason.REPLACED, null, doc.state(), nowMillis);
        proposals.offer(offer, outcome -> {
            switch (outcome) {
                case Proposals.Outcome.Kept kept -> guarded(() -> startAnew(doc, contents, source));
                case Proposals.Outcome.NothingNew nothing -> guarded(() -> startAnew(doc, contents, source));
                case Proposals.Outcome.Failed(var reason) -> fail(reason);
            }
        });
    }

    private void startAnew(Doc doc, Journal.Loaded.Contents contents, RoomType.Found.Source source) {
        LOG.warn(
                "{}: generation {} begins from its file, which somebody else has changed{}",
                id,
                contents.generation() + 1,
                contents.updates().isEmpty() ? "" : "; edits that were not in it yet wait as a proposal");
        Optional<Bytes> seed = source.losses().isEmpty() ? source.state() : Optional.empty();
        var start = new Journal.NewGeneration(
                "record", seed, source.hash(), Abandoned.between(doc.state(), seed.orElse(new Doc().state())));
        boolean[] isAnswered = {false}; // the journal answers on one thread
        journal.startAnew(id, start, saved -> {
            if (isAnswered[0]) {
                return;
            }
            isAnswered[0] = true;
            switch (saved) {
                case Journal.Saved.Durable durable -> guarded(this::load);
                case Journal.Saved.Failed(var reason, var kept) -> fail(reason);
            }
        });
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (MalformedBytesException e) {
            fail("what is kept of it cannot be read: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("{}: cannot be opened", id, e);
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void fail(String reason) {
        whenDone.accept(new Result.Failed(reason));
    }
}
