package org.civicpress.realtime.server.auth;

import java.util.Optional;
import java.util.regex.Pattern;
import org.civicpress.realtime.server.auth.DocsTokens.Grant;
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

    @Override
    public Decision ask(String room, String token) {
        Optional<Grant> grant = tokens.verify(token);
        if (grant.isEmpty()) {
            return new Decision.UnknownToken();
        }
        if (!isName(room) || !grant.get().covers(room)) {
            return new Decision.Forbidden();
        }
        Optional<String> subject = grant.get().subject();
        return new Decision.Welcome(
                new Principal(subject.orElse("docs"), subject.orElse("docs")),
                Permit.of(grant.get().access()),
                subject.map(id -> "docs:" + id),
                grant.get().expires(),
                round -> again(round, room, token, grant.get()));
    }

    /// A token says all by itself; only the key that it was signed with may be valid no more.
    private Standing again(Round round, String room, String token, Grant grant) {
        if (!round.isThorough()) {
            return new Standing.Welcome(Permit.of(grant.access()), grant.expires());
        }
        return switch (ask(room, token)) {
            case Decision.UnknownToken() -> Standing.SessionEnded.LOGGED_OUT;
            case Decision.Forbidden() -> new Standing.Forbidden();
            case Decision.Welcome welcome -> new Standing.Welcome(welcome.permit(), welcome.until());
        };
    }
}
