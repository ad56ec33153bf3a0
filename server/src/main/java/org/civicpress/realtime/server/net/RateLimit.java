package org.civicpress.realtime.server.net;

/// How much one connection may say. Edits count; everything else counts a tenth, because editors send a
/// presence with each of them. The configured number of edits a second has to hold on average only: five
/// minutes of it may come at once, so that no typist is ever stopped, however fast, and a program that floods
/// the server is.
///
/// Confined to its connection's loop.
final class RateLimit {
    private static final int WINDOW_SECONDS = 300;
    private static final long EDIT = 10_000;
    private static final long OTHER = 1_000;

    private final long perMilli;
    private final long most;
    private long left;
    private long atMillis;

    RateLimit(int editsPerSecond, long nowMillis) {
        perMilli = editsPerSecond * EDIT / 1000;
        most = editsPerSecond * EDIT * WINDOW_SECONDS;
        left = most;
        atMillis = nowMillis;
    }

    /// @return false when it was too much
    boolean edit(long nowMillis) {
        return take(EDIT, nowMillis);
    }

    /// @return false when it was too much
    boolean other(long nowMillis) {
        return take(OTHER, nowMillis);
    }

    private boolean take(long cost, long nowMillis) {
        long passed = Math.clamp(nowMillis - atMillis, 0, WINDOW_SECONDS * 1000L);
        atMillis = nowMillis;
        left = Math.min(most, left + passed * perMilli);
        if (left < cost) {
            return false;
        }
        left -= cost;
        return true;
    }
}
