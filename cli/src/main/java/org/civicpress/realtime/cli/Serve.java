package org.civicpress.realtime.cli;

import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.Overrides;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/// One run of the server, from its start until the process is told to end. Confined to the thread that starts it;
/// only the JVM closes it from one of its own, when it is asked to end.
final class Serve implements AutoCloseable {
    /// The sample record that a sign-in link opens.
    private static final String SHOWN = "bylaw-harrow-fen-noise-control";

    private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

    private final Installation installation;
    private final Server server;

    private Serve(Installation installation, Server server) {
        this.installation = installation;
        this.server = server;
    }

    /// In an empty directory, an installation is made first.
    ///
    /// @param overrides what stands above `realtime.yml`
    /// @param host where to listen; without one, as in `realtime.yml`, but where people sign in without a password
    ///     on this machine alone
    static Serve start(
            Path directory, Overrides overrides, @Nullable String host, @Nullable Integer port, boolean sampleSignIn) {
        Installation installation = Installation.isEmpty(directory)
                ? Installation.create(directory, SampleData.townHall(), overrides)
                : Installation.open(directory, overrides);
        try {
            var configured = Server.Options.of(installation);
            String usual = sampleSignIn ? "127.0.0.1" : configured.host();
            return new Serve(
                    installation,
                    Server.start(new Server.Options(
                            installation,
                            Objects.requireNonNullElse(host, usual),
                            Objects.requireNonNullElse(port, configured.port()),
                            sampleSignIn)));
        } catch (RuntimeException e) {
            installation.close();
            throw e;
        }
    }

    String address() {
        InetSocketAddress address = server.address();
        String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }

    /// A link for each user that signs them in and opens a record. Each holds a session, so they are for a
    /// terminal on the machine that serves, and only of an installation that offers signing in without a password
    /// anyway.
    void printSignInLinks(PrintStream out) {
        String record = installation.records().find(SHOWN).isPresent() ? "&record=" + SHOWN : "";
        out.println("Sign in as");
        for (User user : installation.users().all()) {
            out.printf(
                    "  %-28s %s#token=%s%s%n",
                    user.displayName() + " (" + user.role() + ")",
                    address(),
                    installation.sessions().create(user),
                    record);
        }
    }

    /// Returns never: the process ends when a signal tells it to, after everything is saved and closed.
    void untilTheProcessEnds() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop"));
        reloadOnSignal();
        new CountDownLatch(1).await();
    }

    /// SIGHUP has the configuration read again, where this system knows of it.
    private void reloadOnSignal() {
        try {
            Signal.handle(new Signal("HUP"), signal -> {
                try {
                    server.reload();
                } catch (RuntimeException e) {
                    LOG.error("the configuration stays as it was: {}", Trouble.describe(e));
                }
            });
        } catch (IllegalArgumentException e) {
            LOG.debug("SIGHUP is not heard here", e);
        }
    }

    @Override
    public void close() {
        LOG.info("stopping");
        server.close();
        installation.close();
        LOG.info("stopped");
    }
}
