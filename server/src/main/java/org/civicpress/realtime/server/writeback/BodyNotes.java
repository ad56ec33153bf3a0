package org.civicpress.realtime.server.writeback;

import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;

/// Which bodies this server has written, as the journal remembers it: by that a file that somebody else has changed
/// is told from one that is as it was left, after a crash too. Shared.
public final class BodyNotes {
    private final Journal journal;

    public BodyNotes(Journal journal) {
        this.journal = journal;
    }

    /// Notes what is going to be written. Returns at once.
    ///
    /// @param whenNoted told once, on a thread of the journal: empty when it is durable, else why it is not
    void intended(RoomId room, Bytes hash, Consumer<Optional<String>> whenNoted) {
        boolean[] isAnswered = {false}; // told on one thread
        journal.noteBody(room, hash, Journal.BodyNote.INTENDED, saved -> {
            if (!isAnswered[0]) {
                isAnswered[0] = true;
                whenNoted.accept(
                        switch (saved) {
                            case Journal.Saved.Durable durable -> Optional.empty();
                            case Journal.Saved.Failed(var reason, var kept) -> Optional.of(reason);
                        });
            }
        });
    }

    /// Notes what the file holds now. Returns at once; nothing is lost when it fails, since it was intended.
    public void written(RoomId room, Bytes hash) {
        journal.noteBody(room, hash, Journal.BodyNote.WRITTEN, saved -> {});
    }
}
