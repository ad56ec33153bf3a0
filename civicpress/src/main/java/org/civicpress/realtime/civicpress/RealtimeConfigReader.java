package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.civicpress.realtime.civicpress.ConfigSection.Rule;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads `realtime.yml`, and what stands above it. The original replaces a file with a mistake by its defaults, and
/// the operator wonders why nothing changes; here a mistake ends the start, with the line and the rule, unless the
/// defaults are wanted. Confined to the call that made it.
final class RealtimeConfigReader {
    private static final Logger log = LoggerFactory.getLogger(RealtimeConfigReader.class);

    private static final Pattern ORIGIN =
            Pattern.compile("https?://((\\*\\.)?[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
    private static final Pattern EVENT = Pattern.compile("[a-z*][a-z0-9:*-]*");
    private static final int LARGEST = 1 << 30;

    private final Path file;
    private final Overrides overrides;

    RealtimeConfigReader(Path file, Overrides overrides) {
        this.file = file;
        this.overrides = overrides;
    }

    Configuration read() {
        try {
            return read(root(), Optional.empty());
        } catch (InstallationException e) {
            if (!overrides.defaultsOnMistake()) {
                throw e;
            }
            String mistake = String.valueOf(e.getMessage());
            log.error("the defaults are used, because {}", mistake);
            return read(null, Optional.of(mistake)); // what stands above the file is still to be right
        }
    }

    private @Nullable Node root() {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return Yaml.compose(Files.readString(file)).orElse(null);
        } catch (IOException e) {
            throw new InstallationException(
                    "cannot read " + file + " as UTF-8 text: make it readable, or remove it for the defaults", e);
        } catch (Yaml.Malformed e) {
            throw new InstallationException(
                    file + ", line " + e.line() + ": this is not valid YAML (" + e.getMessage() + "): correct the line",
                    e);
        }
    }

    private Configuration read(@Nullable Node root, Optional<String> mistake) {
        var source = new ConfigSource(file, overrides);
        var top = ConfigSection.top(source, root);
        RealtimeConfig values = config(top);
        top.end();
        source.end();
        return new Configuration(values, source.settings(), mistake);
    }

    private static RealtimeConfig config(ConfigSection top) {
        var standard = RealtimeConfig.DEFAULT;
        return new RealtimeConfig(
                top.flag("enabled", standard.enabled()),
                (int) top.whole("port", standard.port(), 1, 65535, "a whole number from 1 to 65535"),
                top.text(
                        "host",
                        standard.host(),
                        new Rule<>(text -> !text.isBlank(), "a host name or an address, such as 127.0.0.1")),
                top.text(
                        "path",
                        standard.path(),
                        new Rule<>(text -> text.startsWith("/"), "a path that starts with /, such as /realtime")),
                top.section("rooms", section -> rooms(section, standard.rooms())),
                top.section("snapshots", section -> snapshots(section, standard.snapshots())),
                top.section("rate_limiting", section -> rateLimiting(section, standard.rateLimiting())),
                top.section("connections", section -> connections(section, standard.connections())),
                top.section("connection_cleanup", section -> cleanup(section, standard.connectionCleanup())),
                top.section("journal", RealtimeConfigReader::journal),
                top.section("docs", RealtimeConfigReader::docs),
                top.section("webhooks", RealtimeConfigReader::webhooks));
    }

    private static RealtimeConfig.Rooms rooms(ConfigSection section, RealtimeConfig.Rooms standard) {
        return new RealtimeConfig.Rooms(
                section.positive("max_rooms", standard.maxRooms()),
                section.whole(
                        "cleanup_timeout",
                        standard.cleanupTimeoutSeconds(),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        "a whole number of seconds"),
                section.whole(
                        "grace_period_ms",
                        standard.gracePeriodMillis(),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        "a whole number of milliseconds"),
                bytes(section, "max_document_bytes", standard.maxDocumentBytes()));
    }

    private static int bytes(ConfigSection section, String key, int standard) {
        return (int) section.whole(key, standard, 1024, LARGEST, "a whole number of bytes from 1024 to " + LARGEST);
    }

