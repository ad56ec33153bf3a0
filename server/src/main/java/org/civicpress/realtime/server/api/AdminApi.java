package org.civicpress.realtime.server.api;

import java.util.List;
import org.civicpress.realtime.civicpress.InstallationException;
import org.civicpress.realtime.civicpress.Roles;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.net.HttpCall;

/// What only who looks after the server may do. Shared; reads files.
public final class AdminApi {
    private static final String PERMISSION = "realtime:admin";

    private final Roles roles;
    private final Reloading reloading;
    private final WebhooksApi webhooks;

    public AdminApi(Roles roles, Reloading reloading, WebhooksApi webhooks) {
        this.roles = roles;
        this.reloading = reloading;
        this.webhooks = webhooks;
    }

    private boolean isAllowed(User user) {
        return roles.may(user, PERMISSION, "", "admin");
    }

    private static HttpAnswer forbidden() {
        return Json.failure(403, "INSUFFICIENT_PERMISSIONS", "This needs the permission " + PERMISSION);
    }

    /// @param path what follows `webhooks`
    HttpAnswer webhooks(User user, HttpCall call, List<String> path) {
        return isAllowed(user) ? webhooks.answer(call.method(), path) : forbidden();
    }

    HttpAnswer reload(User user, HttpCall call) {
        if (!isAllowed(user)) {
            return forbidden();
        }
        if (!call.method().equals("POST")) {
            return Json.methodNotAllowed();
        }
        try {
            return Json.success(reloading.reload());
        } catch (InstallationException e) {
            return Json.failure(409, "CONFIGURATION_INVALID", String.valueOf(e.getMessage()));
        }
    }
}
