package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.civicpress.realtime.civicpress.SnapshotStore;
import org.civicpress.realtime.civicpress.StoredSnapshot;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicDocument;
import org.civicpress.realtime.markdown.CivicMarkdown;
import org.civicpress.realtime.markdown.Written;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots between CivicPress's own service and this one.
class SnapshotServerTest {
    private static final String ROOM = "records:wire-demo";

    /// What the original service made of `# Hi`, `Hello`, and an edit on top of it, from the captured exchange.
    private static final String ITS_DOCUMENT =
            "0107b6f7be81040007010764656661756c74030768656164696e670700b6f7be810400060400b6f7be810401024869"
                    + "2800b6f7be810400056c6576656c017d0187b6f7be81040003097061726167726170680700b6f7be810405060400b6f7be81"
                    + "04060548656c6c6f00";

    private static final String WORLD = "0002140101e9070084b6f7be81040b0620776f726c6400";

    @TempDir
    Path dir;

    @Test
    void aRecordGoesOnFromTheOriginalsSnapshotAndTheOriginalCouldGoOnFromOurs() throws Exception {
        try (Town town = Town.start(dir)) {
            SnapshotStore store = town.installation().snapshots();
            store.write(ROOM, Bytes.ofHex(ITS_DOCUMENT).toArray(), System.currentTimeMillis());
            try (Wire wire = edited(town)) {
                HttpResponse<String> answer = post(town, "petra");
                StoredSnapshot ours = store.newestWhole(ROOM).orElseThrow();
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body())
                        .isEqualTo("{\"success\":true,\"data\":{\"snapshotCreated\":true,\"version\":2,\"timestamp\":"
                                + ours.createdMillis() + "}}");
                assertThat(markdown(ours)).isEqualTo("# Hi\n\nHello world");
                assertThat(town.installation()
                                .drafts()
                                .find("wire-demo")
                                .orElseThrow()
                                .body())
                        .isEqualTo("# Hi\n\nHello world");
                assertThat(post(town, "petra").body()).isEqualTo(answer.body()); // nothing is new
                assertThat(post(town, "noah").statusCode()).isEqualTo(403);
                assertThat(post(town, "noah").body()).contains("INSUFFICIENT_PERMISSIONS");
            }
        }
    }

    @Test
    void theLastWordsAreInASnapshotWhenTheServerHasStopped() throws Exception {
        Town town = Town.start(dir);
        try (town) {
            town.installation()
                    .snapshots()
                    .write(ROOM, Bytes.ofHex(ITS_DOCUMENT).toArray(), System.currentTimeMillis());
            try (Wire wire = edited(town)) {
                town.server().close();
                assertThat(markdown(town.installation()
                                .snapshots()
                                .newestWhole(ROOM)
                                .orElseThrow()))
                        .isEqualTo("# Hi\n\nHello world");
            }
        }
    }

    @Test
    void whatTheOriginalWroteMeanwhileIsWhatARecordGoesOnFromAndNothingDoubles() throws Exception {
        try (Town town = Town.start(dir)) {
            SnapshotStore store = town.installation().snapshots();
            store.write(ROOM, Bytes.ofHex(ITS_DOCUMENT).toArray(), System.currentTimeMillis());
            try (Wire wire = edited(town)) {
                town.server().close();
            }

            // The original goes on from our snapshot, and leaves the next one and the draft that says the same.
            Doc its = new Doc(77);
            its.apply(Bytes.wrap(store.newestWhole(ROOM).orElseThrow().state().orElseThrow()), null);
            var paragraph = (YXmlElement) its.xmlFragment("default").get(1).orElseThrow();
            ((YXmlText) paragraph.get(0).orElseThrow()).insert(0, "Then ");
            String meanwhile = "# Hi\n\nThen Hello world";
            store.write(ROOM, its.state().toArray(), System.currentTimeMillis());
            assertThat(markdown(store.newestWhole(ROOM).orElseThrow())).isEqualTo(meanwhile);
            town.installation().drafts().writeBody("wire-demo", meanwhile);

            try (Server again = Server.start(new Server.Options(town.installation(), "127.0.0.1", 0, false));
                    Wire wire = Wire.open(
                            again.address(), "/realtime/records/wire-demo", Town.subprotocol(town.token("petra")))) {
                Doc seen = new Doc();
                while (seen.xmlFragment("default").length() == 0) {
                    Wire.Frame frame = wire.read();
                    if (frame.opcode() == 2
                            && Messages.read(Bytes.wrap(frame.payload())) instanceof Message.SyncStep2(var update)) {
                        seen.apply(update, null);
                    }
                }
                assertThat(((Written.Faithful) CivicMarkdown.write(CivicDocument.read(seen))).markdown())
                        .isEqualTo(meanwhile);
            }
        }
    }

    @Test
    void withoutARoomNoneIsTaken() throws Exception {
        try (Town town = Town.start(dir)) {
            assertThat(post(town, "petra").body())
                    .startsWith(
                            "{\"success\":true,\"data\":{\"snapshotCreated\":false,\"version\":null,\"timestamp\":");
            assertThat(town.installation().snapshots().newest(ROOM)).isEmpty();
        }
    }

    /// With "world" in it, durably.
    private static Wire edited(Town town) throws Exception {
        Wire wire = Wire.open(town.address(), "/realtime/records/wire-demo", Town.subprotocol(town.token("petra")));
        wire.read();
        wire.binary(WORLD);
        wire.binary("660101");
        Wire.Frame frame = wire.read();
        while (frame.opcode() != 2 || !frame.hex().equals("660101")) {
            frame = wire.read();
        }
        return wire;
    }

    private static String markdown(StoredSnapshot snapshot) {
        Doc doc = new Doc();
        doc.apply(Bytes.wrap(snapshot.state().orElseThrow()), null);
        return ((Written.Faithful) CivicMarkdown.write(CivicDocument.read(doc))).markdown();
    }

    private static HttpResponse<String> post(Town town, String who) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(town.uri("/api/v1/records/wire-demo/snapshot")))
                            .header("Authorization", "Bearer " + town.token(who))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
