package org.civicpress.realtime.server.api;

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

    public AdminApi(Roles roles, Reloading reloading) {
        this.roles = roles;
        this.reloading = reloading;
    }

    private boolean isAllowed(User user) {
        return roles.may(user, PERMISSION, "", "admin");
    }

    HttpAnswer reload(User user, HttpCall call) {
        if (!isAllowed(user)) {
            return Json.failure(403, "INSUFFICIENT_PERMISSIONS", "This needs the permission " + PERMISSION);
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
