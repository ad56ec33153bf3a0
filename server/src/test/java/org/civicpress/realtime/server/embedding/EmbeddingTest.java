package org.civicpress.realtime.server.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.Server;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.civicpress.realtime.server.Wire.Frame;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.auth.RoomKind;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that starts a server with kinds of rooms of its own.
class EmbeddingTest {
    private static final String DAY = "/realtime/minutes/2026-11-25";

    @TempDir
    Path dir;

    private static Server start(Installation installation, RoomKind kind) {
        return Server.start(new Server.Options(installation, "127.0.0.1", 0, false).with(kind));
    }

    private static Server minutes(Installation installation) {
        return start(installation, MinutesRooms.kind(installation.sessions()));
    }

    private static String token(Installation installation, String username) {
        return Town.subprotocol(installation
                .sessions()
                .create(installation.users().find(username).orElseThrow()));
    }

    @Test
    void twoPeopleWriteAndSpeakInARoomOfItsOwnType() throws Exception {
        try (Installation installation = Town.make(dir, "")) {
            try (Server server = minutes(installation);
                    Wire petra = Wire.open(server.address(), DAY, token(installation, "petra"));
                    Wire noah = Wire.open(server.address(), DAY, token(installation, "noah"))) {
                Doc petras = new Doc(1);
                greet(petra, petras);
                Doc noahs = new Doc(2);
                greet(noah, noahs);
                assertThat(noahs.text("minutes").toString()).isEqualTo("Minutes of 2026-11-25\n\nPresent:\n");

                String edit = edit(petras, "- Petra Quill\n");
                petra.binary(edit);
                Frame heard = until(noah, frame -> frame.hex().equals(edit));
                assertThat(heard.opcode()).isEqualTo(2);

                noah.binary(edit(noahs, "- nobody\n"));
                assertThat(until(noah, frame -> frame.opcode() == 1).text()).contains("PERMISSION_DENIED");

                noah.text("{\"type\":\"hand\"}");
                String hands = "{\"type\":\"hands\",\"of\":[\"noah\"]}";
                assertThat(until(petra, frame -> frame.opcode() == 1).text()).isEqualTo(hands);
                assertThat(until(noah, frame -> frame.opcode() == 1).text()).isEqualTo(hands);
                noah.close(1000);
                assertThat(until(petra, frame -> frame.opcode() == 1).text())
                        .isEqualTo("{\"type\":\"hands\",\"of\":[]}");
            }
            try (Server again = minutes(installation);
                    Wire noah = Wire.open(again.address(), DAY, token(installation, "noah"))) {
                Doc kept = new Doc(3);
                greet(noah, kept);
                assertThat(kept.text("minutes").toString())
                        .isEqualTo("Minutes of 2026-11-25\n\nPresent:\n- Petra Quill\n");
            }
        }
    }

    /// Reads until everything was told that is told to who comes, and says that nothing else is known.
    private static void greet(Wire wire, Doc doc) throws IOException {
        assertThat(wire.read().text()).contains("connection.ack");
        boolean hasDocument = false;
        boolean hasHands = false;
        while (!hasDocument || !hasHands) {
            Frame frame = wire.read();
            if (frame.opcode() == 1) {
                hasHands |= frame.text().startsWith("{\"type\":\"hands\"");
            } else {
                switch (Messages.read(Bytes.wrap(frame.payload()))) {
                    case Message.SyncStep1 asked ->
                        wire.binary(Messages.write(new Message.SyncStep2(doc.state()))
                                .toHex());
                    case Message.SyncStep2(var update) -> {
                        doc.apply(update, wire);
                        hasDocument = true;
                    }
                    default -> throw new AssertionError(frame);
                }
            }
        }
    }

    private static String edit(Doc doc, String line) {
        Bytes before = doc.stateVector();
        doc.text("minutes").insert(doc.text("minutes").length(), line);
        return Messages.write(new Message.Update(doc.stateSince(before))).toHex();
    }

    private static Frame until(Wire wire, java.util.function.Predicate<Frame> isIt) throws IOException {
        Frame frame = wire.read();
        while (!isIt.test(frame)) {
            assertThat(frame.opcode()).as(frame.toString()).isNotEqualTo(8);
            frame = wire.read();
        }
        return frame;
    }

