package org.civicpress.realtime.server.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.civicpress.Users;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.net.HttpCall;
import org.jspecify.annotations.Nullable;

/// Signing in without a password, for a first look (docs/adr/0003). Only made for a server that listens on
/// this machine alone. A page of somebody else must not be able to use it: the request has to be addressed to
/// this machine, so that a foreign name which resolves to it does not count, and to carry JSON, which a
/// foreign page may not send unasked. Shared; reads and writes the database.
public final class SampleSignIn {
    private final Users users;
    private final Sessions sessions;

    public SampleSignIn(Users users, Sessions sessions) {
        this.users = users;
        this.sessions = sessions;
    }

    record Person(String username, @Nullable String name, String role) {}

    HttpAnswer answer(HttpCall call) {
        if (call.host().map(SampleSignIn::isThisMachine).orElse(false)) {
            return switch (call.method()) {
                case "GET" -> Json.success(Map.of("users", people()));
                case "POST" -> signIn(call);
                default -> Json.methodNotAllowed();
            };
        }
        return Json.notFound();
    }

    private List<Person> people() {
        return users.all().stream()
                .map(user -> new Person(user.username(), user.name(), user.role()))
                .toList();
    }

    private HttpAnswer signIn(HttpCall call) {
        if (!call.contentType().orElse("").startsWith("application/json")) {
            return Json.failure(415, "INVALID_REQUEST", "The request must be JSON");
        }
        Optional<User> user = username(call.body()).flatMap(users::find);
        return user.map(known -> Json.success(Map.of("token", sessions.create(known))))
                .orElseGet(() -> Json.failure(400, "INVALID_REQUEST", "No such user"));
    }

    private static Optional<String> username(Bytes body) {
        return Json.text(body, "username");
    }

    /// @param host as in `127.0.0.1:3001`, `localhost` or `[::1]:3001`
    private static boolean isThisMachine(String host) {
        String name = host.replaceFirst(":\\d+$", "");
        return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d{1,3}){3}");
    }
}
