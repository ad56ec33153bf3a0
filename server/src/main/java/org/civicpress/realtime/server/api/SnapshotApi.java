package org.civicpress.realtime.server.api;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.civicpress.Records;
import org.civicpress.realtime.civicpress.Roles;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.ops.Patience;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Rooms;
import org.civicpress.realtime.server.room.Snapshots;
import org.jspecify.annotations.Nullable;

/// Snapshot and draft of a record that is being edited, now, as CivicPress's own API has it: the right to edit is
/// asked for without regard to the record, which need not exist. Shared; reads the database and waits.
public final class SnapshotApi {
    private final Roles roles;
    private final Rooms rooms;
    private final Clock clock;

    public SnapshotApi(Roles roles, Rooms rooms, Clock clock) {
        this.roles = roles;
        this.rooms = rooms;
        this.clock = clock;
    }

    /// @param version of the newest snapshot, in which all of the document is; null when there is none
    /// @param timestamp of it, or of this answer, in milliseconds since the epoch
    record Answer(boolean snapshotCreated, @Nullable Long version, long timestamp) {}

    HttpAnswer answer(User user, String record) {
        if (!roles.may(user, "records:edit", "", "edit")) {
            return Json.failure(403, "INSUFFICIENT_PERMISSIONS", "Insufficient permissions to edit records");
        }
        return Records.isId(record) ? answer(new RoomId(RecordRoomType.NAME, record)) : none();
    }

    private HttpAnswer answer(RoomId room) {
        CompletableFuture<Snapshots.Outcome> taken = new CompletableFuture<>();
        rooms.snapshot(room, taken::complete);
        try {
            return switch (Patience.await(taken)) {
                case Snapshots.Outcome.Kept(long version, long time) -> Json.success(new Answer(true, version, time));
                case Snapshots.Outcome.None nothing -> none();
                case Snapshots.Outcome.Failed(var reason) -> failed(reason);
            };
        } catch (UnavailableException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private HttpAnswer none() {
        return Json.success(new Answer(false, null, clock.millis()));
    }

    private static HttpAnswer failed(String reason) {
        return Json.failure(500, "INTERNAL_ERROR", "Failed to create record snapshot: " + reason);
    }
}
