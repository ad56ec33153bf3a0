package org.civicpress.realtime.conformance.fuzz;

import static org.civicpress.realtime.conformance.fuzz.FuzzTarget.mustHold;
import static org.civicpress.realtime.conformance.fuzz.FuzzTarget.taken;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Applied;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// What holds of an update whatever its bytes are. Static functions.
final class UpdateChecks {
    private UpdateChecks() {}

    static void check(Bytes update, UpdateFormat format) {
        check(Samples.empty(), Samples.empty(), update, format);
        check(Samples.document(), Samples.document(), update, format);
    }

    /// @param follower a replica of the document that hears of its changes only
    private static void check(Doc doc, Doc follower, Bytes update, UpdateFormat format) {
        Bytes before = doc.state();
        Set<String> rootsBefore = Set.copyOf(doc.rootNames());
        List<Bytes> told = new ArrayList<>();
        doc.onUpdate((change, origin) -> told.add(change));
        Applied applied;
        try {
            applied = doc.apply(update, format, null);
        } catch (MalformedBytesException refused) {
            mustHold("what is refused changes no byte", doc.state().equals(before));
            mustHold("what is refused leaves no root", doc.rootNames().equals(rootsBefore));
            mustHold("what is refused is told to nobody", told.isEmpty());
            mustHold("what is refused waits for nothing", !doc.hasPending());
            throw refused;
        }
        mustHold(
                "the changes are those that listeners hear of",
                applied.changes().size() == told.size());
        List<String> content = Reading.of(doc);
        doc.text("text").toString();
        doc.xmlFragment("xml").toString();
        Doc reader = readerOf(doc, UpdateFormat.V1);
        Doc reader2 = readerOf(doc, UpdateFormat.V2);
        // Not the same values: V1 has no words for some, and V2 none for half a pair of surrogates in JSON.
        mustHold(
                "both encodings say as much",
                Reading.of(reader).size() == Reading.of(reader2).size());
        applied.changes().forEach(change -> taken("a change", () -> follower.apply(change, format, null)));
        mustHold(
                "who hears of the changes knows as much", follower.stateVector().equals(doc.stateVector()));
        goesOn(doc);
        mustHold("nothing was seen that can not be told", content.stream().noneMatch(String::isEmpty));
    }

    /// Somebody who loads the state. It need not look the same to them: a struct may name neighbours that cross
    /// each other, and where it stands depends on what was cut before, in Yjs as here.
    private static Doc readerOf(Doc doc, UpdateFormat format) {
        Doc reader = Samples.withRoots(new Doc(8));
        taken("the state", () -> reader.apply(doc.state(format), format, null));
        if (!doc.hasPending()) {
            mustHold("a reader knows as much", reader.stateVector().equals(doc.stateVector()));
            mustHold("a reader lacks nothing", !reader.hasPending());
        }
        Reading.of(reader);
        return reader;
    }

    /// Work goes on: everything can be edited and deleted.
    private static void goesOn(Doc doc) {
        doc.text("text").insert(0, "here ");
        doc.map("map").set("a", Any.of(1));
        mustHold("what is typed stands there", doc.text("text").toString().startsWith("here "));
        doc.text("text").delete(0, doc.text("text").length());
        doc.array("array").delete(0, doc.array("array").length());
        doc.xmlFragment("xml").delete(0, doc.xmlFragment("xml").length());
        doc.map("map").clear();
        mustHold("what is deleted is gone", doc.text("text").toString().isEmpty());
        Bytes state = doc.state();
        taken("the state after edits", () -> Samples.withRoots(new Doc(8)).apply(state, null));
    }

    static void checkTools(Bytes update, UpdateFormat format) {
        UpdateFormat other = format == UpdateFormat.V1 ? UpdateFormat.V2 : UpdateFormat.V1;
        Bytes there = Updates.convert(update, format, other);
        Bytes back = taken("it converted", () -> Updates.convert(there, other, format));
        Bytes thereAgain = taken("it converted back", () -> Updates.convert(back, format, other));
        mustHold(
                "going there and back a second time changes nothing",
                Updates.convert(thereAgain, other, format).equals(back));
        Bytes sample = Updates.convert(Samples.update(), UpdateFormat.V1, format);
        Bytes merged = Updates.merge(List.of(update, sample), format);
        taken("it merged", () -> Updates.meta(merged, format));
        Bytes stateVector = Updates.stateVectorOf(update, format);
        Bytes diff = Updates.diff(update, stateVector, format);
        taken("its rest", () -> Updates.meta(diff, format));
        Doc doc = new Doc(7);
        try {
            doc.apply(update, format, null);
        } catch (MalformedBytesException beyondWhatADocumentHolds) {
            return;
        }
        taken("it merged, in a document", () -> new Doc(7).apply(merged, format, null));
        taken("it converted, in a document", () -> new Doc(7).apply(there, other, null));
    }
}
