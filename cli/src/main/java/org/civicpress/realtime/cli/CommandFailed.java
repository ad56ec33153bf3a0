package org.civicpress.realtime.cli;

import org.jspecify.annotations.Nullable;

/// A command cannot do what it was asked. The message is one line for the person who typed it, with what to do.
final class CommandFailed extends RuntimeException {
    CommandFailed(String message) {
        this(message, null);
    }

    CommandFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
