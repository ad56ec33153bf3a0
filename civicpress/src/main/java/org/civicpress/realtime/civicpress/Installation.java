package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A CivicPress installation in a directory: `.civicrc`, `.system-data` with secret, database and `realtime.yml`,
/// and the data directory, a Git work tree with roles and records. Opening reads all that the service depends on,
/// so what is wrong is said at the start, by an [InstallationException].
///
/// Shared: any platform thread (never a virtual one, see [CivicDatabase]).
public final class Installation implements AutoCloseable {
    static final String MARKER = ".civicrc";
    static final String SYSTEM_DATA = ".system-data";
    /// Is there from the first to the last moment of making an installation.
    static final String UNFINISHED = ".creation-not-finished";

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d|w)?");

    private final Path root;
    private final Path dataDir;
    private final Path databaseFile;
    private final Overrides overrides;
    private final Configuration configuration;
    private final Secrets secrets;
    private final CivicDatabase database;
    private final Users users;
    private final Sessions sessions;
    private final Roles roles;
    private final Records records;
    private final Drafts drafts;
    private final SnapshotStore snapshots;

    private Installation(Path root, Overrides overrides, Clock clock) {
        Map<String, String> environment = overrides.environment();
        Path civicrc = root.resolve(MARKER);
        Map<String, @Nullable Object> settings = settings(root);
        this.root = root;
        this.dataDir = dataDir(root, settings, environment);
        if (!Files.isDirectory(dataDir)) {
            throw new InstallationException("the data directory " + dataDir
                    + " is missing: restore it, or correct the key dataDir in " + civicrc
                    + (environment.containsKey("CIVIC_DATA_DIR") ? " or the variable CIVIC_DATA_DIR" : ""));
        }
        this.databaseFile = databaseFile(root, settings);
        this.overrides = overrides;
        this.configuration = readConfiguration();
        this.secrets = Secrets.find(systemData().resolve("secrets.yml"), environment);
        var security = section(section(settings, "auth"), "security");
        Duration lifetime = duration(security.get("sessionTimeout"), civicrc);
        int maxConcurrent = maxConcurrent(security.get("maxConcurrentSessions"), civicrc);
        this.roles = Roles.read(dataDir.resolve(".civic/roles.yml"));
        this.database = CivicDatabase.open(databaseFile);
        this.users = new Users(database);
        this.sessions = new Sessions(database, secrets, clock, lifetime, maxConcurrent);
        this.records = new Records(database, dataDir);
        this.drafts = new Drafts(database, records);
        var kept = realtimeConfig().snapshots();
        this.snapshots = new SnapshotStore(
                database, dataDir, kept.storage(), kept.compression() == RealtimeConfig.Compression.ZSTD);
    }

    /// Opens the installation that this directory is in.
    public static Installation open(Path directory) {
        return open(directory, Overrides.of(System.getenv()));
    }

    /// Opens the installation that this directory is in, with what stands above its `realtime.yml`.
    public static Installation open(Path directory, Overrides overrides) {
        return new Installation(root(directory), overrides, Clock.systemUTC());
    }

    static Installation open(Path directory, Map<String, String> environment, Clock clock) {
        return new Installation(root(directory), Overrides.of(environment), clock);
    }

    /// Makes an installation in an empty directory, which is made as well when it is not there, and opens it.
    public static Installation create(Path directory, SampleData content) {
        return create(directory, content, Overrides.of(System.getenv()));
    }

    /// Makes an installation in an empty directory, and opens it with what stands above its `realtime.yml`.
    public static Installation create(Path directory, SampleData content, Overrides overrides) {
        return create(directory, content, overrides, Clock.systemUTC());
    }

    static Installation create(Path directory, SampleData content, Map<String, String> environment, Clock clock) {
        return create(directory, content, Overrides.of(environment), clock);
    }

    private static Installation create(Path directory, SampleData content, Overrides overrides, Clock clock) {
        Map<String, String> environment = overrides.environment();
        Path root = directory.toAbsolutePath().normalize();
        if (environment.containsKey("CIVIC_DATA_DIR")) {
            throw new InstallationException("CIVIC_DATA_DIR is set to " + environment.get("CIVIC_DATA_DIR")
                    + ": unset it to make a new installation in " + root);
        }
        if (Files.exists(root) && !isEmpty(root)) {
            refuseUnfinished(root);
            throw new InstallationException(
                    root + " is not empty: give the name of a new or an empty directory to make an installation in");
        }
        new InstallationWriter(root, content, clock).write();
        return new Installation(root(root), overrides, clock);
    }

    /// Is this a directory with nothing in it, so that an installation can be made there?
    public static boolean isEmpty(Path directory) {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (var entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new InstallationException(
                    "cannot read the directory " + directory + ": change its owner or its mode", e);
        }
    }

    private static Path root(Path directory) {
        Path start = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(start)) {
            throw new InstallationException(
                    (Files.exists(start) ? start + " is not a directory" : "there is no directory " + start)
                            + ": give the directory of a CivicPress installation, or make one with `civic-realtime init --dir DIR`");
        }
        refuseUnfinished(start);
        for (Path candidate = start; candidate != null; candidate = candidate.getParent()) {
            if (Files.isRegularFile(candidate.resolve(MARKER))) {
                refuseUnfinished(candidate);
                return candidate;
            }
        }
        if (!Files.isDirectory(start.resolve(SYSTEM_DATA))) {
            throw new InstallationException(
                    start + " is not a CivicPress installation (neither it nor a directory above has a file " + MARKER
                            + "): give another directory, or make one with `civic-realtime init --dir DIR`");
        }
        return start;
    }

    private static void refuseUnfinished(Path root) {
        if (Files.exists(root.resolve(UNFINISHED))) {
            throw new InstallationException("making the installation in " + root
                    + " was interrupted and it cannot be used: " + "delete what is in this directory and start again");
        }
    }

    /// `.civicrc` over `.civicrc.default`, key by key at the top.
    private static Map<String, @Nullable Object> settings(Path root) {
        var settings = new LinkedHashMap<String, @Nullable Object>(yaml(root.resolve(MARKER + ".default")));
        settings.putAll(yaml(root.resolve(MARKER)));
        return settings;
    }

    private static Map<String, @Nullable Object> yaml(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            return Yaml.loadMap(Files.readString(file));
        } catch (IOException e) {
            throw new InstallationException("cannot read " + file + " as UTF-8 text: change its owner or its mode", e);
        } catch (Yaml.Malformed e) {
            throw new InstallationException(
                    file + ", line " + e.line() + ": this is not valid YAML (" + e.getMessage() + "): correct the line",
                    e);
        }
    }

    private static Map<String, @Nullable Object> section(Map<String, @Nullable Object> settings, String key) {
        return Yaml.map(settings.get(key)).orElse(Map.of());
    }

    private static Path dataDir(Path root, Map<String, @Nullable Object> settings, Map<String, String> environment) {
        String fromEnvironment = environment.get("CIVIC_DATA_DIR");
        if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return resolve(root, fromEnvironment, "the variable CIVIC_DATA_DIR");
        }
        return resolve(
                root,
                settings.get("dataDir") instanceof String dir ? dir : "data",
                root.resolve(MARKER) + ", key dataDir,");
    }

    private static Path databaseFile(Path root, Map<String, @Nullable Object> settings) {
        var database = section(settings, "database");
        Path civicrc = root.resolve(MARKER);
        if (database.get("type") instanceof String type && !type.equals("sqlite")) {
            throw new InstallationException(civicrc + ": the key database.type must be sqlite, not \"" + type + "\"");
        }
        return section(database, "sqlite").get("file") instanceof String file
                ? resolve(root, file, civicrc + ", key database.sqlite.file,")
                : root.resolve(SYSTEM_DATA).resolve("civic.db");
    }

    private static Path resolve(Path root, String path, String place) {
        try {
            return root.resolve(path).normalize();
        } catch (java.nio.file.InvalidPathException e) {
            throw new InstallationException(place + " is not a path: correct it", e);
        }
    }

    /// The original looks beside the data directory; when that is elsewhere and holds none, the root's own is
    /// meant.
    private static Path realtimeFile(Path root, Path dataDir) {
        Path beside = dataDir.resolveSibling(SYSTEM_DATA).resolve("realtime.yml");
        return Files.exists(beside) ? beside : root.resolve(SYSTEM_DATA).resolve("realtime.yml");
    }

    private static Duration duration(@Nullable Object value, Path civicrc) {
        if (value == null) {
            return Duration.ofHours(24);
        }
        Matcher matcher = DURATION.matcher(value.toString().strip());
        if (!matcher.matches()) {
            throw new InstallationException(
                    civicrc + ": the key auth.security.sessionTimeout must be a time such as 24h or 30m, not \"" + value
                            + "\"");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> Duration.ofDays(amount);
            case "w" -> Duration.ofDays(7 * amount);
            case null, default -> Duration.ofMillis(amount);
        };
    }

    private static int maxConcurrent(@Nullable Object value, Path civicrc) {
        if (value == null) {
            return 5;
        }
        if (value instanceof Long count && count >= 1 && count <= Integer.MAX_VALUE) {
            return count.intValue();
        }
        throw new InstallationException(
                civicrc + ": the key auth.security.maxConcurrentSessions must be a whole number of at least 1, not \""
                        + value + "\"");
    }

    /// The directory that holds `.civicrc`.
    public Path root() {
        return root;
    }

    /// Where secret, databases and `realtime.yml` are.
    public Path systemData() {
        return root.resolve(SYSTEM_DATA);
    }

    /// The Git work tree with roles and records.
    public Path dataDir() {
        return dataDir;
    }

    public Path databaseFile() {
        return databaseFile;
    }

    /// `realtime.yml`, as it was when the installation was opened.
    public RealtimeConfig realtimeConfig() {
        return configuration.values();
    }

    /// [#realtimeConfig], and where each value is from.
    public Configuration configuration() {
        return configuration;
    }

    /// Reads `realtime.yml` again, with what stood above it at the opening.
    ///
    /// @throws InstallationException when something in it is wrong
    public Configuration readConfiguration() {
        return new RealtimeConfigReader(realtimeFile(root, dataDir), overrides).read();
    }

    public CivicDatabase database() {
        return database;
    }

    public Users users() {
        return users;
    }

    public Sessions sessions() {
        return sessions;
    }

    public Roles roles() {
        return roles;
    }

    public Records records() {
        return records;
    }

    public Drafts drafts() {
        return drafts;
    }

    /// Where the storage and the form are those of `realtime.yml` when the installation was opened.
    public SnapshotStore snapshots() {
        return snapshots;
    }

    /// A key of 32 bytes for one purpose, made from the installation's secret; the same each time.
    public byte[] derivedKey(String scope, String purpose) {
        return secrets.derivedKey(scope, purpose);
    }

    /// Closes the database. Files are not kept open.
    @Override
    public void close() {
        database.close();
    }

    @Override
    public String toString() {
        return "Installation[" + root + "]";
    }
}
