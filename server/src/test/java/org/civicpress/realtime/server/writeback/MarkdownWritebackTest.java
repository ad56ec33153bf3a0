package org.civicpress.realtime.server.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.markdown.CivicSeed;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.RoomEvent;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.room.SimulatedJournal;
import org.civicpress.realtime.server.room.SimulatedLoop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MarkdownWritebackTest {
    private static final long PATIENCE_MILLIS = 10_000;

    private static final RoomId BYLAW = new RoomId("records", "bylaw-12");
    private static final String BODY = "# Noise\n\nQuiet hours begin at ten.";

    private final SimulatedLoop loop = new SimulatedLoop();
    private final ArrayDeque<Runnable> writer = new ArrayDeque<>();
    private final SimulatedBodies bodies = new SimulatedBodies();
    private final SimulatedJournal journal = new SimulatedJournal();
    private final Counters counters = new Counters();
    private final List<RoomEvent> events = new ArrayList<>();
    private final Doc doc = new Doc(1);
    private int caughtUp;
    private final List<String> stuck = new ArrayList<>();
    private final RoomType.Watcher watcher = new RoomType.Watcher() {
        @Override
        public void onCaughtUp() {
            caughtUp++;
        }

        @Override
        public void onStuck(String reason) {
            stuck.add(reason);
        }
    };
    private final MarkdownWriteback writeback = new MarkdownWriteback(
            BYLAW,
            loop,
            doc,
            bodies,
            new BodyNotes(journal),
            Set.of(BodyHash.of(BODY)),
            writer::add,
            counters,
            events::add,
            watcher);

    @BeforeEach
    void theRecordIsOpen() {
        bodies.all.put(BYLAW.name(), BODY);
        doc.apply(CivicSeed.of(BODY).update(), this);
    }

    @Test
    void nothingIsWrittenBeforeSomethingWasEdited() {
        advance(60_000);
        flush();
        assertThat(bodies.reads).isZero();
        assertThat(bodies.written).isEmpty();
    }

    @Test
    void theDraftIsWrittenWhenPeoplePause() {
        adds("Dogs may bark.");
        advance(MarkdownWriteback.QUIET_MILLIS - 1);
        assertThat(bodies.written).isEmpty();
        assertThat(writeback.isBehind()).isTrue();
        advance(1);
        assertThat(bodies.written).containsExactly(BODY + "\n\nDogs may bark.");
        assertThat(writeback.isBehind()).isFalse();
        assertThat(counters.get(Counter.DRAFTS_WRITTEN)).isEqualTo(1);
    }

    @Test
    void whilePeopleDoNotPauseItIsWrittenEverySoOften() {
        for (int second = 0; second < 25; second++) {
            adds("line " + second);
            advance(1_000);
        }
        assertThat(bodies.written).hasSize(2);
    }

    @Test
    void whatIsThereAlreadyIsNotWritten() {
        adds("Dogs may bark.");
        bodies.all.put(BYLAW.name(), BODY + "\n\nDogs may bark.");
        advance(60_000);
        assertThat(bodies.written).isEmpty();
        assertThat(writeback.isBehind()).isFalse();
    }

    @Test
    void anEditDuringTheWritingIsWrittenNext() {
        adds("one");
        loop.advance(MarkdownWriteback.QUIET_MILLIS);
        assertThat(writer).hasSize(1);
        adds("two");
        advance(0);
        assertThat(bodies.written).hasSize(1);
        assertThat(writeback.isBehind()).isTrue();
        assertThat(caughtUp).isZero();
        advance(MarkdownWriteback.QUIET_MILLIS);
        assertThat(caughtUp).isEqualTo(1);
        assertThat(bodies.written).hasSize(2);
        assertThat(bodies.written.getLast()).endsWith("one\n\ntwo");
        assertThat(writeback.isBehind()).isFalse();
    }

    @Test
    void aFailingDatabaseIsTriedAgain() {
        bodies.isFailing = true;
        adds("one");
        advance(60_000);
        assertThat(writeback.isBehind()).isTrue();
        assertThat(counters.get(Counter.DRAFTS_FAILED)).isBetween(3L, 20L);
        assertThat(failures()).containsExactly("draft: database is locked"); // not with every try
        bodies.isFailing = false;
        advance(30_000);
        assertThat(bodies.written).hasSize(1);
        assertThat(writeback.isBehind()).isFalse();
    }

    @Test
    void closingWritesAtOnce() {
        adds("one");
        assertThat(flush()).isTrue();
        assertThat(bodies.written).hasSize(1);
    }

    @Test
    void closingWaitsForAFailingDatabaseButNotForEver() {
        bodies.isFailing = true;
        adds("one");
        boolean[] done = {false};
        loop.execute(() -> writeback.flush(PATIENCE_MILLIS, () -> done[0] = true));
        advance(PATIENCE_MILLIS / 2);
        assertThat(done[0]).isFalse();
        advance(PATIENCE_MILLIS);
        assertThat(done[0]).isTrue();
        assertThat(writeback.isBehind()).isTrue();
    }

    @Test
    void whoStoppedWaitingLeavesItToBeTriedAgain() {
        bodies.isFailing = true;
        adds("one");
        loop.execute(() -> writeback.flush(1_000, () -> {}));
        advance(PATIENCE_MILLIS);
        bodies.isFailing = false;
        advance(60_000);
        assertThat(bodies.written).hasSize(1);
        assertThat(writeback.isBehind()).isFalse();
    }

    @Test
    void whatMarkdownCannotSayIsNotWritten() {
        loop.execute(() -> {
            doc.xmlFragment("default").append(new YXmlElement("spreadsheet"));
            writeback.onEdited();
        });
        advance(60_000);
        assertThat(flush()).isTrue();
        assertThat(bodies.written).isEmpty();
        assertThat(writeback.isBehind()).isTrue();
        assertThat(counters.get(Counter.DRAFTS_UNFAITHFUL)).isEqualTo(1);
        assertThat(stuck).hasSize(1);
        assertThat(stuck.getFirst()).contains("spreadsheet");
        assertThat(failures()).containsExactly("serialize: " + stuck.getFirst());
    }

    @Test
    void aDraftThatSomebodyElseHasChangedIsLeftAloneAndToldOnce() {
        adds("one");
        bodies.all.put(BYLAW.name(), "# Another");
        advance(60_000);
        adds("two");
        advance(60_000);
        assertThat(bodies.written).isEmpty();
        assertThat(failures()).containsExactly("draft: somebody else has changed the draft or the record meanwhile");
    }

    private List<String> failures() {
        return events.stream()
                .map(event ->
                        event.payload().get("stage") + ": " + event.payload().get("error"))
                .toList();
    }

    @Test
    void afterTheEndTheDocumentIsLeftAlone() {
        adds("one");
        loop.run();
        writeback.stop();
        advance(60_000);
        assertThat(bodies.written).isEmpty();
    }

    private void adds(String words) {
        loop.execute(() -> {
            YXmlElement paragraph = new YXmlElement("paragraph");
            paragraph.append(new YXmlText(words));
            doc.xmlFragment("default").append(paragraph);
            writeback.onEdited();
        });
        loop.run();
    }

    private boolean flush() {
        boolean[] done = {false};
        loop.execute(() -> writeback.flush(PATIENCE_MILLIS, () -> done[0] = true));
        advance(0);
        return done[0];
    }

    /// Lets time pass on the loop, with a writer that takes none.
    private void advance(long millis) {
        write();
        for (long left = millis; left > 0; left -= 100) {
            loop.advance(Math.min(left, 100));
            write();
        }
    }

    private void write() {
        loop.run();
        while (!writer.isEmpty()) {
            writer.remove().run();
            loop.run();
        }
    }

    private static final class SimulatedBodies implements Bodies {
        final Map<String, String> all = new HashMap<>();
        final List<String> written = new ArrayList<>();
        int reads;
        boolean isFailing;

        @Override
        public Optional<String> find(String record) {
            reads++;
            return Optional.ofNullable(all.get(record));
        }

        @Override
        public void write(String record, String markdown) {
            if (isFailing) {
                throw new IllegalStateException("database is locked");
            }
            all.put(record, markdown);
            written.add(markdown);
        }
    }
}
