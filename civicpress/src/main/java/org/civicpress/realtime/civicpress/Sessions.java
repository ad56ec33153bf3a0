package org.civicpress.realtime.civicpress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/// Session tokens: `raw.signature`, where `raw` is 64 lower-case hex digits and the signature proves that somebody
/// with the installation's secret made it. The database holds the hash of `raw`, never the token. Shared: any
/// platform thread.
public final class Sessions {
    private static final HexFormat HEX = HexFormat.of();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final CivicDatabase database;
    private final Secrets secrets;
    private final Clock clock;
    private final Duration lifetime;
    private final int maxConcurrent;

    Sessions(CivicDatabase database, Secrets secrets, Clock clock, Duration lifetime, int maxConcurrent) {
        this.database = database;
        this.secrets = secrets;
        this.clock = clock;
        this.lifetime = lifetime;
        this.maxConcurrent = maxConcurrent;
    }

    /// A session that was valid when it was looked up.
    ///
    /// @param id what the database knows it by; no secret
    /// @param until when it ends if nothing ends it before
    public record Session(String id, User user, Instant until) {}

    /// What has become of a session that was valid.
    public sealed interface Standing {
        /// It still is; the user may have changed.
        record Valid(Session session) implements Standing {}

        record Ended(End end) implements Standing {}
    }

    /// Why a session is over.
    public enum End {
        EXPIRED,
        LOGGED_OUT,
        /// None of the user's sessions is left: the password was changed, or somebody ended them all.
        ALL_ENDED,
        USER_DELETED
    }

    /// The user whose session this is; nothing when the token is not ours, has expired, was logged out, or its
    /// user is gone.
    public Optional<User> validate(String token) {
        return find(token).map(Session::user);
    }

    /// The session whose token this is; nothing as for [#validate].
    public Optional<Session> find(String token) {
        int dot = token.indexOf('.');
        if (dot < 0 || token.indexOf('.', dot + 1) >= 0) {
            return Optional.empty();
        }
        String raw = token.substring(0, dot);
        byte[] signature = token.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(secrets.sign(raw).getBytes(StandardCharsets.US_ASCII), signature)) {
            return Optional.empty();
        }
        String id = hash(raw);
        String now = Timestamps.iso(clock.instant());
        return database.read(connection -> {
            try (var query = connection.prepareStatement(
                    "SELECT " + Users.COLUMNS + ", s.expires_at"
                            + " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ? AND s.expires_at > ?")) {
                query.setString(1, id);
                query.setString(2, now);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(session(id, rows)) : Optional.empty();
                }
            }
        });
    }

    private static Session session(String id, ResultSet row) throws SQLException {
        // What is no time is still compared as text whenever it is asked about.
        Instant until = Timestamps.parse(row.getString("expires_at")).orElse(Instant.MAX);
        return new Session(id, Users.user(row), until);
    }

    /// Whether a session is what it was.
    public Standing standing(Session before) {
        String now = Timestamps.iso(clock.instant());
        return database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + Users.COLUMNS + ", s.expires_at"
                    + " FROM users u LEFT JOIN sessions s ON s.token_hash = ? AND s.user_id = u.id WHERE u.id = ?")) {
                query.setString(1, before.id());
                query.setLong(2, before.user().id());
                try (var rows = query.executeQuery()) {
                    if (!rows.next()) {
                        return new Standing.Ended(End.USER_DELETED);
                    }
                    String expires = rows.getString("expires_at");
                    if (expires == null) {
                        return new Standing.Ended(
                                hasAny(connection, before.user().id()) ? End.LOGGED_OUT : End.ALL_ENDED);
                    }
                    return expires.compareTo(now) > 0
                            ? new Standing.Valid(session(before.id(), rows))
                            : new Standing.Ended(End.EXPIRED);
                }
            }
        });
    }

    private static boolean hasAny(Connection connection, long user) throws SQLException {
        try (var query = connection.prepareStatement("SELECT 1 FROM sessions WHERE user_id = ? LIMIT 1")) {
            query.setLong(1, user);
            try (var rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /// A new session of this user. When there are now more than allowed, the oldest ones end.
    public String create(User user) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        String raw = HEX.formatHex(random);
        String expires = Timestamps.iso(clock.instant().plus(lifetime));
        database.write(connection -> {
            try (var insert = connection.prepareStatement(
                            "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES (?, ?, ?)");
                    var prune = connection.prepareStatement(
                            "DELETE FROM sessions WHERE user_id = ? AND id NOT IN "
                                    + "(SELECT id FROM sessions WHERE user_id = ? ORDER BY created_at DESC, id DESC LIMIT ?)")) {
                insert.setString(1, hash(raw));
                insert.setLong(2, user.id());
                insert.setString(3, expires);
                insert.executeUpdate();
                prune.setLong(1, user.id());
                prune.setLong(2, user.id());
                prune.setInt(3, maxConcurrent);
                return prune.executeUpdate();
            }
        });
        return raw + "." + secrets.sign(raw);
    }

    static String hash(String raw) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(raw.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
