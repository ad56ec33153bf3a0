package org.civicpress.realtime.server.net;

/// How much one connection may say: edits, presence, and everything else, each by an account of its own, so that
/// a lively cursor takes nothing from the text. A configured number a second has to hold on average only: five
/// minutes of it may come at once, so that no typist is ever stopped, however fast, and a program that floods the
/// server is. Before an account is empty its owner is warned, once until half of it is there again.
///
/// Confined to its connection's loop.
final class RateLimit {
    private static final long WINDOW_MILLIS = 300_000;

    /// What an account counts in: a rate in messages a second is the same number of these a millisecond.
    private static final long MESSAGE = 1000;

    /// Of what is neither edit nor presence, so many times more than of edits: an answer to a ping costs little.
    private static final long OTHERS_PER_EDIT = 10;

    /// So many of them costs a question that is answered from the whole document.
    private static final long OTHERS_PER_QUESTION = 10;

    private static final long WARN_BELOW = 10; // an account's tenth
    private static final long WARN_AGAIN_ABOVE = 2; // its half

    private final Account edits = new Account();
    private final Account awareness = new Account();
    private final Account others = new Account();
    private final long sinceMillis;

    /// What a client says, by what it costs.
    enum Kind {
        EDIT,
        AWARENESS,
        /// Sync step 1.
        QUESTION,
        OTHER
    }

    enum Outcome {
        FINE,
        /// It may, but is soon to be stopped; to be told.
        WARN,
        STOP
    }

    RateLimit(long nowMillis) {
        sinceMillis = nowMillis;
    }

    /// Counts one message.
    ///
    /// @param limits as configured now; they may be others than the last time
    Outcome take(Kind kind, SocketSettings limits, long nowMillis) {
        return switch (kind) {
            case EDIT -> edits.take(limits.messagesPerSecond(), MESSAGE, nowMillis);
            case AWARENESS -> awareness.take(limits.awarenessPerSecond(), MESSAGE, nowMillis);
            case QUESTION ->
                others.take(OTHERS_PER_EDIT * limits.messagesPerSecond(), OTHERS_PER_QUESTION * MESSAGE, nowMillis);
            case OTHER -> others.take(OTHERS_PER_EDIT * limits.messagesPerSecond(), MESSAGE, nowMillis);
        };
    }

    /// Whatever fits an `int` as a rate, no number here comes near the end of a `long`.
    private final class Account {
        private long spent;
        private long atMillis = sinceMillis;
        private boolean isWarned;

        Outcome take(long perSecond, long cost, long nowMillis) {
            long most = perSecond * WINDOW_MILLIS;
            long passed = Math.clamp(nowMillis - atMillis, 0, WINDOW_MILLIS);
            atMillis = nowMillis;
            spent = Math.clamp(spent - passed * perSecond, 0, most);
            if (spent + cost > most) {
                return Outcome.STOP;
            }
            spent += cost;
            long left = most - spent;
            if (left > most / WARN_AGAIN_ABOVE) {
                isWarned = false;
            } else if (left < most / WARN_BELOW && !isWarned) {
                isWarned = true;
                return Outcome.WARN;
            }
            return Outcome.FINE;
        }
    }
}
