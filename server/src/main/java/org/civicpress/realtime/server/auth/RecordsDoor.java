package org.civicpress.realtime.server.auth;

import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.civicpress.CivicRecord;
import org.civicpress.realtime.civicpress.Draft;
import org.civicpress.realtime.civicpress.Drafts;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.Records;
import org.civicpress.realtime.civicpress.Roles;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;

/// Lets users of the installation into the rooms of its records, by CivicPress session tokens. Shared.
public final class RecordsDoor implements Door {
    private static final Permit NOTHING = Permit.of(Access.NONE);
    private static final Permit EVERYTHING = Permit.of(Access.WRITE);
    private static final Permit ROLE_READS = new Permit(Access.READ, List.of("Your role may read this record only"));
    private static final Permit ARCHIVED = new Permit(Access.READ, List.of("This record is archived"));

    private final Sessions sessions;
    private final Roles roles;
    private final Records records;
    private final Drafts drafts;

    /// A record as it was when it was looked at.
    ///
    /// @param type what its file says, which may take a while to read
    /// @param glance empty for a draft without a record
    record Known(String type, Optional<Records.Glance> glance) {}

    public RecordsDoor(Installation installation) {
        sessions = installation.sessions();
        roles = installation.roles();
        records = installation.records();
        drafts = installation.drafts();
    }

    @Override
    public Decision ask(String room, String token) {
        Optional<Sessions.Session> session = sessions.find(token);
        if (session.isEmpty()) {
            return new Decision.UnknownToken();
        }
        Optional<Known> known = look(room);
        User user = session.get().user();
        Permit permit = known.map(record -> permit(user, record)).orElse(NOTHING);
        if (permit.access() == Access.NONE) {
            return new Decision.Forbidden();
        }
        String id = Long.toString(user.id());
        return new Decision.Welcome(
                new Principal(id, user.username(), Optional.of(user.displayName())),
                permit,
                Optional.of(id),
                session.get().until(),
                round -> again(round, room, known.orElseThrow(), session.get()));
    }

    private Standing again(Round round, String room, Known known, Sessions.Session session) {
        var now = round.sessions.computeIfAbsent(session.id(), id -> sessions.standing(session));
        return switch (now) {
            case Sessions.Standing.Valid(var valid) -> {
                Permit permit = round.records
                        .computeIfAbsent(room, id -> round.isThorough() ? look(id) : lookAgain(id, known))
                        .map(record -> permit(valid.user(), record))
                        .orElse(NOTHING);
                yield permit.access() == Access.NONE
                        ? new Standing.Forbidden()
                        : new Standing.Welcome(permit, valid.until());
            }
            case Sessions.Standing.Ended(var end) ->
                switch (end) {
                    case EXPIRED -> Standing.SessionEnded.EXPIRED;
                    case LOGGED_OUT -> Standing.SessionEnded.LOGGED_OUT;
                    case ALL_ENDED -> Standing.SessionEnded.ALL_ENDED;
                    case USER_DELETED -> Standing.SessionEnded.USER_DELETED;
                };
        };
    }

    /// The record or the draft of this name; nothing when there is neither.
    private Optional<Known> look(String record) {
        Optional<Records.Glance> glance = records.glance(record);
        Optional<String> type = glance.isPresent()
                ? records.find(record).map(CivicRecord::type)
                : Records.isId(record) ? drafts.find(record).map(Draft::type) : Optional.empty();
        return type.map(of -> new Known(of, glance));
    }

    private Optional<Known> lookAgain(String record, Known known) {
        Optional<Records.Glance> glance = records.glance(record);
        return glance.isPresent() && glance.equals(known.glance) ? Optional.of(known) : look(record);
    }

    private Permit permit(User user, Known record) {
        return permit(
                user,
                record.type,
                record.glance.isPresent() && record.glance.get().isArchived());
    }

    /// What this user may do with a record of this type.
    public Permit permit(User user, String recordType, boolean isArchived) {
        if (!roles.may(user, "records:view", recordType, "view")) {
            return NOTHING;
        }
        if (!roles.may(user, "records:edit", recordType, "edit")) {
            return ROLE_READS;
        }
        return isArchived ? ARCHIVED : EVERYTHING;
    }

    /// What this user may do with records of this type that are not archived.
    public Access access(User user, String recordType) {
        return permit(user, recordType, false).access();
    }
}
