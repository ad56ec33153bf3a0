package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.civicpress.realtime.server.Wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How one connects to CivicPress's realtime service, and what is said first, sentence by sentence.
class ContractTest {
    private static final String DEMO = "/realtime/records/wire-demo";
    private static final String AUTH_FAILED = error("AUTH_FAILED", "Authentication failed");
    private static final String BAD_ADDRESS = error("UNKNOWN_ERROR", "Invalid room URL format");
    private static final String NO_SESSION = "4001 {\"code\":\"AUTH_FAILED\"}";
    private static final String DENIED = "4003 {\"code\":\"PERMISSION_DENIED\"}";
    private static final String NO_SUCH_TYPE = "4004 {\"code\":\"ROOM_TYPE_NOT_REGISTERED\",\"roomType\":\"widgets\"}";
    private static final String STRANGER = Town.bearer("x".repeat(64) + "." + "0".repeat(64));

    @TempDir
    Path dir;

    @Test
    void theTokenIsMissedBeforeTheAddressIsReadAndTheTypeBeforeTheTokenIsChecked() throws Exception {
        try (Town town = Town.start(dir, "  rate_limiting: {connections_per_user: 1}\n")) {
            assertThat(rejected(town, "/realtime/records")).containsExactly(AUTH_FAILED, "1005");
            assertThat(rejected(town, "/realtime/widgets/x")).containsExactly(AUTH_FAILED, "1005");
            assertThat(rejected(town, "/realtime/records", STRANGER)).containsExactly(BAD_ADDRESS, "1005");
            assertThat(rejected(town, "/realtime/widgets/x", STRANGER)).containsExactly(NO_SUCH_TYPE);
            assertThat(rejected(town, "/realtime/records/none", STRANGER)).containsExactly(AUTH_FAILED, NO_SESSION);
            String petra = Town.bearer(town.token("petra"));
            try (Wire only = Wire.open(town.address(), DEMO, petra)) {
                assertThat(only.read().text()).contains("connection.ack");
                assertThat(rejected(town, "/realtime/records/none", petra)).containsExactly(AUTH_FAILED, DENIED);
                assertThat(rejected(town, DEMO, petra))
                        .containsExactly("4029 {\"code\":\"CONNECTION_LIMIT_EXCEEDED\","
                                + "\"reason\":\"per-user connection limit reached (1)\"}");
            }
        }
    }

    @Test
    void theTokenIsInTheHeaderOrInASubprotocolAndNowhereElse() throws Exception {
        try (Town town = Town.start(dir)) {
            String token = town.token("petra");
            assertThat(rejected(town, DEMO, "Authorization: bearer " + token)).containsExactly(AUTH_FAILED, "1005");
            assertThat(rejected(town, DEMO + "?token=" + token)).containsExactly(AUTH_FAILED, "1005");
            assertThat(rejected(town, DEMO, "Sec-WebSocket-Protocol: auth.")).containsExactly(AUTH_FAILED, "1005");
            assertThat(rejected(town, DEMO, STRANGER, Town.subprotocol(token)))
                    .containsExactly(AUTH_FAILED, NO_SESSION);
            assertThat(echoed(town, "auth." + token)).isEqualTo("auth." + token);
            assertThat(echoed(town, token)).isEqualTo(token);
            assertThat(echoed(town, "y-websocket, auth." + token)).isEqualTo("y-websocket");
            assertThat(echoed(town, "auth." + token + ", " + "x".repeat(30))).isEqualTo("auth." + token);
        }
    }

