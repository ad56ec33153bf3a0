package org.civicpress.realtime.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.civicpress.Users;
import org.civicpress.realtime.markdown.LineDiff;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.auth.Door.Decision;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.proposals.ProposalReview;
import org.civicpress.realtime.server.proposals.ProposalReview.Applied;
import org.civicpress.realtime.server.proposals.ProposalReview.Change;
import org.civicpress.realtime.server.records.RecordRoomType;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Principal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.ProposalStore.Proposal;
import org.jspecify.annotations.Nullable;

/// The proposals of a record, for those who may edit it. Shared; reads the database and waits.
public final class ProposalsApi {
    private final Users users;
    private final Door door;
    private final ProposalReview review;

    /// @param door of the records
    public ProposalsApi(Users users, Door door, ProposalReview review) {
        this.users = users;
        this.door = door;
        this.review = review;
    }

    /// @param user whose it is, and `name` what to call this person; null when it is not one person's, or of somebody
    ///     who is not known any more
    record Summary(
            String id, @Nullable String user, @Nullable String name, String time, String reason) {}

    record Line(String kind, String text) {}

    record Details(
            String id,
            @Nullable String user,
            @Nullable String name,
            String time,
            String reason,
            List<Line> lines,
            List<String> conflicts,
            boolean applicable,
            @Nullable String obstacle) {}

    /// @param rest of the path after `proposals`: nothing, an id, or an id and `apply` or `drop`
    /// @throws UnavailableException when it cannot be done now
    HttpAnswer answer(String method, String record, List<String> rest, String token) {
        return switch (door.ask(record, token)) {
            case Decision.UnknownToken() -> Json.authRequired();
            case Decision.Forbidden() -> Json.notFound();
            case Decision.Welcome welcome ->
                switch (welcome.access()) {
                    case Access.NONE -> Json.notFound();
                    case Access.READ ->
                        Json.failure(403, "PERMISSION_DENIED", "Proposals are for those who may edit the record");
                    case Access.WRITE ->
                        answer(method, new RoomId(RecordRoomType.NAME, record), rest, welcome.principal());
                };
        };
    }

    private HttpAnswer answer(String method, RoomId room, List<String> rest, Principal caller) {
        if (rest.size() > 2) {
            return Json.notFound();
        }
        boolean isPost = rest.size() == 2;
        if (isPost ? !method.equals("POST") : !method.equals("GET") && !method.equals("HEAD")) {
            return Json.methodNotAllowed();
        }
        if (rest.isEmpty()) {
            return Json.success(review.list(room).stream().map(this::summary).toList());
        }
        String id = rest.getFirst();
        if (!isPost) {
            return review.show(room, id)
                    .map(change -> Json.success(details(change)))
                    .orElseGet(ProposalsApi::gone);
        }
        return switch (rest.getLast()) {
            case "apply" -> apply(room, id, caller);
            case "drop" -> review.drop(room, id) ? Json.success(List.of()) : gone();
            default -> Json.notFound();
        };
    }

    private HttpAnswer apply(RoomId room, String id, Principal caller) {
        return switch (review.apply(room, id, caller)) {
            case Applied.Done done -> Json.success(List.of());
            case Applied.Gone gone -> gone();
            case Applied.Refused(var obstacle) -> Json.failure(409, "NOT_APPLICABLE", obstacle);
        };
    }

    private static HttpAnswer gone() {
        return Json.failure(404, "PROPOSAL_NOT_FOUND", "This proposal was applied or dropped already");
    }

    private Summary summary(Proposal proposal) {
        Optional<User> user = user(proposal);
        return new Summary(
                proposal.id(),
                user.map(User::username).orElse(null),
                user.map(User::displayName).orElse(null),
                Instant.ofEpochMilli(proposal.timeMillis()).toString(),
                word(proposal.reason()));
    }

    private Details details(Change change) {
        Summary summary = summary(change.proposal());
        return new Details(
                summary.id,
                summary.user,
                summary.name,
                summary.time,
                summary.reason,
                change.lines().stream().map(ProposalsApi::line).toList(),
                change.conflicts(),
                change.obstacle().isEmpty(),
                change.obstacle().orElse(null));
    }

    private static Line line(LineDiff.Line line) {
        return new Line(word(line.kind()), line.text());
    }

    private Optional<User> user(Proposal proposal) {
        return proposal.user() == null ? Optional.empty() : users.find(Long.parseLong(proposal.user()));
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