    @Test
    void itsDoorDecidesWhoComesInAndWhoStays() throws Exception {
        try (Installation installation = Town.make(dir, "");
                Server server = minutes(installation)) {
            try (Wire wire = Wire.open(server.address(), DAY, Town.subprotocol("nobody's"))) {
                assertThat(wire.read().text()).contains("AUTH_FAILED");
                assertThat(wire.read().close()).startsWith("4001");
            }
            try (Wire wire = Wire.open(server.address(), "/realtime/minutes/someday", token(installation, "petra"))) {
                assertThat(wire.read().text()).contains("AUTH_FAILED");
                assertThat(wire.read().close()).startsWith("4003");
            }
            try (Wire wire = Wire.open(server.address(), "/realtime/diary/a", token(installation, "petra"))) {
                assertThat(wire.read().close())
                        .isEqualTo("4004 {\"code\":\"ROOM_TYPE_NOT_REGISTERED\"," + "\"roomType\":\"diary\"}");
            }
        }
    }

    @Test
    void aRoomWithoutADocumentHearsAndSaysTextOnly() throws Exception {
        DeviceRooms devices = new DeviceRooms();
        try (Installation installation = Town.make(dir, "");
                Server server = start(installation, devices.kind());
                Wire one = Wire.open(server.address(), "/realtime/devices/lamp", Town.bearer("device-lamp"));
                Wire two = Wire.open(server.address(), "/realtime/device/lamp", Town.bearer("device-lamp"))) {
            assertThat(one.read().text()).contains("connection.ack").contains("device:lamp");
            assertThat(two.read().text()).contains("connection.ack");
            two.binary("000000"); // what would be a question of a document's client
            two.text("{\"type\":\"ping\"}");
            assertThat(two.read().text()).startsWith("{\"type\":\"pong\"");
            one.text("{\"light\":\"on\"}");
            assertThat(two.read().text()).isEqualTo("{\"light\":\"on\"}");
            two.text("{\"light\":\"is on\"}");
            assertThat(one.read().text()).isEqualTo("{\"light\":\"is on\"}");
        }
    }

    @Test
    void aRightThatWasTakenAwayReachesWhoIsInside() throws Exception {
        DeviceRooms devices = new DeviceRooms();
        try (Installation installation = Town.make(dir, "");
                Server server = start(installation, devices.kind());
                Wire wire = Wire.open(server.address(), "/realtime/device/lamp", Town.bearer("device-lamp"))) {
            assertThat(wire.read().text()).contains("connection.ack");
            devices.isSwitchedOff = true;
            server.askAgain();
            assertThat(wire.read().close()).startsWith("4003");
        }
    }

    @Test
    void whatCannotBeHandledEndsItsSendersConnectionOnly() throws Exception {
        DeviceRooms devices = new DeviceRooms();
        try (Installation installation = Town.make(dir, "");
                Server server = start(installation, devices.kind())) {
            String lamp = "/realtime/device/lamp";
            try (Wire one = Wire.open(server.address(), lamp, Town.bearer("device-lamp"));
                    Wire two = Wire.open(server.address(), lamp, Town.bearer("device-lamp"));
                    Wire three = Wire.open(server.address(), lamp, Town.bearer("device-lamp"))) {
                one.read();
                two.read();
                three.read();
                two.text("bad");
                assertThat(two.read().close()).isEqualTo("1011");
                three.text("x".repeat((64 << 10) + 1));
                assertThat(three.read().close()).isEqualTo("1009");
                try (Wire four = Wire.open(server.address(), lamp, Town.bearer("device-lamp"))) {
                    four.read();
                    four.text("still here");
                    assertThat(one.read().text()).isEqualTo("still here");
                }
                await().untilAsserted(() -> assertThat(happened(devices))
                        .filteredOn("leave"::equals)
                        .hasSize(3));
            }
        }
        assertThat(happened(devices)).endsWith("leave", "end", "close").containsOnlyOnce("end", "close");
    }

    private static List<String> happened(DeviceRooms devices) {
        synchronized (devices.events) {
            return List.copyOf(devices.events);
        }
    }

    @Test
    void aNameIsThatOfOneKindAndCanStandInAnAddress() {
        try (Installation installation = Town.make(dir, "")) {
            var options = new Server.Options(installation, "127.0.0.1", 0, false).with(kind("plans"));
            for (String taken : List.of("plans", "records", "docs")) {
                assertThatThrownBy(() -> options.with(kind(taken)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("there are two kinds of rooms called \"" + taken + "\"");
            }
        }
        for (String bad : List.of("", "Plans", "1st", "a:b", "a/b", "a b", "pläne", "-a", "x".repeat(41))) {
            assertThatThrownBy(() -> kind(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be called \"" + bad + "\"");
        }
        assertThatThrownBy(() -> kind("record"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another word for records");
        assertThat(kind("plans-2").name()).isEqualTo("plans-2");
    }

    private static RoomKind kind(String name) {
        RoomType type = new RoomType() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean speaksText() {
                return false;
            }

            @Override
            public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
                whenFound.accept(Found.Source.NOTHING);
            }
        };
        return new RoomKind(type, (room, token) -> new Door.Decision.Forbidden());
    }
}