    private static RealtimeConfig.Snapshots snapshots(ConfigSection section, RealtimeConfig.Snapshots standard) {
        return new RealtimeConfig.Snapshots(
                section.flag("enabled", standard.enabled()),
                section.seconds("interval", standard.intervalSeconds(), 0),
                section.whole(
                        "max_updates",
                        standard.maxUpdates(),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        "a whole number of updates"),
                section.oneOf("storage", RealtimeConfig.Storage.class, standard.storage()),
                section.oneOf("compression", RealtimeConfig.Compression.class, standard.compression()));
    }

    private static RealtimeConfig.RateLimiting rateLimiting(
            ConfigSection section, RealtimeConfig.RateLimiting standard) {
        return new RealtimeConfig.RateLimiting(
                section.positive("messages_per_second", standard.messagesPerSecond()),
                section.positive("awareness_per_second", standard.awarenessPerSecond()),
                section.positive("connections_per_ip", standard.connectionsPerIp()),
                section.positive("connections_per_user", standard.connectionsPerUser()),
                section.positive("connections_per_room", standard.connectionsPerRoom()));
    }

    private static RealtimeConfig.Connections connections(ConfigSection section, RealtimeConfig.Connections standard) {
        return new RealtimeConfig.Connections(
                section.texts(
                        "allowed_origins",
                        standard.allowedOrigins(),
                        new Rule<>(
                                text -> ORIGIN.matcher(text).matches(),
                                "origins such as https://town.example or https://*.town.example")),
                section.texts(
                        "trusted_proxies",
                        standard.trustedProxies(),
                        new Rule<>(
                                RealtimeConfigReader::isAddressRange,
                                "addresses or ranges such as 127.0.0.1 or 10.0.0.0/8")),
                bytes(section, "max_message_bytes", standard.maxMessageBytes()));
    }

    private static boolean isAddressRange(String text) {
        int slash = text.indexOf('/');
        try {
            int bits = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                            .getAddress()
                            .length
                    * 8;
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            return prefix >= 0 && prefix <= bits;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static RealtimeConfig.ConnectionCleanup cleanup(
            ConfigSection section, RealtimeConfig.ConnectionCleanup standard) {
        return new RealtimeConfig.ConnectionCleanup(
                section.flag("enabled", standard.enabled()),
                section.seconds("check_interval", standard.checkIntervalSeconds(), 1),
                section.seconds("stale_threshold", standard.staleThresholdSeconds(), 1));
    }

    private static RealtimeConfig.Journal journal(ConfigSection section) {
        return new RealtimeConfig.Journal(section.secret(
                "database",
                new Rule<>(
                        text -> text.startsWith("jdbc:postgresql:"),
                        "a URL such as jdbc:postgresql://HOST/DATABASE?user=USER: correct it, or leave it out to keep "
                                + "the journal in a file")));
    }

    private static RealtimeConfig.Docs docs(ConfigSection section) {
        return new RealtimeConfig.Docs(
                section.optional("issuer", "the issuer of the tokens, as in their claim iss"),
                section.optional("audience", "what the tokens are for, as in their claim aud"),
                section.optional("jwks", "a URL or a file with the keys of the issuer"));
    }

    private static RealtimeConfig.Webhooks webhooks(ConfigSection section) {
        Optional<String> secret = section.secret(
                "secret",
                new Rule<>(text -> text.length() >= 16, "a text of at least 16 characters that nobody guesses"));
        List<RealtimeConfig.Webhooks.Target> targets =
                section.list("targets", RealtimeConfigReader::target, "a list of `url: …` with `events: […]`");
        if (!targets.isEmpty() && secret.isEmpty()) {
            throw section.missing("secret", "must be there: it signs what is sent to webhooks.targets");
        }
        return new RealtimeConfig.Webhooks(secret, targets);
    }

    private static RealtimeConfig.Webhooks.Target target(ConfigSection section) {
        String url = section.secret("url", new Rule<>(RealtimeConfigReader::isHttpUrl, "an http or https URL"))
                .orElseThrow(() -> section.missing("url", "must be there"));
        return new RealtimeConfig.Webhooks.Target(
                url,
                section.texts(
                        "events",
                        List.of("realtime:*"),
                        new Rule<>(
                                text -> EVENT.matcher(text).matches(),
                                "names of events such as realtime:room:created, or patterns with *")));
    }

    private static boolean isHttpUrl(String text) {
        try {
            URI uri = URI.create(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
