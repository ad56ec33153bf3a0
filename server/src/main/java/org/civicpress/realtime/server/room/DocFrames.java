package org.civicpress.realtime.server.room;

import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.jspecify.annotations.Nullable;

/// A document as those who join or ask are told of it. What many are told is made once for each version of the
/// document. Confined to its [Room].
final class DocFrames {
    /// Of a client that has nothing.
    private static final Bytes EMPTY_STATE_VECTOR = Bytes.ofHex("00");

    private final Doc doc;
    private @Nullable Bytes stepOne;
    private @Nullable Bytes whole;
    /// What waits in the document for edits that have not come, and all deletions.
    private Bytes held = Bytes.EMPTY;

    DocFrames(Doc doc) {
        this.doc = doc;
    }

    /// What the server has, as a question for the rest.
    Bytes stepOne() {
        if (stepOne == null) {
            stepOne = Messages.write(new Message.SyncStep1(doc.stateVector()));
        }
        return stepOne;
    }

    /// The whole document.
    Bytes whole() {
        if (whole == null) {
            whole = Messages.write(new Message.SyncStep2(doc.state()));
        }
        return whole;
    }

    /// What somebody lacks.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when that is not a state vector
    Bytes since(Bytes stateVector) {
        return stateVector.equals(EMPTY_STATE_VECTOR)
                ? whole()
                : Messages.write(new Message.SyncStep2(doc.stateSince(stateVector)));
    }

    /// The document is another one now.
    void changed() {
        stepOne = null;
        whole = null;
    }

    /// Gives memory back until the next one joins.
    void forgetWhole() {
        whole = null;
    }

    /// Every client repeats all deletions it knows when it is asked what it has, so those alone are no sign of an edit.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    boolean lacksStructsOf(Bytes update) {
        Bytes news = Updates.diff(update, doc.stateVector());
        return news.at(0) != 0;
    }

    /// Whether the document holds back something that it did not when this was last asked.
    boolean holdsMore() {
        Bytes now = doc.stateSince(doc.stateVector());
        boolean isMore = !now.equals(held);
        held = now;
        return isMore;
    }
}
