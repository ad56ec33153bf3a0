package org.civicpress.realtime.server.room;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What kind of document a room holds: where a new one comes from, and who follows its edits. Shared.
public interface RoomType {
    /// The first part of a room's address, as in `records`.
    String name();

    /// Whether clients expect JSON in text frames beside the binary ones.
    boolean speaksText();

    /// Finds what a room starts from. Returns at once; the answer comes on any thread.
    void find(RoomId room, Consumer<Found> whenFound);

    /// Begins to follow the edits of a room that was loaded. On the loop.
    ///
    /// @param doc the room's document, to be read on the loop only
    /// @param source what [#find] said
    /// @param isNew the document was just made from the source; else it comes from the journal
    /// @param watcher told on the loop how the follower fares
    Follower follow(RoomId room, Loop loop, Doc doc, Found.Source source, boolean isNew, Watcher watcher);

    /// What a room starts from.
    sealed interface Found {
        /// @param state the document made from it, the same bytes each time; absent for an empty document
        /// @param hash of what it was made from
        /// @param losses what the document cannot carry, in words for people; then nobody may edit
        record Source(Optional<Bytes> state, Bytes hash, List<String> losses) implements Found {
            public Source {
                losses = List.copyOf(losses);
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
        /// @param whenDone called on the loop, once, also when it could not be done
        void flush(Runnable whenDone);

        /// The room is gone: the document is not to be looked at any more.
        void stop();
    }
}
