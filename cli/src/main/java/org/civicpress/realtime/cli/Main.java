package org.civicpress.realtime.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.Overrides;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.cli.doc.Batch;
import org.civicpress.realtime.cli.doc.DocOperations;
import org.civicpress.realtime.cli.doc.DocOptions;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.webhooks.Webhooks;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `civic-realtime`. Results go to standard output, everything else to standard error. What goes wrong is one line
/// that says what to do; the stack trace is in the log at level debug (`CIVIC_REALTIME_LOG=debug`). Exit codes: 0
/// done, 1 it did not work, 2 the command line is wrong.
@Command(
        name = "civic-realtime",
        description =
                "The live layer of a CivicPress installation: several people write in one record at the same time.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        version = "civic-realtime 0.1.0-SNAPSHOT",
        footer = {"", "`civic-realtime COMMAND --help` explains a command."})
public final class Main {
    private static final String DIRECTORY = "The installation, or a directory in it.";
    private static final String SET = "Above realtime.yml and the environment, as in rooms.max_rooms=50. Repeatable.";
    private static final Duration DOCS_LIFETIME = Duration.ofDays(1);

    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new Main(utf8(FileDescriptor.out), utf8(FileDescriptor.err)).run(args));
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    int run(String... args) {
        return new CommandLine(this)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(this::wrongUsage)
                .setExecutionExceptionHandler(this::failed)
                .execute(args.length == 0 ? new String[] {"--help"} : args);
    }

    @Command(
            description = "Make a CivicPress installation, with a sample town hall, in an empty directory.",
            mixinStandardHelpOptions = true)
    int init(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "A new or an empty directory.")
                    Path directory) {
        try (var installation = Installation.create(directory, SampleData.townHall())) {
            describe(installation);
        }
        return OK;
    }

    @Command(
            description =
                    "Serve an installation until the process is told to end. In an empty directory, one is made first.",
            mixinStandardHelpOptions = true)
    int serve(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            description = "Where to listen; otherwise as in realtime.yml.")
                    @Nullable
                    String host,
            @Option(
                            names = "--port",
                            paramLabel = "PORT",
                            description = "Where to listen; 0 picks one and prints it; otherwise as in realtime.yml.")
                    @Nullable
                    Integer port,
            @Option(
                            names = "--sample-sign-in",
                            description = "Let everybody on this machine sign in as any user, without a password.")
                    boolean sampleSignIn,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = SET) @Nullable Map<String, String> set,
            @Option(
                            names = "--defaults-on-mistake",
                            description = "With a mistake in realtime.yml, start with the defaults in place of the "
                                    + "file; otherwise the start ends with what is wrong.")
                    boolean defaultsOnMistake)
            throws InterruptedException {
        try (var serve = Serve.start(directory, overrides(set, defaultsOnMistake), host, port, sampleSignIn)) {
            out.println("civic-realtime is listening on " + serve.address());
            if (sampleSignIn) {
                serve.printSignInLinks(out);
            }
            serve.untilTheProcessEnds();
        }
        return OK;
    }

    private static Overrides overrides(@Nullable Map<String, String> set, boolean defaultsOnMistake) {
        return new Overrides(System.getenv(), set == null ? Map.of() : set, defaultsOnMistake);
    }

    @Command(
            description = "Print every key of realtime.yml, the value that is in force, and where that is from.",
            mixinStandardHelpOptions = true)
    int config(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = SET) @Nullable Map<String, String> set) {
        try (var installation = Installation.open(directory, overrides(set, false))) {
            var settings = installation.configuration().settings();
            int keys = settings.stream()
                    .mapToInt(each -> each.key().length())
                    .max()
                    .orElse(0);
            int values = settings.stream()
                    .mapToInt(each -> Math.min(40, each.value().length()))
                    .max()
                    .orElse(0);
            settings.forEach(each ->
                    out.printf("%-" + keys + "s  %-" + values + "s  %s%n", each.key(), each.value(), each.origin()));
        }
        return OK;
    }

    @Command(description = "Print a token that lets somebody in; it is the last line.", mixinStandardHelpOptions = true)
    int token(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Option(names = "--user", paramLabel = "NAME", description = "A session of this user, for records.")
                    @Nullable
                    String user,
            @Option(
                            names = "--docs",
                            paramLabel = "PATTERN",
                            description = "For documents of this name; * stands for any characters. May be repeated.")
                    @Nullable
                    List<String> docs,
            @Option(names = "--access", paramLabel = "read|write", description = "What may be done with them.")
                    @Nullable
                    DocsAccess access,
            @Option(
                            names = "--subject",
                            paramLabel = "ID",
                            description = "Who, for documents; connections with the same one are counted together.")
                    @Nullable
                    String subject,
            @Option(names = "--name", paramLabel = "NAME", description = "How that person is called.") @Nullable
                    String name,
            @Option(
                            names = "--lifetime",
                            paramLabel = "TIME",
                            description =
                                    "How long it is valid for documents, as in 90s, 30m, 12h or 7d; otherwise 1d.")
                    @Nullable
                    String lifetime) {
        boolean isForDocs = docs != null;
        if ((user == null) != isForDocs || isForDocs != (access != null)) {
            throw new CommandFailed("give either --user NAME, or --docs PATTERN and --access read or --access write");
        }
        if (!isForDocs && (subject != null || name != null || lifetime != null)) {
            throw new CommandFailed("--subject, --name and --lifetime belong to --docs");
        }
        try (var installation = Installation.open(directory)) {
            out.println(
                    docs == null || access == null
                            ? installation.sessions().create(user(installation, Objects.requireNonNull(user)))
                            : docsToken(
                                    installation,
                                    new DocsTokens.Wish(
                                            docs,
                                            Access.valueOf(access.name()),
                                            lifetime == null ? DOCS_LIFETIME : Lifetime.parse(lifetime),
                                            Optional.ofNullable(subject),
                                            Optional.ofNullable(name))));
        }
        return OK;
    }

    private static String docsToken(Installation installation, DocsTokens.Wish wish) {
        try {
            return DocsTokens.of(installation, Clock.systemUTC()).sign(wish);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /// What a person may ask a token for.
    enum DocsAccess {
        READ,
        WRITE
    }

    @Command(
            description = {
                "The engine from a shell: the result of an operation on the documents in files, on standard output.",
                "OP is one of apply, to-json, encode-diff, merge, diff, state-vector, convert-v1-v2, convert-v2-v1, "
                        + "parse-meta, contains, snapshot-restore, script, any, sync-reply, awareness, or batch with "
                        + "files of jobs. docs/doc-command.md explains each."
            },
            mixinStandardHelpOptions = true)
    int doc(
            @Parameters(index = "0", paramLabel = "OP", description = "The operation.") String operation,
            @Parameters(index = "1..*", paramLabel = "FILE", description = "Its inputs, in order.")
                    Path @Nullable [] inputFiles,
            @Option(names = "--v2", description = "The inputs are updates of encoding V2.") boolean v2,
            @Option(names = "--out-v2", description = "The state that encode-diff writes is one, too.") boolean outV2,
            @Option(names = "--nogc", description = "Keep the content of what is deleted.") boolean noGc)
            throws IOException {
        List<Path> files = inputFiles == null ? List.of() : List.of(inputFiles);
        try {
            if (operation.equals("batch")) {
                for (Path file : files) {
                    new Batch(file).run();
                }
                return OK;
            }
            List<Bytes> inputs = new ArrayList<>();
            for (Path file : files) {
                inputs.add(Bytes.wrap(Files.readAllBytes(file)));
            }
            var options = new DocOptions(
                    v2 ? UpdateFormat.V2 : UpdateFormat.V1,
                    outV2 ? UpdateFormat.V2 : UpdateFormat.V1,
                    !noGc,
                    OptionalLong.empty());
            out.write(DocOperations.run(operation, options, inputs).toArray());
            out.flush();
        } catch (MalformedBytesException e) {
            throw new CommandFailed(
                    "an input of " + operation + " is damaged or of another kind: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
        return OK;
    }

    @Command(
            description = {
                "Write all of the journal, as it is at one moment, into a file; also while the server runs.",
                "Exit code 1 also when the journal, and so the file, is damaged: then it says what."
            },
            mixinStandardHelpOptions = true)
    int backup(
            @Parameters(index = "0", paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(index = "1", paramLabel = "FILE", description = "A new file.") Path file) {
        try (var installation = Installation.open(directory)) {
            var made = new JournalOf(installation).backup(file, new ProgressLine(err));
            out.printf("backed up %s, %d bytes, in %s%n", rooms(made.rooms()), made.bytes(), file);
            made.damaged().forEach(damage -> say("damaged in the journal and in the backup: " + damage));
            return made.damaged().isEmpty() ? OK : FAILED;
        }
    }

    @Command(
            description = {
                "Bring a backup back, while the server is stopped. Rooms that are another now begin anew with what the "
                        + "backup has; who comes back with what was written since is told so, and keeps it as a proposal. "
                        + "docs/backup.md explains."
            },
            mixinStandardHelpOptions = true)
    int restore(
            @Parameters(index = "0", paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(index = "1", paramLabel = "FILE", description = "What `backup` made.") Path file) {
        try (var installation = Installation.open(directory)) {
            var result = new JournalOf(installation).restore(file, new ProgressLine(err));
            out.printf(
                    "restored %s, added %s, found %s the same as in the backup%n",
                    rooms(result.restored()), rooms(result.added()), rooms(result.unchanged()));
            result.kept().ifPresent(kept -> out.println("what was there before is in " + kept));
            result.damagedBefore().forEach(damage -> say("was damaged before, " + damage));
            result.problems().forEach(this::say);
            return result.problems().isEmpty() ? OK : FAILED;
        }
    }

    private static String rooms(int count) {
        return count + (count == 1 ? " room" : " rooms");
    }

    @Command(
            description = {
                "Read all of the journal and say what is damaged, room by room; nothing is changed.",
                "Exit code 1 when something is. Also while the server runs."
            },
            mixinStandardHelpOptions = true)
    int verify(@Parameters(index = "0", paramLabel = "DIR", description = DIRECTORY) Path directory) {
        try (var installation = Installation.open(directory);
                var journal = new JournalOf(installation).view()) {
            return new Verify(journal, out).run(new ProgressLine(err)) ? OK : FAILED;
        }
    }

    @Command(
            description = {
                "Bring a room out of the journal, as Markdown, JSON or a Yjs update, on standard output or into a file.",
                "Also while the server runs. What is damaged is left out and said; then the exit code is 1."
            },
            mixinStandardHelpOptions = true)
    int export(
            @Parameters(index = "0", paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "ROOM",
                            description = "Which room, as in records/bylaw-12 or docs/plans.")
                    @Nullable
                    String room,
            @Option(
                            names = "--format",
                            paramLabel = "markdown|json|update",
                            description =
                                    "Otherwise Markdown for a record, JSON for a document; with --all, every one.")
                    Export.@Nullable Format format,
            @Option(
                            names = "--generation",
                            paramLabel = "N|latest",
                            defaultValue = "latest",
                            description = "One that is over, of those that are kept.")
                    String generation,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FILE",
                            description = "Into this file.")
                    @Nullable
                    Path file,
            @Option(names = "--all", paramLabel = "DIR", description = "Every room, into this new directory.") @Nullable
                    Path all)
            throws IOException {
        if ((room == null) == (all == null) || (all != null && (file != null || !generation.equals("latest")))) {
            throw new CommandFailed("give either a ROOM, with --generation or -o if you like, or --all DIR");
        }
        try (var installation = Installation.open(directory);
                var journal = new JournalOf(installation).view()) {
            var export = new Export(journal, err);
            if (room == null) {
                int rooms = export.all(Objects.requireNonNull(all), format, new ProgressLine(err));
                out.println("wrote " + rooms(rooms) + " into " + all);
            } else {
                Bytes content = export.one(JournalOf.room(room), format, generation(generation));
                if (file == null) {
                    out.write(content.toArray());
                    out.flush();
                } else {
                    Files.write(file, content.toArray());
                }
            }
            return export.isWhole() ? OK : FAILED;
        }
    }

    @Command(
            description = {
                "Show whom the server tells over HTTP, what waits for them, and the events that were given up.",
                "Also while the server runs. docs/hooks.md explains."
            },
            mixinStandardHelpOptions = true)
    int webhooks(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY) Path directory) {
        try (var installation = Installation.open(directory)) {
            new WebhookList(out).print(installation.systemData().resolve(Webhooks.FILE));
        }
        return OK;
    }

    private static OptionalLong generation(String text) {
        if (text.equals("latest")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new CommandFailed("--generation is a number, or latest, not \"" + text + "\"", e);
        }
    }

    private void describe(Installation installation) {
        out.printf(
                "Made an installation in %s: %d records, users %s.%n",
                installation.root(), installation.records().list().size(), usernames(installation));
    }

    private static User user(Installation installation, String name) {
        return installation
                .users()
                .find(name)
                .orElseThrow(() -> new CommandFailed("there is no user \"" + name + "\" in " + installation.root()
                        + ": use one of " + usernames(installation)));
    }

    private static String usernames(Installation installation) {
        return installation.users().all().stream().map(User::username).collect(Collectors.joining(", "));
    }

    /// Starts and ends once, in a directory of its own, so that the start cache knows what a start needs.
    @Command(
            name = "warm-up",
            hidden = true,
            description = "Start and end once; the launcher makes the start cache of it.")
    int warmUp() throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("civic-realtime");
        try (var serve = Serve.start(home, overrides(null, false), null, 0, true);
                var client = HttpClient.newHttpClient()) {
            serve.printSignInLinks(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            client.send(
                    HttpRequest.newBuilder(URI.create(serve.address())).build(),
                    HttpResponse.BodyHandlers.discarding());
        } finally {
            delete(home);
        }
        return OK;
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private int wrongUsage(ParameterException e, String[] args) {
        say(Trouble.oneLine(String.valueOf(e.getMessage())) + " (`"
                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help` explains)");
        return WRONG_USAGE;
    }

    private int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        LoggerFactory.getLogger(Main.class).debug("the command failed", e);
        say(Trouble.describe(e));
        return FAILED;
    }

    private void say(String line) {
        err.println("civic-realtime: " + line);
    }
}
