package org.civicpress.realtime.server.auth;

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
import org.civicpress.realtime.server.room.Principal;

/// Lets users of the installation into the rooms of its records, by CivicPress session tokens. Shared.
public final class RecordsDoor implements Door {
    private final Sessions sessions;
    private final Roles roles;
    private final Records records;
    private final Drafts drafts;

    public RecordsDoor(Installation installation) {
        sessions = installation.sessions();
        roles = installation.roles();
        records = installation.records();
        drafts = installation.drafts();
    }

    @Override
    public Decision ask(String room, String token) {
        Optional<User> user = sessions.validate(token);
        if (user.isEmpty()) {
            return new Decision.UnknownToken();
        }
        Optional<String> type = typeOf(room);
        if (type.isEmpty()) {
            return new Decision.Forbidden();
        }
        return decide(user.get(), type.get(), token);
    }

    private Optional<String> typeOf(String record) {
        return records.find(record)
                .map(CivicRecord::type)
                .or(() -> Records.isId(record) ? drafts.find(record).map(Draft::type) : Optional.empty());
    }

    private Decision decide(User user, String recordType, String token) {
        Access access = access(user, recordType);
        if (access == Access.NONE) {
            return new Decision.Forbidden();
        }
        String id = Long.toString(user.id());
        return new Decision.Welcome(
                new Principal(id, user.username()), access, Optional.of(id), () -> again(recordType, token));
    }

    private Decision again(String recordType, String token) {
        Optional<User> user = sessions.validate(token);
        return user.isEmpty() ? new Decision.UnknownToken() : decide(user.get(), recordType, token);
    }

    /// What this user may do with records of this type.
    public Access access(User user, String recordType) {
        if (!roles.may(user, "records:view", recordType, "view")) {
            return Access.NONE;
        }
        return roles.may(user, "records:edit", recordType, "edit") ? Access.WRITE : Access.READ;
    }
}
