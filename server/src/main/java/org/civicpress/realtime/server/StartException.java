package org.civicpress.realtime.server;

import org.jspecify.annotations.Nullable;

/// The server cannot start. The message is one line for the person who started it: what is wrong and what to
/// do.
public final class StartException extends RuntimeException {
    StartException(String message, @Nullable Throwable cause) {
        super(message.replaceAll("\\s*\\R\\s*", " "), cause);
    }

    StartException(String message) {
        this(message, null);
    }
}
