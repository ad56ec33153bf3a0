package org.civicpress.realtime.server.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.server.room.Access;
import org.jspecify.annotations.Nullable;

/// What a token for rooms of type `docs` says.
///
/// ```
/// docs     patterns, and with them
/// access   "read" or "write"
/// read     patterns: documents to read
/// write    patterns: documents to write, and to read
/// exp      when it ends
/// nbf      from when on it is valid (may be absent)
/// sub      who (may be absent)
/// name     how that person is called (may be absent)
/// iss, aud who made it, and for whom
///
/// patterns := pattern | [ pattern, … ]
/// pattern  := the name of a document, in which * stands for any characters
/// ```
///
/// One of `docs`, `read` and `write` has to be there; several add up. What is there but is not as above makes
/// the token one that allows nothing.
final class DocsClaims {
    private static final int MAX_PATTERNS = 100;
    private static final int MAX_PATTERN = 200;
    private static final int MAX_SUBJECT = 200;
    private static final int MAX_NAME = 100;

    private DocsClaims() {}

    /// @param leeway by how much clocks may differ
    /// @return nothing when they allow nothing at this time
    /// @throws ParseException when they are not as they have to be
    static Optional<DocsGrant> read(JWTClaimsSet claims, Instant now, Duration leeway) throws ParseException {
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            throw new ParseException("no end", 0);
        }
        Instant end = expires.toInstant().plus(leeway);
        Date notBefore = claims.getNotBeforeTime();
        if (!now.isBefore(end)
                || (notBefore != null && now.isBefore(notBefore.toInstant().minus(leeway)))) {
            return Optional.empty();
        }
        List<String> read = new ArrayList<>(patterns(claims.getClaim("read")));
        List<String> write = new ArrayList<>(patterns(claims.getClaim("write")));
        if (claims.getClaim("docs") != null) {
            switch (String.valueOf(claims.getStringClaim("access"))) {
                case "read" -> read.addAll(patterns(claims.getClaim("docs")));
                case "write" -> write.addAll(patterns(claims.getClaim("docs")));
                default -> throw new ParseException("an access that is none", 0);
            }
        }
        if (read.isEmpty() && write.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DocsGrant(read, write, end, subject(claims), name(claims)));
    }

    private static List<String> patterns(@Nullable Object claim) throws ParseException {
        List<?> all = switch (claim) {
            case null -> List.of();
            case String one -> List.of(one);
            case List<?> several when several.size() <= MAX_PATTERNS -> several;
            default -> throw new ParseException("patterns that are none, or too many", 0);
        };
        List<String> patterns = new ArrayList<>(all.size());
        for (Object one : all) {
            if (!(one instanceof String pattern) || pattern.length() > MAX_PATTERN) {
                throw new ParseException("a pattern that is none, or too long", 0);
            }
            patterns.add(pattern);
        }
        return patterns;
    }

    private static Optional<String> subject(JWTClaimsSet claims) throws ParseException {
        String subject = claims.getStringClaim("sub");
        if (subject == null) {
            return Optional.empty();
        }
        if (subject.isBlank() || subject.length() > MAX_SUBJECT || !subject.equals(printable(subject))) {
            throw new ParseException("a subject that is none, or too long", 0);
        }
        return Optional.of(subject);
    }

    /// Cut to what can be shown in one line.
    private static Optional<String> name(JWTClaimsSet claims) throws ParseException {
        return Optional.ofNullable(claims.getStringClaim("name"))
                .map(name -> printable(name).strip())
                .map(name -> name.codePointCount(0, name.length()) <= MAX_NAME
                        ? name
                        : name.substring(0, name.offsetByCodePoints(0, MAX_NAME)))
                .filter(name -> !name.isEmpty());
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().map(point -> isPrintable(point) ? point : ' ').forEach(printable::appendCodePoint);
        return printable.toString();
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /// @param issuer and audience: who reads it may ask for them
    static JWTClaimsSet write(DocsTokens.Wish wish, Instant now, Optional<String> issuer, Optional<String> audience) {
        var claims = new JWTClaimsSet.Builder()
                .claim("docs", wish.docs().size() == 1 ? wish.docs().getFirst() : wish.docs())
                .claim("access", word(wish.access()))
                .expirationTime(Date.from(now.plus(wish.lifetime())));
        wish.subject().ifPresent(claims::subject);
        wish.name().ifPresent(name -> claims.claim("name", name));
        issuer.ifPresent(claims::issuer);
        audience.ifPresent(claims::audience);
        return claims.build();
    }

    private static String word(Access access) {
        return switch (access) {
            case READ -> "read";
            case WRITE -> "write";
            case NONE -> throw new IllegalArgumentException("a token for nothing");
        };
    }
}
