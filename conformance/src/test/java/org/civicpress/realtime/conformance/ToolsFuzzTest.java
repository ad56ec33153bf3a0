package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The tools without a document beside those of npm Yjs: up to 200 updates that overlap, repeat, leave gaps, have an
/// item where another has collected it, and are written in forms that Yjs reads but never writes.
class ToolsFuzzTest {
    @Test
    void theToolsGiveWhatThoseOfYjsGive() throws IOException, InterruptedException {
        Sessions.each("fuzz-tools.mjs", 300, ToolsFuzzTest::check);
    }

    private static void check(JsonNode session) {
        same(Updates.merge(updates(session.get("inputs"))), session.get("merged"), "merged");
        same(Updates.merge(updates(session.get("inputs2")), UpdateFormat.V2), session.get("merged2"), "merged in V2");
        Bytes known = Vectors.base64(session.get("stateVector"));
        int place = 0;
        for (JsonNode one : session.get("each")) {
            checkOne(one, known, "update " + place++ + ": ");
        }
    }

    private static void checkOne(JsonNode one, Bytes known, String place) {
        Bytes update = Vectors.base64(one.get("update"));
        Bytes update2 = Vectors.base64(one.get("update2"));
        same(Updates.diff(update, known), one.get("diff"), place + "diff");
        same(Updates.diff(update2, known, UpdateFormat.V2), one.get("diff2"), place + "diff in V2");
        same(Updates.stateVectorOf(update), one.get("stateVectorOf"), place + "state vector");
        same(Updates.stateVectorOf(update2, UpdateFormat.V2), one.get("stateVectorOf"), place + "state vector of V2");
        Updates.Meta meta = new Updates.Meta(clocks(one.get("from")), clocks(one.get("to")));
        assertThat(Updates.meta(update)).as(place + "meta").isEqualTo(meta);
        assertThat(Updates.meta(update2, UpdateFormat.V2))
                .as(place + "meta of V2")
                .isEqualTo(meta);
        same(
                Updates.convert(update, UpdateFormat.V1, UpdateFormat.V2),
                one.get("converted2"),
                place + "converted to V2");
        same(
                Updates.convert(update2, UpdateFormat.V2, UpdateFormat.V1),
                one.get("converted"),
                place + "converted to V1");
    }

    private static List<Bytes> updates(JsonNode array) {
        return Vectors.elements(array).stream().map(Vectors::base64).toList();
    }

    private static Map<Long, Long> clocks(JsonNode pairs) {
        Map<Long, Long> clocks = new LinkedHashMap<>();
        pairs.forEach(pair -> clocks.put(pair.get(0).asLong(), pair.get(1).asLong()));
        return clocks;
    }

    private static void same(Bytes bytes, JsonNode expected, String what) {
        assertThat(Vectors.base64(bytes)).as(what).isEqualTo(expected.asString());
    }
}
