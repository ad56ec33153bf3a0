package org.civicpress.realtime.server.auth;

import java.util.Optional;
import java.util.regex.Pattern;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;

/// Lets the holders of a JWT into rooms of type `docs`. Shared.
public final class DocsDoor implements Door {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~!$&'()+,;=:@%-]{1,200}");

    private final DocsTokens tokens;

    public DocsDoor(DocsTokens tokens) {
        this.tokens = tokens;
    }

    /// May a document be called so? What a path segment of an address may hold, but no `*`, which stands for
    /// other names.
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /// @throws UnavailableException when it cannot be known now whose token it is
    @Override
    public Decision ask(String room, String token) {
        Optional<DocsGrant> grant = tokens.verify(token);
        if (grant.isEmpty()) {
            return new Decision.UnknownToken();
        }
        Access access = isName(room) ? grant.get().to(room) : Access.NONE;
        return access == Access.NONE ? new Decision.Forbidden() : welcome(room, token, grant.get(), access);
    }

    private Decision welcome(String room, String token, DocsGrant grant, Access access) {
        String id = grant.subject().orElse("docs");
        return new Decision.Welcome(
                new Principal(id, grant.name().orElse(id), grant.name()),
                Permit.of(access),
                grant.subject().map(subject -> "docs:" + subject),
                grant.expires(),
                round -> again(round, room, token, new Standing.Welcome(Permit.of(access), grant.expires())));
    }

    /// A token says all by itself; only the key that it was signed with may be valid no more. While that cannot be
    /// known, what was said before holds.
    private Standing again(Round round, String room, String token, Standing.Welcome before) {
        if (!round.isThorough()) {
            return before;
        }
        try {
            return switch (ask(room, token)) {
                case Decision.UnknownToken() -> Standing.SessionEnded.LOGGED_OUT;
                case Decision.Forbidden() -> new Standing.Forbidden();
                case Decision.Welcome welcome -> new Standing.Welcome(welcome.permit(), welcome.until());
            };
        } catch (UnavailableException e) {
            return before;
        }
    }
}
