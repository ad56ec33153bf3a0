package org.civicpress.realtime.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The directions of ARCHITECTURE.md, held to the classes as compiled.
final class ArchitectureTest {
    private static final String ROOT = "org.civicpress.realtime.";
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages(
                    ROOT + "crdt",
                    ROOT + "protocol",
                    ROOT + "markdown",
                    ROOT + "civicpress",
                    ROOT + "server",
                    ROOT + "cli");

    /// Classes whose job is a thread, a lock or something shared without one; everything else posts to a loop.
    private static final String[] THREADS = {
        "civicpress.CivicDatabase",
        "cli.Serve",
        "server.Server",
        "server.auth.AccessWatch",
        "server.auth.ConnectionLimits",
        "server.hooks.Hooks", // its listeners must not run on a loop
        "server.net.WebSocketEdge",
        "server.ops.Counters",
        "server.records.RecordRoomType",
        "server.room.Rooms",
        "server.snapshots.SnapshotKeeper",
        "server.store.JournalWriter",
        "server.store.SqlJournal",
        "server.webhooks.Webhooks",
    };

    @Test
    void everyModuleIsLookedAt() {
        assertThat(ALL.stream().map(JavaClass::getPackageName))
                .contains(
                        ROOT + "crdt",
                        ROOT + "protocol",
                        ROOT + "markdown",
                        ROOT + "civicpress",
                        ROOT + "server",
                        ROOT + "server.room",
                        ROOT + "cli");
    }

    @Test
    void theEngineDependsOnNothing() {
        onlyUses("crdt..", "crdt..");
        onlyUses("crdt.lib0..", "crdt.lib0..");
    }

    @Test
    void theProtocolKnowsOnlyTheEngine() {
        onlyUses("protocol..", "protocol..", "crdt..");
    }

    @Test
    void markdownKnowsOnlyTheEngineAndItsParser() {
        onlyUses("markdown..", "markdown..", "crdt..", "org.commonmark..", "java.net");
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "markdown..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.net..").and(not(belongToAnyOf(IDN.class)))));
    }

    @Test
    void anInstallationKnowsNothingOfSockets() {
        onlyUses(
                "civicpress..",
                "civicpress..",
                "java.sql..",
                "javax.sql..",
                "org.sqlite..",
                "org.eclipse.jgit..",
                "org.snakeyaml..",
                "com.github.luben.zstd..",
                "tools.jackson..",
                "java.net");
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "civicpress..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..").and(not(belongToAnyOf(InetAddress.class, URI.class)))));
    }

    @Test
    void aRoomUsesNothingBesideItButCounters() {
        onlyUses("server.room..", "server.room..", "server.ops..", "protocol..", "crdt..");
        onlyUses("server.ops..", "server.ops..");
    }

    @Test
    void theServerKnowsNothingOfTheCommands() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "cli.."));
    }

    @Test
    void thePartsOfTheServerGoRoundInNoCircle() {
        check(slices().matching(ROOT + "server.(*)..").should().beFreeOfCycles());
    }

    @Test
    void socketsAreTheBusinessOfFew() {
        only("io.netty..", "server.net..", "server.api..", "server");
    }

    @Test
    void databasesAreTheBusinessOfFew() {
        only("java.sql..", "server.store..", "civicpress..");
        only("org.sqlite..", "server.store..", "civicpress..");
    }

    @Test
    void everyLibraryHasOnePlace() {
        only("org.eclipse.jgit..", "civicpress..");
        only("org.snakeyaml..", "civicpress..");
        only("com.github.luben.zstd..", "civicpress..");
        only("org.commonmark..", "markdown..");
        only("com.nimbusds..", "server.auth..");
        only("picocli..", "cli..");
        only("ch.qos.logback..", "cli..");
    }

    @Test
    void threadsAndLocksAreTheBusinessOfFew() {
        var threads = resideInAnyPackage("java.util.concurrent.locks..", "java.util.concurrent.atomic..")
                .or(belongToAnyOf(
                        Thread.class,
                        java.util.concurrent.Executors.class,
                        java.util.concurrent.ExecutorService.class,
                        java.util.concurrent.ScheduledExecutorService.class,
                        java.util.concurrent.BlockingQueue.class,
                        java.util.concurrent.CountDownLatch.class,
                        java.util.concurrent.Semaphore.class));
        check(noClasses().that(not(named(THREADS))).should().dependOnClassesThat(threads));
    }

    @Test
    void timeIsHandedIn() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + "crdt..", ROOT + "protocol..", ROOT + "markdown..", ROOT + "server.room..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC"));
    }

    @Test
    void onlyTheCommandsPrint() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace"));
    }

    /// Classes of a place use these and the JDK's, and nothing else.
    private static void onlyUses(String place, String... allowed) {
        check(classes()
                .that()
                .resideInAPackage(ROOT + place)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(full(allowed))
                        .or(resideInAnyPackage("java.lang..", "java.util..", "java.io..", "java.nio..", "java.time.."))
                        .or(resideInAnyPackage("java.math..", "java.text..", "java.security..", "javax.crypto.."))
                        .or(resideInAnyPackage("org.jspecify.annotations..", "org.slf4j.."))
                        .or(resideInAnyPackage(""))));
    }

    /// A library is used in these places and nowhere else.
    private static void only(String library, String... places) {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(full(places))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library));
    }

    private static String[] full(String... places) {
        return Arrays.stream(places)
                .map(place ->
                        place.matches("(crdt|protocol|markdown|civicpress|server|cli)\\b.*") ? ROOT + place : place)
                .toArray(String[]::new);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe(
                "are made for it",
                type -> Arrays.stream(names)
                        .anyMatch(name -> type.getName().equals(ROOT + name)
                                || type.getName().startsWith(ROOT + name + "$")));
    }

    private static void check(ArchRule rule) {
        rule.check(ALL);
    }
}
