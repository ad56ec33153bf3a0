package org.civicpress.realtime.server.room;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What kind of document a room holds: where a new one comes from, and who follows its edits. Shared: asked on any
/// thread, by many rooms at once.
public interface RoomType extends AutoCloseable {
    /// The first part of a room's address, as in `records`; always the same.
    String name();

    /// Whether clients expect JSON in text frames beside the binary ones: what the server tells them, and what a
    /// [Conversation] says.
    boolean speaksText();

    /// Whether a room has a document. In one without, binary frames are neither sent nor heard.
    default boolean hasDocument() {
        return true;
    }

    /// Begins what is said in text frames in a room that is being opened; none: what clients say is ignored, but for
    /// pings. On the loop.
    default Optional<Conversation> converse(RoomId room, Loop loop) {
        return Optional.empty();
    }

    /// Finds what a room starts from. Returns at once; the answer comes on any thread, once.
    ///
    /// @param kept what the journal has of it; empty when it has nothing
    void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound);

    /// Begins to follow the edits of a room that was loaded; otherwise nobody does. On the loop.
    ///
    /// @param doc the room's document, to be read on the loop only
    /// @param source what [#find] said
    /// @param bodies the hashes of what the room itself wrote or was made from
    /// @param watcher told on the loop how the follower fares
    default Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, Set<Bytes> bodies, Watcher watcher) {
        return Unfollowed.INSTANCE;
    }

    /// Ends what it has begun, threads for instance. The server that has rooms of this type closes it once, after all
    /// of them have ended.
    @Override
    default void close() {}

    /// What the journal keeps of a room.
    ///
    /// @param doc with all of it; only to be read, until the answer is given
    /// @param bodies the hashes of what the room was made from, is meant to have written and has written
    /// @param isBehind there may be edits that were not written yet
    record Kept(Doc doc, Set<Bytes> bodies, boolean isBehind) {}

    /// What a room starts from.
    sealed interface Found {
        /// @param state the document made from it, the same bytes each time; absent for a type of room that always
        ///     starts empty
        /// @param hash of what it was made from
        /// @param losses what the document cannot carry, in words for people; then nobody may edit
        /// @param isReplacement somebody else has changed it since the journal's content followed it, which is
        ///     therefore over: the room starts anew from this
        /// @param decision why, for the log, as the end of "opened from … because …"
        record Source(Optional<Bytes> state, Bytes hash, List<String> losses, boolean isReplacement, String decision)
                implements Found {
            /// Nothing: a new room is empty, and one that was edited is as it was left.
            public static final Source NOTHING =
                    new Source(Optional.empty(), Bytes.EMPTY, List.of(), false, "nothing else holds it");

            public Source {
                losses = List.copyOf(losses);
            }

            /// What a new room begins with; one that was edited is as it was left.
            ///
            /// @param state the same bytes each time, of a document with a client id of
            ///     [org.civicpress.realtime.crdt.SeedClient]: so it comes into the room once
            public static Source template(Bytes state) {
                return new Source(Optional.of(state), sha256(state), List.of(), false, "it begins from a template");
            }

            private static Bytes sha256(Bytes bytes) {
                try {
                    return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.toArray()));
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        /// It cannot be known now. Whoever wants in must try again.
        record Failed(String reason) implements Found {}
    }

    /// Who is told how a follower fares. Confined to the room's loop.
    interface Watcher {
        /// It is no longer behind.
        void onCaughtUp();

        /// It cannot do what it is there for until the document is edited again, in words for people.
        void onStuck(String reason);
    }

    /// Somebody who does something with the edits of one room. Confined to the room's loop.
    interface Follower {
        /// The document holds something that this follower was never told of.
        void onEdited();

        /// Whether there is something that this follower has not done yet. While it is so, the journal
        /// keeps an entry that says so after a crash.
        boolean isBehind();

        /// What is left is done now. The room may live on afterwards.
        ///
        /// @param patienceMillis how long to try again what does not succeed; of several, the least counts
        /// @param whenDone called on the loop, once, also when it could not be done
        void flush(long patienceMillis, Runnable whenDone);

        /// The room is gone: the document is not to be looked at any more.
        void stop();
    }
}
