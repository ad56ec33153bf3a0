package org.civicpress.realtime.civicpress;

import org.jspecify.annotations.Nullable;

/// Something in the installation keeps it from being used. The message is one line for the person who starts the
/// server: the file, the key where there is one, and what to do.
public final class InstallationException extends RuntimeException {
    public InstallationException(String message) {
        this(message, null);
    }

    public InstallationException(String message, @Nullable Throwable cause) {
        super(message.replaceAll("\\s*\\R\\s*", " "), cause);
    }
}
