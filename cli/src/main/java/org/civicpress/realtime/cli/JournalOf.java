package org.civicpress.realtime.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.JournalBackup;
import org.civicpress.realtime.server.store.JournalRestore;
import org.civicpress.realtime.server.store.JournalView;
import org.civicpress.realtime.server.store.Progress;
import org.civicpress.realtime.server.writeback.BodyHash;
import org.civicpress.realtime.server.writeback.CivicBodies;

/// The journal of an installation, in whichever database it is, and its rooms as people name them. Immutable.
record JournalOf(Installation installation) {
    private Path file() {
        return installation.systemData().resolve("realtime.db");
    }

    private Optional<String> url() {
        return installation.realtimeConfig().journal().database();
    }

    /// Opened to be looked at, also beside the server.
    JournalView view() {
        return url().map(JournalView::open).orElseGet(() -> JournalView.open(file()));
    }

    JournalBackup.Made backup(Path to, Progress progress) {
        return url().map(url -> JournalBackup.of(url, to, progress))
                .orElseGet(() -> JournalBackup.of(file(), to, progress));
    }

    JournalRestore.Result restore(Path backup, Progress progress) {
        var bodies = new CivicBodies(installation.records(), installation.drafts());
        Function<RoomId, Optional<Bytes>> files = room -> room.type().equals(RecordRoomType.NAME)
                ? bodies.find(room.name()).map(BodyHash::of)
                : Optional.empty();
        var restore = new JournalRestore(backup, files, Clock.systemUTC(), progress);
        return url().map(restore::into).orElseGet(() -> restore.into(file()));
    }

    /// `records/bylaw-12`
    static String name(RoomId room) {
        return room.type() + "/" + room.name();
    }

    static RoomId room(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1 || name.lastIndexOf(':', slash) >= 0) {
            throw new CommandFailed("\"" + name
                    + "\" does not name a room: write its type and its name, as in records/bylaw-12 or docs/plans");
        }
        return new RoomId(name.substring(0, slash), name.substring(slash + 1));
    }
}
