package org.civicpress.realtime.server.room;

import java.util.OptionalLong;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// How large a document is, encoded, with what it holds back for edits that have not come; and whether an
/// edit has still room in it.
///
/// To know it exactly takes an encoding of the whole, so it is estimated: the last exact size, and all that was
/// taken since, which mostly is more than what stays of it. Only when that passes the limit it is made exact, and
/// not for each edit: when a part of the limit was taken, or some time has passed, since the last time.
///
/// Confined to its [Room].
final class DocumentSize {
    private static final long RECOUNT_MILLIS = 10_000;
    private static final int RECOUNT_PART = 64;

    /// Deletions may go beyond the limit by this part of it: they are what makes a document smaller.
    private static final int DELETIONS_PART = 8;

    private final Doc doc;
    private final DocFrames frames;

    /// How large it has become by what was within its limit; that may be less now than it was.
    private long reached;

    private long counted;
    private long added;
    private long countedAtMillis = Long.MIN_VALUE;

    /// @param loaded the bytes that the document was made of
    DocumentSize(Doc doc, DocFrames frames, long loaded) {
        this.doc = doc;
        this.frames = frames;
        reached = loaded;
        added = loaded;
    }

    /// The document has taken these bytes.
    void add(Bytes update) {
        added += update.length();
    }

    /// Whether an edit would make the document too large.
    ///
    /// @return the size that it would have, when it is too large
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is looked at and is no update
    OptionalLong tooLargeWith(Bytes update, long limit, long nowMillis) {
        if (counted + added + update.length() <= limit) {
            reached = counted + added + update.length();
            return OptionalLong.empty();
        }
        Bytes news = Updates.diff(update, doc.stateVector());
        recountWhenDue(limit, nowMillis);
        long size = counted + added + news.length();
        boolean isDeletion = news.at(0) == 0;
        long most = isDeletion ? Math.max(limit, reached) + limit / DELETIONS_PART : limit;
        return size <= most ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /// Whether there is no room for anything.
    boolean isFull(long limit, long nowMillis) {
        if (counted + added < limit) {
            return false;
        }
        recountWhenDue(limit, nowMillis);
        return counted + added >= limit;
    }

    private void recountWhenDue(long limit, long nowMillis) {
        boolean isFirst = countedAtMillis == Long.MIN_VALUE;
        if (isFirst
                || added >= Math.max(1, limit / RECOUNT_PART)
                || (added > 0 && nowMillis - countedAtMillis >= RECOUNT_MILLIS)) {
            counted = frames.whole().length();
            added = 0;
            countedAtMillis = nowMillis;
        }
    }
}
