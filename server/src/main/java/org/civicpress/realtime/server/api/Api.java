package org.civicpress.realtime.server.api;

import java.util.Optional;
import java.util.function.Function;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.auth.Knock;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.net.HttpCall;
import org.civicpress.realtime.server.net.HttpHandler;

/// Everything that is answered over HTTP.
///
/// ```
/// GET  /health
/// GET  /api/v1/me
/// GET  /api/v1/records
/// GET  /api/v1/records/<id>
/// GET  /api/v1/sign-in         where it is offered
/// POST /api/v1/sign-in
/// GET  everything else: the page and its files
/// ```
///
/// Shared; reads the database, so it is called on platform threads only.
public final class Api implements HttpHandler {
    private static final String PREFIX = "/api/v1/";
    private static final String RECORD = "records/";

    private final Sessions sessions;
    private final RecordsApi records;
    private final Health health;
    private final Optional<SampleSignIn> signIn;
    private final Page page = new Page();

    /// @param signIn where it is offered
    public Api(Sessions sessions, RecordsApi records, Health health, Optional<SampleSignIn> signIn) {
        this.sessions = sessions;
        this.records = records;
        this.health = health;
        this.signIn = signIn;
    }

    @Override
    public HttpAnswer handle(HttpCall call) {
        if (call.path().startsWith(PREFIX)) {
            return handleApi(call, call.path().substring(PREFIX.length()));
        }
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            return HttpAnswer.text(405, "Method not allowed").with("allow", "GET, HEAD");
        }
        if (call.path().equals("/health")) {
            return health.answer();
        }
        return page.find(call.path()).orElseGet(() -> HttpAnswer.text(404, "Not found"));
    }

    private HttpAnswer handleApi(HttpCall call, String rest) {
        if (rest.equals("sign-in")) {
            return signIn.map(offered -> offered.answer(call)).orElseGet(Api::notFound);
        }
        if (rest.equals("me")) {
            return get(call, records::me);
        }
        if (rest.equals("records")) {
            return get(call, records::list);
        }
        if (rest.startsWith(RECORD)) {
            return get(call, user -> records.details(user, rest.substring(RECORD.length())));
        }
        return notFound();
    }

    private HttpAnswer get(HttpCall call, Function<User, HttpAnswer> answer) {
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            return Json.failure(405, "METHOD_NOT_ALLOWED", "Method not allowed");
        }
        return Knock.bearer(call.authorization().orElse(null))
                .flatMap(sessions::validate)
                .map(answer)
                .orElseGet(() -> Json.failure(401, "AUTH_REQUIRED", "Authentication required"));
    }

    private static HttpAnswer notFound() {
        return Json.failure(404, "NOT_FOUND", "Not found");
    }
}
