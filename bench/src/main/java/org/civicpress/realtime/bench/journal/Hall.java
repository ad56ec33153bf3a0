package org.civicpress.realtime.bench.journal;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.server.docs.DocRoomType;
import org.civicpress.realtime.server.net.NettyLoops;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.proposals.ProposalDesk;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.room.Session;
import org.civicpress.realtime.server.room.Snapshots;
import org.civicpress.realtime.server.store.Predecessor;
import org.civicpress.realtime.server.store.SqlJournal;

/// The server without its sockets: rooms on their loops, and the journal in a directory. Shared.
final class Hall implements AutoCloseable {
    private static final long GRACE_MILLIS = 60_000;

    final SqlJournal journal;
    private final NettyLoops loops = new NettyLoops(Runtime.getRuntime().availableProcessors());
    private final Rooms rooms;

    Hall(SqlJournal journal) {
        this.journal = journal;
        rooms = new Rooms(
                loops.forRooms(),
                List.of(new DocRoomType()),
                journal,
                new ProposalDesk(journal, journal.proposals()),
                Snapshots.NONE,
                () -> new Rooms.Settings(10_000, GRACE_MILLIS, GRACE_MILLIS, 1 << 30),
                new Counters(),
                RoomEvents.UNHEARD);
    }

    /// The journal alone.
    static SqlJournal journal(Path directory) {
        return SqlJournal.open(
                directory.resolve("realtime.db"), Predecessor.NONE, SqlJournal.Limits.DEFAULT, Clock.systemUTC());
    }

    static RoomId room(String name) {
        return new RoomId(DocRoomType.NAME, name);
    }

    Session join(RoomId room, Ears ears) {
        return rooms.join(room, new Principal("ada", "ada"), Permit.of(Access.WRITE), ears);
    }

    /// Ends as the server does: rooms are closed, and everything is durable.
    @Override
    public void close() throws Exception {
        rooms.close().get(5, TimeUnit.MINUTES);
        loops.close();
        journal.close();
    }
}
