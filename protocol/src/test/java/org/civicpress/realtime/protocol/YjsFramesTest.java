package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.Vectors;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Frames written by npm y-protocols and y-websocket.
class YjsFramesTest {
    private static final Bytes UPDATE = Bytes.ofHex("010105000401047465787402686900");

    @TestFactory
    Stream<DynamicTest> framesOfYjsAreUnderstoodAndWrittenTheSame() {
        return Vectors.each("protocol.json", vector -> {
            String name = vector.get("name").asString();
            Bytes body = Bytes.ofHex(vector.get("bytes").asString());
            switch (name) {
                case "sync-step1" -> same(framed(0, body), new Message.SyncStep1(Bytes.ofHex("010502")));
                case "sync-step2" -> same(framed(0, body), new Message.SyncStep2(UPDATE));
                case "sync-update" -> same(framed(0, body), new Message.Update(UPDATE));
                case "auth-denied" -> same(framed(2, body), new Message.PermissionDenied("no"));
                case "y-websocket: sync step1" -> same(body, new Message.SyncStep1(Bytes.ofHex("010502")));
                case "y-websocket: query awareness" -> same(body, new Message.QueryAwareness());
                case "awareness: initial {} (clock 0)" -> presence(vector, body, "{}");
                case "awareness: state" -> presence(vector, body, "{\"user\":{\"name\":\"é😀\",\"n\":1.5}}");
                case "awareness: field" ->
                    presence(vector, body, "{\"user\":{\"name\":\"é😀\",\"n\":1.5},\"cursor\":null}");
                case "awareness: null" -> presence(vector, body, AwarenessEntry.GONE);
                default -> assertThat(name).startsWith("hocuspocus: "); // a dialect that is not spoken here
            }
        });
    }

    private static void presence(JsonNode vector, Bytes body, String state) {
        AwarenessEntry entry = new AwarenessEntry(5, vector.get("clock").asLong(), state);
        Bytes frame = new ByteWriter().varUint(1).byteArray(body).toBytes();
        same(frame, new Message.AwarenessUpdate(List.of(entry)));
    }

    private static Bytes framed(int type, Bytes body) {
        return new ByteWriter().varUint(type).bytes(body).toBytes();
    }

    private static void same(Bytes frame, Message message) {
        assertThat(Messages.read(frame)).isEqualTo(message);
        assertThat(Messages.write(message)).isEqualTo(frame);
    }
}
