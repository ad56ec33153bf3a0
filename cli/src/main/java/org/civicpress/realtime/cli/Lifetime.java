package org.civicpress.realtime.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long something is valid, as a person types it: `90s`, `30m`, `12h`, `7d`.
final class Lifetime {
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,4})([smhd])");

    private Lifetime() {}

    static Duration parse(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new CommandFailed("--lifetime is a number with s, m, h or d, as in 12h, not \"" + text + "\"");
        }
        long number = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
