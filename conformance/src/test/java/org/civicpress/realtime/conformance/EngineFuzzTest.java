package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.Applied;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.Tagged;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The engine beside npm Yjs: updates of several clients that arrive late, twice, merged, cut or never. After each
/// of them both must say the same, to the byte.
class EngineFuzzTest {
    @Test
    void theEngineSaysWhatYjsSays() throws IOException, InterruptedException {
        Sessions.each("fuzz-v1.mjs", 400, EngineFuzzTest::check);
    }

    private static void check(JsonNode session) {
        boolean gc = session.get("gc").asBoolean();
        long clientId = session.get("clientID").asLong();
        Doc doc = new Doc(clientId, gc);
        if (session.get("declared").asBoolean()) {
            Tagged.withRoots(doc);
        }
        Doc follower = Tagged.withRoots(new Doc(clientId, gc));
        List<String> emitted = new ArrayList<>();
        doc.onUpdate((update, origin) -> emitted.add(Vectors.base64(update)));
        List<String> emitted2 = new ArrayList<>();
        doc.onUpdate(UpdateFormat.V2, (update, origin) -> emitted2.add(Vectors.base64(update)));
        Doc fedWithV2 = Tagged.withRoots(new Doc(clientId, gc));
        List<Bytes> updates = new ArrayList<>();
        for (JsonNode delivery : session.get("deliveries")) {
            String place = "delivery " + updates.size();
            emitted.clear();
            emitted2.clear();
            Bytes update = Vectors.base64(delivery.get("update"));
            updates.add(update);
            Applied applied = doc.apply(update, "remote");
            same(doc.stateVector(), delivery.get("sv"), place + ": state vector");
            same(doc.state(), delivery.get("state"), place + ": state");
            JsonNode since = delivery.get("since");
            Bytes known = Vectors.base64(since.get("stateVector"));
            same(doc.stateSince(known), since.get("update"), place + ": state since " + since.get("stateVector"));
            assertThat(emitted).as("%s: events", place).isEqualTo(strings(delivery.get("emitted")));
            JsonNode v2 = delivery.get("v2");
            same(doc.state(UpdateFormat.V2), v2.get("state"), place + ": state in V2");
            assertThat(emitted2).as("%s: events in V2", place).isEqualTo(strings(v2.get("emitted")));
            Bytes update2 = Vectors.base64(v2.get("update"));
            assertThat(Updates.convert(update, UpdateFormat.V1, UpdateFormat.V2))
                    .as("%s: converted", place)
                    .isEqualTo(update2);
            fedWithV2.apply(update2, UpdateFormat.V2, "remote");
            if (session.get("declared").asBoolean()) {
                same(fedWithV2.state(), delivery.get("state"), place + ": state of one that got V2");
            }
            assertThat(doc.hasPending())
                    .as("%s: pending", place)
                    .isEqualTo(delivery.get("pending").asBoolean());
            applied.changes().forEach(change -> follower.apply(change, "remote"));
            assertThat(follower.hasPending())
                    .as("%s: whoever gets the changes lacks nothing", place)
                    .isFalse();
            assertThat(follower.stateVector())
                    .as("%s: state vector of a follower", place)
                    .isEqualTo(doc.stateVector());
        }
        assertThat(Tagged.content(doc)).as("content").isEqualTo(Tagged.expected(session.get("content")));
        checkTools(session.get("tools"), updates);
        exchange(doc, follower);
        assertThat(essence(follower)).as("content of a follower").isEqualTo(essence(doc));
    }

    /// A pair of surrogates that was cut is lost where it was cut, and nowhere else.
    private static String essence(Doc doc) {
        return Json.stringify(Tagged.content(doc))
                .replaceAll("[\\x{d800}-\\x{dfff}\\x{10000}-\\x{10ffff}\\x{fffd}]+", "?");
    }

    /// Each puts rich text in order when it hears of changes, and may take out formats that the other did not; so
    /// what they did has to be told.
    private static void exchange(Doc doc, Doc follower) {
        for (int round = 0; round < 3; round++) {
            follower.apply(doc.state(), "remote");
            doc.apply(follower.state(), "remote");
        }
    }

    private static List<String> strings(JsonNode array) {
        return Vectors.elements(array).stream().map(JsonNode::asString).toList();
    }

    private static void checkTools(JsonNode tools, List<Bytes> updates) {
        Bytes merged = Updates.merge(updates);
        same(merged, tools.get("merged"), "merged");
        List<Bytes> updates2 = updates.stream()
                .map(update -> Updates.convert(update, UpdateFormat.V1, UpdateFormat.V2))
                .toList();
        same(Updates.merge(updates2, UpdateFormat.V2), tools.get("merged2"), "merged in V2");
        Bytes known = Vectors.base64(tools.get("stateVector"));
        same(Updates.diff(merged, known), tools.get("diff"), "diff");
        same(Updates.stateVectorOf(merged), tools.get("mergedStateVector"), "state vector of the merged");
    }

    private static void same(Bytes bytes, JsonNode expected, String what) {
        assertThat(Vectors.base64(bytes)).as(what).isEqualTo(expected.asString());
    }
}
