package org.civicpress.realtime.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.civicpress.realtime.civicpress.DatabaseException;
import org.civicpress.realtime.civicpress.InstallationException;
import org.civicpress.realtime.server.StartException;
import org.civicpress.realtime.server.store.JournalException;

/// What a person is told when a command fails: one line, with what to do.
final class Trouble {
    private Trouble() {}

    static String describe(Exception e) {
        return oneLine(
                switch (e) {
                    case CommandFailed failed -> message(failed);
                    case InstallationException wrong -> message(wrong);
                    case StartException wrong -> message(wrong);
                    case JournalException wrong -> message(wrong);
                    case DatabaseException refused ->
                        "the database: " + message(refused) + ". Is the disk full, or another process holding it?";
                    case UncheckedIOException io when io.getCause() instanceof IOException cause -> describe(cause);
                    case NoSuchFileException missing -> "there is no file " + missing.getFile();
                    case AccessDeniedException denied ->
                        denied.getFile() + " cannot be used: change its owner or its mode";
                    default ->
                        e.getClass().getSimpleName() + ": " + message(e) + " (CIVIC_REALTIME_LOG=debug shows where)";
                });
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
