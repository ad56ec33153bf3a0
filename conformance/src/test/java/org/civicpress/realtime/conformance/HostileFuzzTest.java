package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Tagged;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The engine beside npm Yjs, given updates that no client would write: made up struct by struct, or broken on
/// their way. What both take has to come out the same, to the byte. What Yjs takes and the engine refuses has to be
/// one of the [#REFUSED] kinds, and what is refused changes nothing.
class HostileFuzzTest {
    /// What the engine refuses on purpose where Yjs may take it, by what it says then.
    private static final List<String> REFUSED = List.of(
            "unexpected end", // beyond the end Yjs reads zeros
            "an empty struct", // it takes them, and cannot write all of them again
            "a struct that refers to a later one of its own client", // it does not look when the struct is old news
            "a text of ", // it takes what is left of the text
            "a clock above 2^31 - 1", // a document here counts that far
            "a number outside 0 to 2^53 - 1", // it counts on with what is no clock
            "a value that V1 could not say", // it takes it, and cannot say it in V1
            "a value nested too deep"); // it takes it, and may not be able to write it again

    @Test
    void whatBothTakeComesOutTheSame() throws IOException, InterruptedException {
        Sessions.each("fuzz-hostile.mjs", 1_000, HostileFuzzTest::check);
    }

    private static void check(JsonNode session) {
        UpdateFormat format = session.get("v").asInt() == 1 ? UpdateFormat.V1 : UpdateFormat.V2;
        Doc doc = Tagged.withRoots(new Doc(77777777, session.get("gc").asBoolean()));
        doc.apply(Vectors.base64(session.get("base")), null);
        List<String> emitted = new ArrayList<>();
        doc.onUpdate((update, origin) -> emitted.add(Vectors.base64(update)));
        int number = 0;
        for (JsonNode step : session.get("steps")) {
            String place = "step " + number++;
            emitted.clear();
            Bytes before = doc.state();
            try {
                doc.apply(Vectors.base64(step.get("update")), format, "remote");
            } catch (MalformedBytesException refused) {
                assertThat(doc.state())
                        .as("%s: refused, so nothing changed", place)
                        .isEqualTo(before);
                if (!step.has("threw")) {
                    assertThat(REFUSED)
                            .as("%s: %s", place, refused.getMessage())
                            .anyMatch(refused.getMessage()::contains);
                }
                return;
            }
            Tagged.content(doc);
            staysWhole(doc, place);
            if (step.has("threw")) {
                return;
            }
            assertThat(Vectors.base64(doc.stateVector()))
                    .as("%s: state vector", place)
                    .isEqualTo(step.get("sv").asString());
            assertThat(doc.hasPending())
                    .as("%s: pending", place)
                    .isEqualTo(step.get("pending").asBoolean());
            if (!step.get("state").isNull()) {
                assertThat(Vectors.base64(doc.state()))
                        .as("%s: state", place)
                        .isEqualTo(step.get("state").asString());
                assertThat(emitted)
                        .as("%s: events", place)
                        .isEqualTo(Vectors.elements(step.get("emitted")).stream()
                                .map(JsonNode::asString)
                                .toList());
            }
            if (!step.get("state2").isNull()) {
                assertThat(Vectors.base64(doc.state(UpdateFormat.V2)))
                        .as("%s: state in V2", place)
                        .isEqualTo(step.get("state2").asString());
            }
            if (!step.get("content").isNull()) {
                assertThat(Tagged.content(doc))
                        .as("%s: content", place)
                        .isEqualTo(Tagged.expected(step.get("content")));
            }
        }
    }

    /// Whoever gets the state comes to the same state vector, and the document can be read.
    private static void staysWhole(Doc doc, String place) {
        if (doc.hasPending()) {
            return; // what waits in one order of structs may not in another
        }
        Doc reader = Tagged.withRoots(new Doc(88888888));
        reader.apply(doc.state(), null);
        assertThat(reader.stateVector()).as("%s: read again", place).isEqualTo(doc.stateVector());
        Doc reader2 = Tagged.withRoots(new Doc(88888888));
        reader2.apply(doc.state(UpdateFormat.V2), UpdateFormat.V2, null);
        assertThat(reader2.stateVector()).as("%s: read again in V2", place).isEqualTo(doc.stateVector());
    }
}
