package org.civicpress.realtime.server.net;

import java.util.List;

/// What an operator may change of the connections while the server runs. Immutable.
public final class SocketSettings {
    private final int messagesPerSecond;
    private final int awarenessPerSecond;
    private final int maxMessageBytes;
    private final Silence silence;
    private final Origins origins;
    private final TrustedProxies proxies;

    /// When a connection that says nothing, not even in answer to a ping, is given up.
    ///
    /// @param isEnded whether it is at all
    /// @param checkMillis how often it is looked for
    /// @param staleMillis how long it has said nothing then
    public record Silence(boolean isEnded, long checkMillis, long staleMillis) {}

    /// @param messagesPerSecond edits of one connection, on average
    /// @param awarenessPerSecond changes of presence of one connection, on average
    /// @param maxMessageBytes of one message, in however many frames
    /// @param allowedOrigins whose pages may connect, such as `https://town.example`; none: any
    /// @param trustedProxies addresses and ranges whose `X-Forwarded-For` is taken
    /// @throws IllegalArgumentException when one of the last two is not what it should be
    public SocketSettings(
            int messagesPerSecond,
            int awarenessPerSecond,
            int maxMessageBytes,
            Silence silence,
            List<String> allowedOrigins,
            List<String> trustedProxies) {
        this.messagesPerSecond = messagesPerSecond;
        this.awarenessPerSecond = awarenessPerSecond;
        this.maxMessageBytes = maxMessageBytes;
        this.silence = silence;
        origins = new Origins(allowedOrigins);
        proxies = new TrustedProxies(trustedProxies);
    }

    int messagesPerSecond() {
        return messagesPerSecond;
    }

    int awarenessPerSecond() {
        return awarenessPerSecond;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    Silence silence() {
        return silence;
    }

    Origins origins() {
        return origins;
    }

    TrustedProxies proxies() {
        return proxies;
    }
}
