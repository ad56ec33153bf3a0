package org.civicpress.realtime.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Journal.Saved;
import org.civicpress.realtime.server.room.RoomId;

/// Somebody who types into a room's text, of whom the journal knows nothing but the updates. Confined to the test.
final class Typist {
    private final JournalDriver driver;
    private final RoomId room;
    private final Doc doc;

    Typist(JournalDriver driver, RoomId room, long client) {
        this.driver = driver;
        this.room = room;
        doc = new Doc(client);
        doc.text("text");
    }

    /// Returns when it is durable.
    void types(String text) {
        Bytes[] update = new Bytes[1];
        var listening = doc.onUpdate(UpdateFormat.V1, (bytes, origin) -> update[0] = bytes);
        doc.text("text").insert(doc.text("text").length(), text);
        listening.close();
        var entry = new Journal.Entry(update[0], List.of(doc.clientId()), "ada", "session", 1_700_000_000_000L);
        LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
        driver.journal.append(room, entry, answers::add);
        assertThat(JournalDriver.next(answers)).isInstanceOf(Saved.Durable.class);
    }

    /// All of the document becomes the base state.
    void isCompacted(long upToSequence) {
        LinkedBlockingQueue<Saved> answers = new LinkedBlockingQueue<>();
        driver.journal.compact(room, doc.state(), upToSequence, answers::add);
        assertThat(JournalDriver.next(answers)).isInstanceOf(Saved.Durable.class);
    }

    Bytes state() {
        return doc.state();
    }

    static String text(JournalView.Kept kept) {
        return kept.document().doc().text("text").toString();
    }

    /// What a room holds at the next start.
    static String text(Journal.Loaded.Contents contents) {
        Doc doc = new Doc();
        contents.base().ifPresent(base -> doc.apply(base, null));
        contents.updates().forEach(update -> doc.apply(update, null));
        return doc.text("text").toString();
    }
}
