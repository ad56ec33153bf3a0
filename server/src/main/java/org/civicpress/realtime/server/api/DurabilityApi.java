package org.civicpress.realtime.server.api;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.auth.Door.Decision;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.ops.Patience;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.room.Rooms.Position;

/// How far the journal is with a room, for everybody who may read in it. Shared; reads the database and waits.
public final class DurabilityApi {
    private final Rooms rooms;
    private final Journal journal;
    private final Map<String, Door> doors;

    /// @param doors by room type
    public DurabilityApi(Rooms rooms, Journal journal, Map<String, Door> doors) {
        this.rooms = rooms;
        this.journal = journal;
        this.doors = Map.copyOf(doors);
    }

    record Durability(long generation, long accepted, long durable, boolean saved) {}

    /// @throws UnavailableException when it cannot be known now
    HttpAnswer answer(String type, String name, String token) {
        Door door = doors.get(type);
        if (door == null) {
            return Json.notFound();
        }
        return switch (door.ask(name, token)) {
            case Decision.UnknownToken() -> Json.authRequired();
            case Decision.Forbidden() -> Json.notFound();
            case Decision.Welcome welcome ->
                welcome.access() == Access.NONE ? Json.notFound() : Json.success(durability(new RoomId(type, name)));
        };
    }

    private Durability durability(RoomId room) {
        CompletableFuture<Optional<Position>> open = new CompletableFuture<>();
        rooms.position(room, open::complete);
        return Patience.await(open)
                .map(at -> new Durability(at.generation(), at.accepted(), at.durable(), at.isSaved()))
                .orElseGet(() -> ofClosed(room));
    }

    /// Of a room that is not open all is in the journal.
    private Durability ofClosed(RoomId room) {
        CompletableFuture<Journal.Loaded> loading = new CompletableFuture<>();
        journal.load(room, loading::complete);
        return switch (Patience.await(loading)) {
            case Journal.Loaded.Contents kept ->
                new Durability(kept.generation(), kept.sequence(), kept.sequence(), true);
            case Journal.Loaded.Failed(var reason) -> throw new UnavailableException(reason);
        };
    }
}
