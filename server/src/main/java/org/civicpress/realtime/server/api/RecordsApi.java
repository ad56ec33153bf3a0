package org.civicpress.realtime.server.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.civicpress.realtime.civicpress.CivicRecord;
import org.civicpress.realtime.civicpress.Draft;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.Records;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.auth.RecordsDoor;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.Rooms;
import org.jspecify.annotations.Nullable;

/// The records as the page shows them: what somebody may not see is not there. Shared; reads the database.
public final class RecordsApi {
    private final Installation installation;
    private final RecordsDoor door;
    private final Rooms rooms;
    private final Carrying carrying = new Carrying();

    public RecordsApi(Installation installation, RecordsDoor door, Rooms rooms) {
        this.installation = installation;
        this.door = door;
        this.rooms = rooms;
    }

    /// @param carried whether it can be edited live without losing anything of it
    /// @param people how many windows have it open
    record Summary(
            String id,
            String title,
            String type,
            String status,
            @Nullable String updated,
            String access,
            boolean carried,
            int people) {}

    record Details(
            String id,
            String title,
            String type,
            String status,
            @Nullable String updated,
            String access,
            boolean carried,
            int people,
            List<String> readOnlyReasons,
            String markdown) {}

    record Me(long id, String username, @Nullable String name, String role, boolean canEdit) {}

    HttpAnswer me(User user) {
        boolean canEdit = installation.roles().may(user, "records:edit", "", "edit");
        return Json.success(new Me(user.id(), user.username(), user.name(), user.role(), canEdit));
    }

    HttpAnswer list(User user) {
        List<Summary> summaries = new ArrayList<>();
        for (var row : installation.records().list()) {
            Access access = door.permit(user, row.type(), Records.isArchived(row.status()))
                    .access();
            if (access == Access.NONE) {
                continue;
            }
            summaries.add(new Summary(
                    row.id(),
                    row.title(),
                    row.type(),
                    row.status(),
                    iso(row.updated()),
                    word(access),
                    carrying.losses(liveBody(row.id())).isEmpty(),
                    people(row.id())));
        }
        return Json.success(summaries);
    }

    /// The text that is edited live: the draft's, else the record's.
    private String liveBody(String id) {
        return installation
                .drafts()
                .find(id)
                .map(Draft::body)
                .or(() -> installation.records().find(id).map(CivicRecord::body))
                .orElse("");
    }

    HttpAnswer details(User user, String id) {
        if (!Records.isId(id)) {
            return notFound();
        }
        Optional<CivicRecord> record = installation.records().find(id);
        Optional<Draft> draft = installation.drafts().find(id);
        Optional<String> type = record.map(CivicRecord::type).or(() -> draft.map(Draft::type));
        Access byRole = type.map(known -> door.access(user, known)).orElse(Access.NONE);
        if (type.isEmpty() || byRole == Access.NONE || (record.isEmpty() && byRole == Access.READ)) {
            return notFound();
        }
        boolean isArchived = installation
                .records()
                .glance(id)
                .map(Records.Glance::isArchived)
                .orElse(false);
        Permit permit = door.permit(user, type.get(), isArchived);
        String live =
                draft.map(Draft::body).or(() -> record.map(CivicRecord::body)).orElse("");
        String shown =
                byRole == Access.WRITE ? live : record.map(CivicRecord::body).orElse("");
        List<String> losses = carrying.losses(live);
        List<String> readOnlyReasons = new ArrayList<>(losses);
        readOnlyReasons.addAll(permit.reasons());
        return Json.success(new Details(
                id,
                record.map(CivicRecord::title).or(() -> draft.map(Draft::title)).orElse(id),
                type.get(),
                record.map(CivicRecord::status)
                        .or(() -> draft.flatMap(known -> Optional.ofNullable(known.status())))
                        .orElse("draft"),
                iso(record.map(CivicRecord::updated)
                        .or(() -> draft.map(Draft::updated))
                        .orElse(null)),
                word(permit.access()),
                losses.isEmpty(),
                people(id),
                readOnlyReasons,
                shown));
    }

    private static HttpAnswer notFound() {
        return Json.failure(404, "RECORD_NOT_FOUND", "Record not found");
    }

    private int people(String id) {
        return rooms.people(new RoomId(RecordRoomType.NAME, id));
    }

    private static @Nullable String iso(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    private static String word(Access access) {
        return access.name().toLowerCase(Locale.ROOT);
    }
}
