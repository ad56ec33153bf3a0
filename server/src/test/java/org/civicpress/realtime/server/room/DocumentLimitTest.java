package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.server.ops.Counter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DocumentLimitTest extends RoomFixture {
    private static final String REASON =
            "4013 {\"code\":\"DOCUMENT_TOO_LARGE\",\"reason\":\"document limit reached (10000 bytes)\"}";

    @BeforeEach
    void aDocumentMayHaveTenThousandBytes() {
        maxDocumentBytes = 10_000;
    }

    private static String closeOf(SimulatedClient client) {
        var code = Objects.requireNonNull(client.outbox.closed);
        return code.code() + " " + code.reason();
    }

    private String kept() {
        eve.leaves();
        eve.joins(rooms, BYLAW, Access.READ);
        loop.advance(1_000);
        return eve.text();
    }

    @Test
    void anEditOverTheLimitIsRefusedAndItsSenderToldWhy() {
        bob.types("b".repeat(5_000));
        loop.run();
        ada.types("a".repeat(6_000));
        loop.run();
        assertThat(closeOf(ada)).isEqualTo(REASON);
        assertThat(ada.outbox.texts.getLast())
                .contains("\"code\":\"DOCUMENT_TOO_LARGE\"")
                .containsPattern("at most 10000 bytes, and this one would have 11\\d\\d\\d");
        assertThat(counters.get(Counter.EDITS_REFUSED)).isEqualTo(1);
        assertThat(bob.outbox.closed).isNull();
        assertThat(bob.text()).doesNotContain("a");
        bob.types("!");
        loop.run();
        assertThat(kept()).isEqualTo("b".repeat(5_000) + "!");
    }

    @Test
    void whatAClientHadAlreadyIsNotCountedTwice() {
        ada.types("a".repeat(9_000));
        loop.run();
        for (int i = 0; i < 5; i++) {
            ada.says(new Message.Update(ada.doc.state()));
            loop.run();
        }
        ada.types("b".repeat(500));
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(bob.text()).hasSize(9_500);
    }

    @Test
    void whatIsTypedKeyByKeyIsCountedAsItIsEncoded() {
        for (int i = 0; i < 4_000; i++) { // each update has many times the size of what stays of it
            ada.types("x");
            loop.run();
        }
        assertThat(ada.outbox.closed).isNull();
        assertThat(bob.text()).hasSize(4_000);
    }

    @Test
    void textThatWasReplacedMakesRoom() {
        for (int i = 0; i < 10; i++) {
            ada.types("a".repeat(6_000));
            loop.run();
            ada.doc.text(SimulatedClient.TEXT).delete(0, 6_000);
            loop.run();
        }
        assertThat(ada.outbox.closed).isNull();
    }

    @Test
    void aFullDocumentCanStillBeShortened() {
        ada.types("a".repeat(9_900));
        loop.run();
        bob.types("b".repeat(200));
        loop.run();
        assertThat(closeOf(bob)).isEqualTo(REASON);
        maxDocumentBytes = 5_000;
        ada.doc.text(SimulatedClient.TEXT).delete(0, 9_000);
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        loop.advance(10_000);
        ada.types("again");
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(kept()).isEqualTo("a".repeat(900) + "again");
    }

    @Test
    void deletionsOfWhatIsNotThereAreBoundedToo() {
        ada.types("a".repeat(9_900));
        loop.run();
        int sent = 0;
        while (ada.outbox.closed == null && sent < 10_000) {
            ada.says(new Message.Update(deletionOf(1_000_000L + sent++)));
            loop.advance(1_000);
        }
        assertThat(closeOf(ada)).isEqualTo(REASON);
        assertThat(bob.outbox.closed).isNull();
    }

    /// Of something that a client of this id is said to have written.
    private static Bytes deletionOf(long client) {
        Doc doc = new Doc(client);
        doc.text(SimulatedClient.TEXT).insert(0, "x");
        Bytes written = doc.state();
        doc.text(SimulatedClient.TEXT).delete(0, 1);
        return Updates.diff(doc.state(), Updates.stateVectorOf(written));
    }

    @Test
    void whatWaitsForEditsThatHaveNotComeCountsToo() {
        for (int i = 0; i < 10 && ada.outbox.closed == null; i++) {
            ada.says(new Message.Update(laterEdit(1_000 + i)));
            loop.run();
        }
        assertThat(closeOf(ada)).isEqualTo(REASON);
        bob.types("others go on");
        loop.run();
        assertThat(kept()).isEqualTo("others go on");
    }

    /// The second edit of somebody whose first one is lost.
    private static Bytes laterEdit(long client) {
        Doc doc = new Doc(client);
        doc.text(SimulatedClient.TEXT).insert(0, "x");
        Bytes before = doc.stateVector();
        doc.text(SimulatedClient.TEXT).insert(1, "y".repeat(3_000));
        return doc.stateSince(before);
    }

    @Test
    void aDocumentThatIsTooLargeWhenItIsLoadedCanBeReadAndShortened() {
        ada.types("a".repeat(9_000));
        loop.run();
        loop.advance(1_000);
        crash();
        maxDocumentBytes = 1_000;
        ada.joins(rooms, BYLAW, Access.WRITE);
        bob.joins(rooms, BYLAW, Access.WRITE);
        loop.advance(1_000);
        assertThat(kept()).hasSize(9_000);
        bob.types("more");
        loop.run();
        assertThat(Objects.requireNonNull(bob.outbox.closed).code()).isEqualTo(4013);
        ada.doc.text(SimulatedClient.TEXT).delete(0, 8_500);
        loop.run();
        loop.advance(10_000);
        ada.types("more");
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(kept()).isEqualTo("a".repeat(500) + "more");
    }

    @Test
    void theServerItselfDoesNotEditAFullDocument() {
        ada.types("a".repeat(9_900));
        loop.run();
        maxDocumentBytes = 5_000;
        List<Edit.Outcome> outcomes = new ArrayList<>();
        rooms.edit(
                BYLAW,
                bob.principal,
                doc -> {
                    doc.text(SimulatedClient.TEXT).insert(0, "b");
                    return Optional.empty();
                },
                outcomes::add);
        loop.run();
        assertThat(outcomes)
                .containsExactly(new Edit.Outcome.Refused("the document has reached its limit of 5000 bytes"));
    }
}
