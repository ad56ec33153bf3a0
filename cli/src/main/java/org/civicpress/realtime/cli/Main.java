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
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.civicpress.realtime.civicpress.Installation;
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
                    boolean sampleSignIn)
            throws InterruptedException {
        try (var serve = Serve.start(directory, host, port, sampleSignIn)) {
            out.println("civic-realtime is listening on " + serve.address());
            if (sampleSignIn) {
                serve.printSignInLinks(out);
            }
            serve.untilTheProcessEnds();
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
                            description = "For documents of this name; * stands for any characters.")
                    @Nullable
                    String docs,
            @Option(names = "--access", paramLabel = "read|write", description = "What may be done with them.")
                    @Nullable
                    DocsAccess access) {
        if ((user == null) == (docs == null) || (docs == null) != (access == null)) {
            throw new CommandFailed("give either --user NAME, or --docs PATTERN and --access read or --access write");
        }
        try (var installation = Installation.open(directory)) {
            out.println(
                    docs == null || access == null
                            ? installation.sessions().create(user(installation, Objects.requireNonNull(user)))
                            : DocsTokens.of(installation, Clock.systemUTC())
                                    .sign(docs, Access.valueOf(access.name()), DOCS_LIFETIME));
        }
        return OK;
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
        try (var serve = Serve.start(home, null, 0, true);
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
