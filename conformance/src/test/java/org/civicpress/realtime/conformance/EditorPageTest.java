package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.civicpress.realtime.conformance.Chromium.Window;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real browser, with a window for each person.
final class EditorPageTest {
    private static final String EDITOR = "[data-testid=editor]";
    private static final String SAVED = "[data-testid=state][data-state=saved][data-unsaved='0']";
    private static final String UNSAVED_NONE = "[data-testid=state][data-unsaved='0']";
    private static final String BYLAW = "bylaw-harrow-fen-noise-control";
    private static final String NOT_CARRIED = "policy-harrow-fen-html-import";

    @TempDir
    static Path directory;

    private static RunningServer server;
    private Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(directory.resolve("editor"), "--sample-sign-in");
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
    }

    @BeforeEach
    void startBrowser() {
        chromium = new Chromium();
    }

    @AfterEach
    void endBrowser() throws Exception {
        chromium.close();
    }

    @Test
    void twoPeopleEditABylawAndNothingIsLostWhenTheServerIsKilled() throws Exception {
        Window claire = chromium.open(server.http());
        claire.clicks("[data-testid=user-card][data-username=claire]");
        claire.fills("[data-testid=search]", "noise");
        claire.clicks("[data-record-id=" + BYLAW + "] a");
        claire.shows(EDITOR + "[contenteditable=true]");
        Window petra = chromium.open(link("petra", BYLAW));
        petra.shows(EDITOR + "[contenteditable=true]");
        claire.shows("[data-testid=person][data-name='Petra Quill']");
        petra.shows("[data-testid=person][data-name='Claire Beaulieu']");

        claire.clicks(EDITOR + " p");
        claire.presses("End");
        claire.types(" Church bells are exempt.");
        petra.shows(EDITOR + ":has-text('Church bells are exempt.')");
        petra.shows(".caret[data-name='Claire Beaulieu']");
        petra.clicks(EDITOR + " p >> nth=1");
        petra.presses("Home");
        petra.types("Leaf blowers are not. ");
        claire.shows(EDITOR + ":has-text('Leaf blowers are not.')");
        claire.shows(".caret[data-name='Petra Quill']");
        claire.shows(SAVED);
        petra.shows(SAVED);
        claire.screenshot(Node.artifacts().resolve("editor.png"));
        assertThat(claire.complaints()).isEmpty();
        assertThat(petra.complaints()).isEmpty();

        server.kill();
        claire.shows("[data-testid=state][data-state=offline]");
        claire.shows("[data-testid=notice][data-kind=offline]");
        claire.clicks(EDITOR + " h1, " + EDITOR + " h2");
        claire.presses("End");
        claire.types(" (written offline)");
        claire.screenshot(Node.artifacts().resolve("offline.png"));
        server.startAgain();
        claire.shows(SAVED);
        claire.hides("[data-testid=notice]");
        petra.shows(EDITOR + ":has-text('(written offline)')");

        Window afresh = chromium.open(link("petra", BYLAW));
        afresh.shows(EDITOR + ":has-text('Church bells are exempt.')");
        String text = afresh.text(EDITOR);
        assertThat(text).containsOnlyOnce("Church bells are exempt.").containsOnlyOnce("Leaf blowers are not.");
        assertThat(text).containsOnlyOnce("(written offline)");
        Awaitility.await("the draft")
                .atMost(3, TimeUnit.MINUTES)
                .untilAsserted(() -> assertThat(server.draft(BYLAW))
                        .hasValueSatisfying(markdown -> assertThat(markdown)
                                .contains("Church bells are exempt.")
                                .contains("Leaf blowers are not.")
                                .containsPattern("#.*\\(written offline\\)")));
        assertThat(claire.complaints())
                .allMatch(complaint -> complaint.contains("ERR_CONNECTION_REFUSED") || complaint.contains("WebSocket"));
        asksNobodyElse(claire, petra, afresh);
    }

    @Test
    void whateverTwoPeopleDoTheySeeTheSameAndTheDraftFollows() throws Exception {
        String record = "bylaw-eastmere-bom-nogap";
        Window claire = chromium.open(link("claire", record));
        Window petra = chromium.open(link("petra", record));
        claire.shows(EDITOR + "[contenteditable=true]");
        petra.shows(EDITOR + "[contenteditable=true]");
        chromium.doAnything(Integer.getInteger("seed", 4711), 120, claire, petra);
        claire.shows(UNSAVED_NONE);
        petra.shows(UNSAVED_NONE);
        Window afresh = chromium.open(link("noah", record));
        afresh.shows(EDITOR);
        chromium.seeTheSame(claire, petra, afresh);
        Awaitility.await("the draft")
                .atMost(3, TimeUnit.MINUTES)
                .until(() -> server.draft(record).isPresent());
        claire.hides("[data-testid=notice]");
        assertThat(claire.complaints()).isEmpty();
        assertThat(petra.complaints()).isEmpty();
    }

    @Test
    void thePageSaysNotSavedUntilTheJournalCanBeWrittenAgain() throws Exception {
        Window claire = chromium.open(link("claire", "policy-harrow-fen-plain-language"));
        claire.clicks(EDITOR + " p");
        claire.types("Kept. ");
        claire.shows(SAVED);
        try (Connection journal = server.holdJournal()) {
            claire.types("On its way. ");
            claire.shows("[data-testid=state][data-state=not-saved]");
            claire.shows("[data-testid=notice][data-kind=not-saved]");
            assertThat(claire.attribute("[data-testid=state]", "data-unsaved")).isNotEqualTo("0");
            Window petra = chromium.open(link("petra", "policy-harrow-fen-plain-language"));
            petra.shows(EDITOR + ":has-text('On its way.')");
            petra.shows("[data-testid=state][data-state=not-saved]");
            claire.screenshot(Node.artifacts().resolve("not-saved.png"));
        }
        claire.shows(SAVED);
        claire.hides("[data-testid=notice]");
    }

    @Test
    void aWindowThatWasAwayWhileItsRecordStartedAnewIsToldSoAndItsUnsentTextIsKept() throws Exception {
        String record = "policy-eastmere-social-media";
        Window claire = chromium.open(link("claire", record));
        claire.clicks(EDITOR + " p");
        claire.presses("End");
        claire.types(" Sent in time.");
        claire.shows(SAVED);
        Awaitility.await("the draft")
                .atMost(3, TimeUnit.MINUTES)
                .until(() -> server.draft(record).orElse("").contains("Sent in time."));
        server.stop();
        claire.shows("[data-testid=state][data-state=offline]");
        claire.types(" Written while away.");
        server.saveElsewhere(record, server.draft(record).orElseThrow().replace("Sent in time.", "Decided elsewhere."));
        server.startAgain();

        claire.shows("[data-testid=renewed]:has-text('kept there as a proposal')");
        claire.shows("[data-testid=state][data-state=error][data-unsaved='0']");
        claire.screenshot(Node.artifacts().resolve("started-anew.png"));
        Window petra = chromium.open(link("petra", record));
        petra.shows(EDITOR + ":has-text('Decided elsewhere.')");
        assertThat(petra.text(EDITOR)).containsOnlyOnce("Decided elsewhere.").doesNotContain("Written while away.");
        assertThat(claire.text(EDITOR)).contains("Sent in time. Written while away.");

        claire.clicks("[data-testid=renewed-open]");
        claire.shows(EDITOR + "[contenteditable=true]:has-text('Decided elsewhere.')");
        petra.shows("[data-testid=notice][data-kind=proposals]");
        claire.clicks("[data-testid=notice][data-kind=proposals] button");
        claire.shows("[data-testid=proposal-lines] ins:has-text('Written while away.')");
        claire.screenshot(Node.artifacts().resolve("proposal.png"));
        claire.clicks("[data-testid=proposal-apply]");
        petra.shows(EDITOR + ":has-text('Written while away.')");
        claire.hides("[data-testid=notice]");
        petra.hides("[data-testid=notice]");
        assertThat(petra.text(EDITOR)).containsOnlyOnce("Written while away.");
    }

    @Test
    void aViewerReadsAlong() {
        Window noah = chromium.open(link("noah", "policy-eastmere-open-data"));
        noah.shows("[data-testid=notice][data-kind=read-only]");
        noah.shows("[data-testid=state][data-state=read-only]");
        assertThat(noah.count(EDITOR + "[contenteditable=true]")).isZero();
        assertThat(noah.count("[data-testid=toolbar]")).isZero();
        Window claire = chromium.open(link("claire", "policy-eastmere-open-data"));
        claire.clicks(EDITOR + " p");
        claire.types("Seen at once. ");
        noah.shows(EDITOR + ":has-text('Seen at once.')");
        assertThat(noah.complaints()).isEmpty();
        noah.screenshot(Node.artifacts().resolve("viewer.png"));
    }

    @Test
    void aClerkWhoseRoleIsTakenReadsAndWritesOnWhenItComesBack() throws Exception {
        String record = "policy-eastmere-open-data";
        Window petra = chromium.open(link("petra", record));
        petra.clicks(EDITOR + " p");
        petra.presses("End");
        petra.types(" While a clerk.");
        petra.shows(SAVED);

        server.changeRole("petra", "public");
        try {
            petra.shows("[data-testid=notice][data-kind=read-only]:has-text('You can no longer change this record.')");
            petra.shows("[data-testid=notice][data-kind=read-only]:has-text('Your role may read it')");
            petra.shows("[data-testid=state][data-state=read-only]");
            assertThat(petra.count(EDITOR + "[contenteditable=true]")).isZero();
            assertThat(petra.count("[data-testid=toolbar]")).isZero();
            assertThat(petra.text("#announcements")).contains("You can no longer change this record.");
            petra.screenshot(Node.artifacts().resolve("role-taken.png"));
            petra.clicks("[data-testid=language]");
            petra.shows("[data-testid=notice][data-kind=read-only]:has-text('Votre rôle permet de le lire')");
            petra.screenshot(Node.artifacts().resolve("role-taken-french.png"));
            petra.clicks("[data-testid=language]");
        } finally {
            server.changeRole("petra", "clerk");
        }
        petra.shows(EDITOR + "[contenteditable=true]");
        petra.hides("[data-testid=notice]");
        petra.shows("[data-testid=toolbar]");
        petra.clicks(EDITOR + " p");
        petra.presses("End");
        petra.types(" A clerk again.");
        petra.shows(SAVED);
        Window afresh = chromium.open(link("claire", record));
        afresh.shows(EDITOR + ":has-text('A clerk again.')");
        assertThat(afresh.text(EDITOR)).containsOnlyOnce("While a clerk.").containsOnlyOnce("A clerk again.");
        assertThat(petra.complaints()).isEmpty();
        petra.screenshot(Node.artifacts().resolve("role-back.png"));
    }

    @Test
    void aRecordThatCannotBeCarriedIsShownWithTheReason() {
        Window claire = chromium.open(link("claire", NOT_CARRIED));
        claire.shows("[data-testid=notice][data-kind=read-only] li");
        claire.shows("pre" + EDITOR);
        assertThat(claire.complaints()).isEmpty();
        claire.screenshot(Node.artifacts().resolve("not-carried.png"));
    }

    @Test
    void thePageSpeaksFrench() {
        Window claire = chromium.open(link("claire", BYLAW));
        claire.shows(EDITOR);
        claire.clicks("[data-testid=language]");
        claire.shows("html[lang=fr]");
        claire.shows("[data-testid=state]:has-text('En direct'), [data-testid=state]:has-text('Enregistré')");
        claire.screenshot(Node.artifacts().resolve("french.png"));
        claire.reloads();
        claire.shows("html[lang=fr]");
        assertThat(claire.complaints()).isEmpty();
    }

    @Test
    void theCursorIsWhereItWasAfterADialogWasDismissed() {
        Window claire = chromium.open(link("claire", "resolution-harrow-fen-officer"));
        claire.clicks(EDITOR + " p >> nth=1");
        claire.presses("End");
        claire.clicks("[data-testid=tool-link]");
        claire.shows("[data-testid=link-address]");
        claire.presses("Escape");
        claire.shows(EDITOR + ":focus");
        claire.types("(here)");
        claire.shows(EDITOR + " p:has-text('(here)')");
        assertThat(claire.text(EDITOR + " p >> nth=1")).contains("(here)");
    }

    @Test
    void wordsThatWereSelectedBecomeALink() {
        Window claire = chromium.open(link("claire", "policy-copper-quay-procurement"));
        claire.clicks(EDITOR + " h1");
        claire.presses("Home");
        claire.presses("Control+Shift+ArrowRight");
        claire.presses("Control+k");
        claire.shows("[data-testid=link-address]:focus");
        claire.types("example.org/rules");
        claire.presses("Enter");
        claire.shows(EDITOR + " h1 a[href='https://example.org/rules']:has-text('Procurement')");
        claire.shows(SAVED);
    }

    @Test
    void aRecordThatIsNotThereSaysSo() {
        Window claire = chromium.open(link("claire", "there-is-none"));
        claire.shows("[data-testid=missing]");
    }

    @Test
    void aSessionThatEndedLeadsToTheSignIn() {
        Window stranger = chromium.open(server.http() + "/#token=" + "0".repeat(64) + "." + "0".repeat(64));
        stranger.shows("[data-testid=session-expired]");
        stranger.shows("[data-testid=user-card][data-username=noah]");
        stranger.screenshot(Node.artifacts().resolve("sign-in.png"));
    }

    @Test
    void nothingIsWiderThanAPhone() {
        Window phone = chromium.open(link("claire", BYLAW), 390, 844, true);
        phone.shows(EDITOR + "[contenteditable=true]");
        assertThat(phone.overflow()).isZero();
        phone.screenshot(Node.artifacts().resolve("phone.png"));
        phone.goesTo(server.http() + "/#/records");
        phone.shows("[data-testid=record-row]");
        assertThat(phone.overflow()).isZero();
        phone.screenshot(Node.artifacts().resolve("phone-list.png"));
    }

    private static String link(String user, String record) {
        return server.http() + "/#token=" + server.session(user) + "&record=" + record;
    }

    private static void asksNobodyElse(Window... windows) {
        for (Window window : windows) {
            assertThat(window.asked()).containsOnly(server.http(), server.ws());
        }
    }
}