    /// Is let in with these subprotocols.
    ///
    /// @return the one that the server names
    private static String echoed(Town town, String subprotocols) throws IOException {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw(Wire.upgrade(DEMO, "Sec-WebSocket-Protocol: " + subprotocols));
            String head = wire.readHead();
            assertThat(head).startsWith("HTTP/1.1 101 ");
            assertThat(wire.read().text()).contains("connection.ack");
            String name = "sec-websocket-protocol: ";
            return head.lines()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()))
                    .findFirst()
                    .orElse("");
        }
    }

    @Test
    void theAddressIsTakenAsItStandsAndNothingAfterTheIdCounts() throws Exception {
        try (Town town = Town.start(dir)) {
            String petra = Town.bearer(town.token("petra"));
            for (String target :
                    List.of("/realtime/record/wire-demo", DEMO + "/more/segments", DEMO + "?room=x", DEMO + "/")) {
                assertThat(acknowledged(town, target, petra)).as(target).isEqualTo("records:wire-demo");
            }
            assertThat(rejected(town, "/realtime/records/wire%2Ddemo", petra)).containsExactly(AUTH_FAILED, DENIED);
            assertThat(rejected(town, "/realtimes/records/wire-demo", petra)).containsExactly(BAD_ADDRESS, "1005");
            assertThat(rejected(town, "/realtime", petra)).containsExactly(BAD_ADDRESS, "1005");
        }
    }

    @Test
    void outsideThePathAndWithoutAnUpgradeTheAnswerIsInHttp() throws Exception {
        try (Town town = Town.start(dir)) {
            String petra = Town.bearer(town.token("petra"));
            assertThat(answer(town, Wire.upgrade("/records/wire-demo", petra)))
                    .startsWith("HTTP/1.1 401 ")
                    .endsWith("\r\n\r\nUnauthorized");
            assertThat(answer(town, "GET " + DEMO + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 426 ");
        }
    }

    @Test
    void thePathIsAPrefixAndARoomIsBelowRealtimeAllTheSame() throws Exception {
        try (Town town = Town.start(dir.resolve("wide"), "  path: /\n")) {
            String petra = Town.bearer(town.token("petra"));
            assertThat(acknowledged(town, DEMO, petra)).isEqualTo("records:wire-demo");
            assertThat(rejected(town, "/records/wire-demo/x", petra)).containsExactly(BAD_ADDRESS, "1005");
            assertThat(rejected(town, "/other/records/wire-demo", petra)).containsExactly(BAD_ADDRESS, "1005");
            assertThat(answer(town, "GET " + DEMO + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 426 ");
            assertThat(answer(town, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
        try (Town town = Town.start(dir.resolve("narrow"), "  path: /realtime/records\n")) {
            String petra = Town.bearer(town.token("petra"));
            assertThat(acknowledged(town, DEMO, petra)).isEqualTo("records:wire-demo");
            assertThat(answer(town, Wire.upgrade("/realtime/record/wire-demo", petra)))
                    .startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void whoWouldMakeOneRoomTooManyIsToldSoAndNeverCounted() throws Exception {
        try (Town town = Town.start(dir, """
                  rooms: {max_rooms: 1}
                  rate_limiting: {connections_per_user: 2}
                """)) {
            String petra = Town.bearer(town.token("petra"));
            List<Wire> open = new ArrayList<>();
            try {
                open.add(Wire.open(town.address(), DEMO, petra));
                assertThat(open.getFirst().read().text()).contains("connection.ack");
                for (int i = 0; i < 3; i++) {
                    Wire refused = Wire.open(town.address(), "/realtime/records/with-html", petra);
                    open.add(refused); // its close is not answered, so the socket is still there
                    assertThat(refused.read().text())
                            .isEqualTo(error(
                                    "UNKNOWN_ERROR", "Room limit reached (1); cannot create room records:with-html"));
                    assertThat(refused.read().close()).isEqualTo("1005");
                }
                assertThat(acknowledged(town, DEMO, petra)).isEqualTo("records:wire-demo");
            } finally {
                for (Wire wire : open) {
                    wire.close();
                }
            }
        }
    }

    /// The bytes of the captured exchange. The record's text has an author of its own in each server; `AUTHOR` stands
    /// for the number.
    @Test
    void theBytesOfTheCapturedExchangeAreTheSame() throws Exception {
        try (Town town = Town.start(dir)) {
            try (Wire a = Wire.open(town.address(), DEMO, Town.subprotocol(town.token("one")))) {
                assertThat(a.read().text())
                        .matches(
                                "\\{\"type\":\"control\",\"event\":\"connection.ack\",\"roomId\":\"records:wire-demo\","
                                        + "\"clientId\":\"client_\\d{13}_[0-9a-z]{7}\"}");
                String step1 = a.read().hex();
                String author = step1.substring(8, step1.length() - 2);
                assertThat(step1).isEqualTo(frame("0000", "01AUTHOR0c", author));
                assertThat(a.read().hex())
                        .isEqualTo(frame(
                                "0001",
                                "0107AUTHOR0007010764656661756c74030768656164696e670700AUTHOR00060400AUTHOR01024869"
                                        + "2800AUTHOR00056c6576656c017d0187AUTHOR0003097061726167726170680700AUTHOR050604"
                                        + "00AUTHOR060548656c6c6f00",
                                author));
                a.binary("0001020000");
                a.binary(step1);
                assertThat(a.read().hex()).isEqualTo("0001020000");
                try (Wire b =
                        Wire.open(town.address(), "/realtime/record/wire-demo", Town.bearer(town.token("petra")))) {
                    b.read();
                    assertThat(b.read().hex()).isEqualTo(step1);
                    assertThat(b.read().hex()).startsWith("0001");
                    String world = frame("0002", "0101e9070084AUTHOR0b0620776f726c6400", author);
                    a.binary(world);
                    assertThat(b.read().hex()).isEqualTo(world);
                    String presence =
                            "014201e907013d7b2275736572223a7b226e616d65223a22436c65726b204f6e65222c22636f6c6f72223a2223"
                                    + "336238326636227d2c22637572736f72223a6e756c6c7d";
                    a.binary(presence);
                    assertThat(b.read().hex()).isEqualTo(presence);
                    try (Wire late = Wire.open(town.address(), DEMO, Town.bearer(town.token("noah")))) {
                        late.read();
                        assertThat(late.read().hex()).startsWith("0000");
                        assertThat(late.read().hex()).startsWith("0001");
                        assertThat(late.read().hex()).isEqualTo(presence);
                    }
                    a.binary("010901e90702046e756c6c");
                    assertThat(b.read().hex()).isEqualTo("010901e90702046e756c6c");
                }
                a.binary("0201");
                a.text("{\"type\":\"something else\"}");
                a.text("{\"type\":\"ping\"}"); // and of its own edit and presence it has heard nothing
                assertThat(a.read().text()).matches("\\{\"type\":\"pong\",\"timestamp\":\\d{13}}");
                a.close(1000);
                assertThat(a.read().close()).isEqualTo("1000");
            }
        }
    }

    private static String frame(String kind, String payload, String author) {
        String hex = payload.replace("AUTHOR", author);
        int length = hex.length() / 2;
        String prefix = length < 128
                ? HexFormat.of().toHexDigits((byte) length)
                : HexFormat.of().toHexDigits((byte) (length | 0x80))
                        + HexFormat.of().toHexDigits((byte) (length >> 7));
        return kind + prefix + hex;
    }

    private static String error(String code, String message) {
        return "{\"type\":\"control\",\"event\":\"error\",\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message
                + "\"}}";
    }

    /// The room one is let into.
    private static String acknowledged(Town town, String target, String header) throws IOException {
        try (Wire wire = Wire.open(town.address(), target, header)) {
            String ack = wire.read().text();
            assertThat(ack).contains("connection.ack");
            return ack.replaceFirst(".*\"roomId\":\"([^\"]*)\".*", "$1");
        }
    }

    /// What is said until the close, and the close.
    private static List<String> rejected(Town town, String target, String... headers) throws IOException {
        try (Wire wire = Wire.open(town.address(), target, headers)) {
            List<String> said = new ArrayList<>();
            for (Frame frame = wire.read(); ; frame = wire.read()) {
                if (frame.opcode() == 8) {
                    said.add(frame.close());
                    assertThat(wire.endsWhenAnswered(1000)).isTrue();
                    return said;
                }
                said.add(frame.text());
            }
        }
    }

    private static String answer(Town town, String request) throws IOException {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw(request);
            return wire.readAll();
        }
    }
}
