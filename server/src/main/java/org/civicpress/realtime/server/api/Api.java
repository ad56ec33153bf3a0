package org.civicpress.realtime.server.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.auth.Knock;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.net.HttpCall;
import org.civicpress.realtime.server.net.HttpHandler;
import org.civicpress.realtime.server.ops.UnavailableException;

/// Everything that is answered over HTTP.
///
/// ```
/// GET  /health
/// GET  /api/v1/me
/// GET  /api/v1/records
/// GET  /api/v1/records/<id>
/// GET  /api/v1/records/<id>/durability
/// GET  /api/v1/records/<id>/proposals
/// GET  /api/v1/records/<id>/proposals/<proposal>
/// POST /api/v1/records/<id>/proposals/<proposal>/apply
/// POST /api/v1/records/<id>/proposals/<proposal>/drop
/// POST /api/v1/records/<id>/snapshot
/// GET  /api/v1/docs/<name>/durability
/// POST /api/v1/reload
/// GET  /api/v1/webhooks
/// GET  /api/v1/webhooks/dead
/// POST /api/v1/webhooks/dead/<id>/retry
/// GET  /api/v1/sign-in         where it is offered
/// POST /api/v1/sign-in
/// GET  everything else: the page and its files
/// ```
///
/// Shared; reads the database, so it is called on platform threads only.
public final class Api implements HttpHandler {
    private static final String PREFIX = "/api/v1/";

    private final Sessions sessions;
    private final RecordsApi records;
    private final ProposalsApi proposals;
    private final DurabilityApi durability;
    private final AdminApi admin;
    private final SnapshotApi snapshots;
    private final Health health;
    private final Optional<SampleSignIn> signIn;
    private final Page page = new Page();

    /// @param signIn where it is offered
    public Api(
            Sessions sessions,
            RecordsApi records,
            ProposalsApi proposals,
            DurabilityApi durability,
            AdminApi admin,
            SnapshotApi snapshots,
            Health health,
            Optional<SampleSignIn> signIn) {
        this.sessions = sessions;
        this.records = records;
        this.proposals = proposals;
        this.durability = durability;
        this.admin = admin;
        this.snapshots = snapshots;
        this.health = health;
        this.signIn = signIn;
    }

    @Override
    public HttpAnswer handle(HttpCall call) {
        if (call.path().startsWith(PREFIX)) {
            try {
                return handleApi(call, call.path().substring(PREFIX.length()).split("/", -1));
            } catch (UnavailableException e) {
                return Json.failure(503, "UNAVAILABLE", String.valueOf(e.getMessage()));
            }
        }
        if (!isGet(call)) {
            return HttpAnswer.text(405, "Method not allowed").with("allow", "GET, HEAD");
        }
        if (call.path().equals("/health")) {
            return health.answer();
        }
        return page.find(call.path()).orElseGet(() -> HttpAnswer.text(404, "Not found"));
    }

    private HttpAnswer handleApi(HttpCall call, String[] path) {
        if (path.length >= 3 && path[0].equals("records") && path[2].equals("proposals")) {
            return proposals(call, path[1], List.of(path).subList(3, path.length));
        }
        if (path[0].equals("webhooks")) {
            return asUser(call, user -> admin.webhooks(user, call, List.of(path).subList(1, path.length)));
        }
        return switch (path.length) {
            case 1 ->
                switch (path[0]) {
                    case "sign-in" ->
                        signIn.map(offered -> offered.answer(call)).orElseGet(Json::notFound);
                    case "me" -> get(call, records::me);
                    case "records" -> get(call, records::list);
                    case "reload" -> asUser(call, user -> admin.reload(user, call));
                    default -> Json.notFound();
                };
            case 2 -> path[0].equals("records") ? get(call, user -> records.details(user, path[1])) : Json.notFound();
            case 3 ->
                switch (path[2]) {
                    case "durability" -> durability(call, path[0], path[1]);
                    case "snapshot" -> path[0].equals("records") ? snapshot(call, path[1]) : Json.notFound();
                    default -> Json.notFound();
                };
            default -> Json.notFound();
        };
    }

    private HttpAnswer get(HttpCall call, Function<User, HttpAnswer> answer) {
        if (!isGet(call)) {
            return Json.methodNotAllowed();
        }
        return asUser(call, answer);
    }

    private HttpAnswer asUser(HttpCall call, Function<User, HttpAnswer> answer) {
        return token(call).flatMap(sessions::validate).map(answer).orElseGet(Json::authRequired);
    }

    private HttpAnswer durability(HttpCall call, String type, String name) {
        if (!isGet(call)) {
            return Json.methodNotAllowed();
        }
        return token(call).map(token -> durability.answer(type, name, token)).orElseGet(Json::authRequired);
    }

    private HttpAnswer snapshot(HttpCall call, String record) {
        if (!call.method().equals("POST")) {
            return Json.methodNotAllowed();
        }
        return asUser(call, user -> snapshots.answer(user, record));
    }

    private HttpAnswer proposals(HttpCall call, String record, List<String> rest) {
        return token(call)
                .map(token -> proposals.answer(call.method(), record, rest, token))
                .orElseGet(Json::authRequired);
    }

    private static boolean isGet(HttpCall call) {
        return call.method().equals("GET") || call.method().equals("HEAD");
    }

    private static Optional<String> token(HttpCall call) {
        return Knock.bearer(call.authorization().orElse(null));
    }
}
