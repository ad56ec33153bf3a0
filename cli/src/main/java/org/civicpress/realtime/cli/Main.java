package org.civicpress.realtime.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.civicpress.User;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `civic-realtime`. Results go to standard output, everything else to standard error. What goes wrong is one line that
/// says what to do; the stack trace is in the log at level debug (`CIVIC_REALTIME_LOG=debug`).
/// Exit codes: 0 done, 1 it did not work, 2 the command line is wrong.
@Command(
        name = "civic-realtime",
        description =
                "The live layer of a CivicPress installation: several people write in one record at the same time.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        version = "civic-realtime 0.1.0-SNAPSHOT",
        footer = {"", "`civic-realtime COMMAND --help` explains a command."})
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private final PrintWriter out;
    private final PrintWriter err;

    Main(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new Main(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .run(args));
    }

    int run(String... args) {
        return new CommandLine(this)
                .setOut(out)
                .setErr(err)
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

    @Command(description = "Print a token that lets somebody in; it is the last line.", mixinStandardHelpOptions = true)
    int token(
            @Option(names = "--dir", required = true, paramLabel = "DIR", description = "The installation.")
                    Path directory,
            @Option(names = "--user", required = true, paramLabel = "NAME", description = "A session of this user.")
                    String user) {
        try (var installation = Installation.open(directory)) {
            out.println(installation.sessions().create(user(installation, user)));
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
