package org.civicpress.realtime.server.store;

/// The journal cannot be opened. The message is one line for the operator: the file, what is wrong, what to do.
/// Immutable.
public final class JournalException extends RuntimeException {
    public JournalException(String message) {
        super(message);
    }

    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }
}
