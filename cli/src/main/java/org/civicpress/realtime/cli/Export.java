package org.civicpress.realtime.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.civicpress.realtime.cli.doc.DocOperations;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.JournalException;
import org.civicpress.realtime.server.store.JournalView;
import org.civicpress.realtime.server.store.JournalView.Kept;
import org.civicpress.realtime.server.store.JournalView.Made;
import org.civicpress.realtime.server.store.Progress;
import org.jspecify.annotations.Nullable;

/// Brings rooms out of a journal, in forms that others read. What is damaged is left out, and said.
/// Confined to its command's thread.
final class Export {
    private static final int LONGEST_NAME = 150;

    private final JournalView journal;
    private final PrintStream err;
    private boolean isWhole = true;

    enum Format {
        /// The body of a record.
        MARKDOWN("md"),
        /// The shared types, as `doc to-json` has them.
        JSON("json"),
        /// One update of Yjs, V1, with all of the document.
        UPDATE("update");

        final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A form that a document does not have.
    private static final class CannotBeSaidException extends Exception {
        private static final long serialVersionUID = 1;

        CannotBeSaidException(String reason) {
            super(reason);
        }
    }

    Export(JournalView journal, PrintStream err) {
        this.journal = journal;
        this.err = err;
    }

    /// Whether nothing had to be left out so far.
    boolean isWhole() {
        return isWhole;
    }

    /// One room.
    ///
    /// @param format absent: Markdown for a record, JSON for anything else
    /// @param generation absent: the present one
    Bytes one(RoomId room, @Nullable Format format, OptionalLong generation) {
        Format wanted = format != null ? format : isRecord(room) ? Format.MARKDOWN : Format.JSON;
        Kept kept = find(room, generation);
        Doc doc = document(kept);
        try {
            return content(room, doc, wanted);
        } catch (CannotBeSaidException e) {
            throw new CommandFailed(
                    JournalOf.name(room) + " cannot be written as " + wanted.word() + ", " + e.getMessage()
                            + ": choose another with --format",
                    e);
        }
    }

    private Kept find(RoomId room, OptionalLong generation) {
        List<Long> generations = journal.generations(room);
        if (generations.isEmpty()) {
            throw new CommandFailed("the journal has no room " + JournalOf.name(room)
                    + ": correct the name; of a record that nobody has edited here, the text is in its file");
        }
        return journal.read(room, generation.orElse(generations.getFirst()))
                .orElseThrow(() -> new CommandFailed(JournalOf.name(room) + " has no generation "
                        + generation.orElse(generations.getFirst()) + ": kept are "
                        + generations.stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }

    /// Every room into a file of its own, or, without a format, into one for each format it has.
    ///
    /// @param directory new or empty
    /// @return how many rooms
    int all(Path directory, @Nullable Format format, Progress progress) throws IOException {
        requireEmpty(directory);
        List<RoomId> rooms = journal.rooms();
        int done = 0;
        for (RoomId room : rooms) {
            progress.at("rooms written", done, rooms.size());
            try {
                write(room, directory, format);
                done++;
            } catch (JournalException e) {
                say(room, "cannot be read: " + e.getMessage());
                isWhole = false;
            }
        }
        return done;
    }

    private void write(RoomId room, Path directory, @Nullable Format format) throws IOException {
        Doc doc = document(journal.read(room).orElseThrow());
        Path folder = Files.createDirectories(directory.resolve(fileName(room.type())));
        for (Format one : format == null ? formats(room) : List.of(format)) {
            try {
                Files.write(
                        folder.resolve(fileName(room.name()) + "." + one.extension),
                        content(room, doc, one).toArray());
            } catch (CannotBeSaidException e) {
                say(room, "is not written as " + one.word() + ", " + e.getMessage());
                isWhole &= format == null;
            }
        }
    }

    private void say(RoomId room, String what) {
        err.println("civic-realtime: " + JournalOf.name(room) + " " + Trouble.oneLine(what));
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (Files.exists(directory)) {
            boolean isEmpty = false;
            if (Files.isDirectory(directory)) {
                try (var entries = Files.list(directory)) {
                    isEmpty = entries.findAny().isEmpty();
                }
            }
            if (!isEmpty) {
                throw new CommandFailed(directory + " is not an empty directory: give the name of a new one");
            }
        }
    }

    private static List<Format> formats(RoomId room) {
        List<Format> formats = new ArrayList<>(List.of(Format.values()));
        if (!isRecord(room)) {
            formats.remove(Format.MARKDOWN);
        }
        return formats;
    }

    private Doc document(Kept kept) {
        Made made = kept.document();
        List<String> missing = new ArrayList<>(made.missing());
        missing.addAll(kept.setAside());
        for (String one : missing) {
            say(kept.room(), "is not whole: " + one);
            isWhole = false;
        }
        return made.doc();
    }

    private static Bytes content(RoomId room, Doc doc, Format format) throws CannotBeSaidException {
        return switch (format) {
            case MARKDOWN -> Bytes.wrap(markdown(room, doc).getBytes(StandardCharsets.UTF_8));
            case JSON -> DocOperations.json(doc);
            case UPDATE -> doc.state();
        };
    }

    private static String markdown(RoomId room, Doc doc) throws CannotBeSaidException {
        if (!isRecord(room)) {
            throw new CannotBeSaidException("because only a record is Markdown");
        }
        try {
            return switch (CivicMarkdown.write(CivicDocument.read(doc))) {
                case Written.Faithful(var markdown) -> markdown;
                case Written.Unfaithful(var reason) ->
                    throw new CannotBeSaidException("because that would lose something (" + reason + ")");
            };
        } catch (IllegalStateException e) {
            throw new CannotBeSaidException("because it cannot be read as a record (" + e.getMessage() + ")");
        }
    }

    private static boolean isRecord(RoomId room) {
        return room.type().equals(RecordRoomType.NAME);
    }

    /// The same name for the same room, whatever stands in its own.
    private static String fileName(String name) {
        String safe = URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        if (safe.startsWith(".")) {
            safe = "%2E" + safe.substring(1);
        }
        return safe.length() <= LONGEST_NAME
                ? safe
                : safe.substring(0, LONGEST_NAME) + "-" + Integer.toHexString(name.hashCode());
    }
}
