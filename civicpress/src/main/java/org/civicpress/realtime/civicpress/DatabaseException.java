package org.civicpress.realtime.civicpress;

/// The database refused a statement, or stayed locked by another process for longer than anyone should wait.
public final class DatabaseException extends RuntimeException {
    DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
