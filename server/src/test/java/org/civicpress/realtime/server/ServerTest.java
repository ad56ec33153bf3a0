package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.auth.DocsTokens;
import org.civicpress.realtime.server.room.Access;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
    @TempDir
    Path dir;

    @Test
    void aBusyPortIsSaidInOneLine() throws Exception {
        try (Installation installation = Town.make(dir, "");
                ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "127.0.0.1", port, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessage("port " + port + " is in use on 127.0.0.1; "
                            + "stop the other program or choose another with --port");
            // and it has let go of everything
            Server.start(new Server.Options(installation, "127.0.0.1", 0, false))
                    .close();
        }
    }

    @Test
    void anInstallationIsServedOnce() {
        try (Town town = Town.start(dir)) {
            assertThatThrownBy(() -> Server.start(new Server.Options(town.installation(), "127.0.0.1", 0, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use by another server");
        }
    }

    @Test
    void signingInWithoutAPasswordIsForThisMachineOnly() {
        try (Installation installation = Town.make(dir, "")) {
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "0.0.0.0", 0, true)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("--sample-sign-in");
        }
    }

    @Test
    void aNameThatIsNoneIsSaidInOneLine() {
        try (Installation installation = Town.make(dir, "")) {
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "no such host", 0, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("\"no such host\"");
        }
    }

    @Test
    void whatIsSwitchedOffIsNotServed() {
        try (Installation installation = Town.make(dir, "  port: 3001\n")) {
            assertThat(Server.Options.of(installation))
                    .isEqualTo(new Server.Options(installation, "0.0.0.0", 3001, false));
        }
    }

    @Test
    void aServerThatStopsSaysSoAndKeepsEverything() throws Exception {
        Doc doc = new Doc(1);
        doc.text("t").insert(0, "kept");
        try (Town town = Town.start(dir)) {
            try (Wire wire = Wire.open(town.address(), "/realtime/docs/a", token(town))) {
                wire.read();
                wire.read();
                wire.binary(Messages.write(new Message.Update(doc.state())).toHex());
                wire.binary("660101"); // tell me when it is safe
                Wire.Frame frame = wire.read();
                while (!frame.hex().equals("660101")) {
                    frame = wire.read();
                }
                Thread stopping = Thread.ofPlatform().start(town.server()::close);
                while (frame.opcode() != 8) {
                    frame = wire.read();
                }
                assertThat(frame.close()).isEqualTo("1001");
                assertThat(wire.endsWhenAnswered(1001)).isTrue();
                stopping.join();
            }
            try (Server again = Server.start(new Server.Options(town.installation(), "127.0.0.1", 0, false));
                    Wire wire = Wire.open(again.address(), "/realtime/docs/a", token(town))) {
                wire.read();
                Doc copy = new Doc();
                Message answer = Messages.read(Bytes.wrap(wire.read().payload()));
                copy.apply(((Message.SyncStep2) answer).update(), null);
                assertThat(copy.text("t").toString()).isEqualTo("kept");
            }
        }
    }

    private static String token(Town town) {
        return Town.subprotocol(
                DocsTokens.of(town.installation(), Clock.systemUTC()).sign("*", Access.WRITE, Duration.ofHours(1)));
    }
}
