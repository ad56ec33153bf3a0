package org.civicpress.realtime.server.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.civicpress.SampleData;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.RoomEvents;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType.Found;
import org.civicpress.realtime.server.room.RoomType.Kept;
import org.civicpress.realtime.server.room.SimulatedJournal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordRoomTypeTest {
    private static final String LEVY = """
            ---
            id: levy
            title: Levy
            type: bylaw
            status: published
            author: petra
            created: 2026-01-05
            updated: 2026-02-11
            ---

            # Levy

            Pay.
            """;

    @TempDir
    Path directory;

    private final SimulatedJournal journal = new SimulatedJournal();
    private Installation installation;
    private RecordRoomType type;

    @BeforeEach
    void open() {
        installation = Installation.create(
                directory,
                new SampleData(
                        "Town",
                        SampleData.noRecords().people(),
                        Map.of(
                                "levy",
                                LEVY,
                                "page",
                                LEVY.replace("Pay.", "<marquee>Pay.</marquee>\n\n<div>now</div>"))));
        type = new RecordRoomType(
                installation.records(), installation.drafts(), journal, new Counters(), RoomEvents.UNHEARD);
    }

    @AfterEach
    void close() {
        type.close();
        installation.close();
    }

    @Test
    void theSameBodyGivesTheSameState() {
        assertThat(source("levy").state()).isPresent();
        assertThat(source("levy")).isEqualTo(source("levy"));
        assertThat(source("levy").losses()).isEmpty();
    }

    @Test
    void aDraftComesBeforeTheRecord() {
        Found.Source record = source("levy");
        installation.drafts().writeBody("levy", "# Levy\n\nDo not pay.");
        assertThat(source("levy").state()).isPresent().isNotEqualTo(record.state());
        assertThat(source("levy").hash()).isNotEqualTo(record.hash());
    }

    @Test
    void whatCannotBeCarriedIsNamed() {
        assertThat(source("page").losses()).isNotEmpty();
    }

    @Test
    void whatIsNotThereCannotBeOpened() {
        assertThat(found("no-such-record")).isInstanceOf(Found.Failed.class);
    }

    @Test
    void anInstallationThatCannotBeReadIsNoReasonForAnEmptyDocument() {
        installation.close();
        assertThat(found("levy")).isInstanceOf(Found.Failed.class);
    }

    @Test
    void aFileThatIsAsItWasLeftIsFollowedOn() {
        Found.Source source = source("levy");
        Doc doc = seeded(source);
        doc.xmlFragment("default").delete(0, 1);
        assertThat(found("levy", new Kept(doc, Set.of(source.hash()), true)))
                .isInstanceOfSatisfying(
                        Found.Source.class,
                        found -> assertThat(found.isReplacement()).isFalse());
    }

    @Test
    void aFileThatSomebodyElseHasChangedReplacesWhatWasKept() {
        Found.Source before = source("levy");
        installation.drafts().writeBody("levy", "# Levy\n\nDo not pay.");
        assertThat(found("levy", new Kept(seeded(before), Set.of(before.hash()), false)))
                .isInstanceOfSatisfying(Found.Source.class, found -> {
                    assertThat(found.isReplacement()).isTrue();
                    assertThat(found)
                            .extracting(Found.Source::state)
                            .isEqualTo(source("levy").state());
                });
    }

    @Test
    void aFileThatSaysTheSameIsFollowedOnAndRemembered() {
        Found.Source before = source("levy");
        installation.drafts().writeBody("levy", "Levy\n====\n\nPay.\n");
        Found.Source same = source("levy");
        assertThat(same.hash()).isNotEqualTo(before.hash());
        assertThat(found("levy", new Kept(seeded(before), Set.of(before.hash()), true)))
                .isInstanceOfSatisfying(
                        Found.Source.class,
                        found -> assertThat(found.isReplacement()).isFalse());
        assertThat(journal.bodies(new RoomId(RecordRoomType.NAME, "levy"))).contains(same.hash());
    }

    @Test
    void whatWasTakenOverWithoutAFileGoesOnAndRemembersTheFile() {
        Found.Source source = source("levy");
        Doc doc = new Doc(1);
        doc.xmlFragment("default").append(new YXmlElement("paragraph"));
        assertThat(found("levy", new Kept(doc, Set.of(), false)))
                .isInstanceOfSatisfying(
                        Found.Source.class,
                        found -> assertThat(found.isReplacement()).isFalse());
        assertThat(journal.bodies(new RoomId(RecordRoomType.NAME, "levy"))).containsExactly(source.hash());
    }

    private static Doc seeded(Found.Source source) {
        Doc doc = new Doc(1);
        doc.apply(source.state().orElseThrow(), null);
        return doc;
    }

    private Found.Source source(String record) {
        return (Found.Source) found(record);
    }

    private Found found(String record) {
        return found(record, null);
    }

    private Found found(String record, @Nullable Kept kept) {
        var found = new CompletableFuture<Found>();
        type.find(new RoomId(RecordRoomType.NAME, record), Optional.ofNullable(kept), found::complete);
        return found.join();
    }
}
