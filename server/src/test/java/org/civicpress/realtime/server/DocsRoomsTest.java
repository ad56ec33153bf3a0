package org.civicpress.realtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.civicpress.realtime.civicpress.Installation;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rooms of type `docs`, entered over a socket with the tokens of an application that signs its own.
class DocsRoomsTest {
    private static final String SETTINGS = """
              docs:
                issuer: https://id.example
                audience: town-docs
                jwks: keys/docs.json
            """;

    private static RSAKey key;

    @TempDir
    Path dir;

    @BeforeAll
    static void makeKey() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
    }

    private Town town() throws IOException {
        Town.make(dir, SETTINGS).close();
        Path keys = dir.resolve(".system-data/keys/docs.json");
        Files.createDirectories(keys.getParent());
        Files.writeString(keys, "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}");
        return Town.startAgain(dir);
    }

    private static String token(String audience, List<String> read, List<String> write) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(),
                new JWTClaimsSet.Builder()
                        .issuer("https://id.example")
                        .audience(audience)
                        .subject("ada")
                        .claim("name", "Ada Marsh")
                        .claim("read", read)
                        .claim("write", write)
                        .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
                        .build());
        token.sign(new RSASSASigner(key));
        return Town.subprotocol(token.serialize());
    }

    @Test
    void whatMayBeWrittenAndWhatOnlyReadIsPerDocument() throws Exception {
        try (Town town = town()) {
            String token = token("town-docs", List.of("minutes-*"), List.of("minutes-2026"));
            Doc doc = new Doc(1);
            doc.text("t").insert(0, "Hello");
            String edit = Messages.write(new Message.Update(doc.state())).toHex();
            for (String name : List.of("minutes-2026", "minutes-2025")) {
                try (Wire wire = Wire.open(town.address(), "/realtime/docs/" + name, token)) {
                    wire.binary(edit);
                    wire.binary("00000100"); // tell me what I lack
                    assertThat(textAfterSync(wire)).isEqualTo(name.equals("minutes-2026") ? "Hello" : "");
                }
            }
            try (Wire wire = Wire.open(town.address(), "/realtime/docs/budget", token)) {
                assertThat(wire.read().close()).startsWith("4003");
            }
        }
    }

    /// After the step 1 and the whole document that greet everybody, the answer to one's own step 1.
    private static String textAfterSync(Wire wire) throws IOException {
        Doc copy = new Doc();
        int answers = 0;
        while (answers < 2) {
            if (Messages.read(Bytes.wrap(wire.read().payload())) instanceof Message.SyncStep2(var update)) {
                copy.apply(update, null);
                answers++;
            }
        }
        return copy.text("t").toString();
    }

    @Test
    void aTokenForSomebodyElseOrUnderAKeyTakenOutIsRefused() throws Exception {
        try (Town town = town()) {
            try (Wire wire =
                    Wire.open(town.address(), "/realtime/docs/a", token("another-service", List.of(), List.of("*")))) {
                assertThat(wire.read().close()).startsWith("4001");
            }
            String token = token("town-docs", List.of(), List.of("*"));
            try (Wire wire = Wire.open(town.address(), "/realtime/docs/a", token)) {
                assertThat(wire.read().opcode()).isEqualTo(2);
            }
            Files.writeString(dir.resolve(".system-data/keys/docs.json"), "{\"keys\":[]}");
            try (Wire wire = Wire.open(town.address(), "/realtime/docs/a", token)) {
                assertThat(wire.read().close()).startsWith("4001");
            }
        }
    }

    @Test
    void whileKeysCannotBeFetchedWhoseTokenMayBeGoodIsToldToComeBack() throws Exception {
        try (Town town = Town.start(dir, "  docs:\n    jwks: http://127.0.0.1:1/nobody-listens\n");
                Wire wire =
                        Wire.open(town.address(), "/realtime/docs/a", token("town-docs", List.of(), List.of("*")))) {
            assertThat(wire.read().close()).startsWith("4503");
        }
    }

    @Test
    void keysThatAreNotThereAreSaidAtTheStart() {
        try (Installation installation = Town.make(dir, SETTINGS)) {
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "127.0.0.1", 0, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("docs.jwks: there are no keys to be read in ");
        }
        try (Installation installation = Town.make(dir.resolve("b"), "  docs:\n    jwks: http://id.example/keys\n")) {
            assertThatThrownBy(() -> Server.start(new Server.Options(installation, "127.0.0.1", 0, false)))
                    .isInstanceOf(StartException.class)
                    .hasMessage("docs.jwks must be an https URL: over http only from this machine");
        }
    }
}
