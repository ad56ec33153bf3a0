package org.civicpress.realtime.conformance;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Real Yjs clients over y-websocket, in one Node process. Confined to the test.
final class Peers implements AutoCloseable {
    private final Node node = new Node("peers.mjs");
    private int opened;

    /// A client that connects now.
    Peer open(RunningServer server, String room, String token) {
        String name = "peer-" + ++opened;
        Map<String, Object> args = new HashMap<>(Map.of("peer", name, "url", server.ws(), "room", room));
        args.put("token", token);
        node.ask("open", args);
        return new Peer(name);
    }

    /// A client that has the server's document, and the server its own.
    Peer inStep(RunningServer server, String room, String token) {
        Peer peer = open(server, room, token);
        peer.awaitsStep();
        return peer;
    }

    /// Speaks without Yjs: sends what is given as soon as the socket is open.
    ///
    /// @param untilClosed wait for the server to end it
    Seen raw(RunningServer server, String room, List<String> protocols, boolean untilClosed, Frame... frames) {
        return raw(server, room, protocols, Map.of(), untilClosed, frames);
    }

    Seen raw(
            RunningServer server,
            String room,
            List<String> protocols,
            Map<String, String> headers,
            boolean untilClosed,
            Frame... frames) {
        JsonNode seen = node.ask(
                "raw",
                Map.of(
                        "url", server.ws(),
                        "room", room,
                        "protocols", protocols,
                        "headers", headers,
                        "send",
                                IntStream.range(0, frames.length)
                                        .mapToObj(i -> frames[i].json())
                                        .toList(),
                        "untilClosed", untilClosed));
        JsonNode closed = seen.path("closed");
        return new Seen(
                closed.isNull() ? 0 : closed.path("code").asInt(),
                closed.path("reason").asString(""),
                strings(seen.path("texts")),
                seen.path("frames").asInt());
    }

    /// What a record's document says that Yjs makes of one update.
    String contentOf(byte[] update) {
        return node.ask("contentOf", Map.of("update", Base64.getEncoder().encodeToString(update)))
                .asString();
    }

    /// What a socket without Yjs saw.
    ///
    /// @param code 0: it was not closed
    /// @param frames how many binary ones
    record Seen(int code, String reason, List<String> texts, int frames) {}

    sealed interface Frame {
        record Text(String text) implements Frame {}

        record Binary(byte[] bytes) implements Frame {}

        static Frame binary(int... bytes) {
            byte[] all = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                all[i] = (byte) bytes[i];
            }
            return new Binary(all);
        }

        private Map<String, String> json() {
            return switch (this) {
                case Text(var text) -> Map.of("text", text);
                case Binary(var bytes) -> Map.of("binary", Base64.getEncoder().encodeToString(bytes));
            };
        }
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).collect(Collectors.toList());
    }

    @Override
    public void close() throws Exception {
        node.close();
    }

    /// One document with one connection.
    final class Peer {
        private final String name;

        private Peer(String name) {
            this.name = name;
        }

        void awaitsStep() {
            ask("synced", Map.of());
        }

        /// Writes at the end of the first paragraph, or of the text of a `docs` document.
        void writes(String text) {
            ask("write", Map.of("text", text, "atStart", false));
        }

        void writesAtStart(String text) {
            ask("write", Map.of("text", text, "atStart", true));
        }

        /// Puts something at the end that no record can say.
        void writesWhatNoRecordCanSay() {
            ask("writeForeign", Map.of());
        }

        void deletesTheLastBlock() {
            ask("deleteLast", Map.of());
        }

        /// Waits for a JSON frame with these fields.
        void isTold(Map<String, ?> fields) {
            ask("seesFrame", Map.of("fields", fields));
        }

        /// Waits until the server says that all that was written is durable.
        void saves() {
            ask("save", Map.of());
        }

        /// Waits until the text is in this document.
        void sees(String text) {
            ask("sees", Map.of("text", text));
        }

        String content() {
            return ask("content", Map.of()).asString();
        }

        void goesOffline() {
            ask("offline", Map.of());
        }

        void comesBack() {
            ask("online", Map.of());
        }

        void isPresentAs(String person) {
            ask("present", Map.of("person", person));
        }

        void seesPerson(String person) {
            ask("seesPerson", Map.of("person", person, "there", true));
        }

        void seesNoMore(String person) {
            ask("seesPerson", Map.of("person", person, "there", false));
        }

        List<String> people() {
            return strings(ask("people", Map.of()));
        }

        /// The JSON frames that came.
        List<JsonNode> texts() {
            return ask("texts", Map.of()).valueStream().toList();
        }

        /// Waits for the first close, and comes back no more.
        Seen closed() {
            JsonNode close = ask("closed", Map.of());
            return new Seen(close.path("code").asInt(), close.path("reason").asString(), List.of(), 0);
        }

        /// Waits until it has noticed that its connection is gone.
        void isCutOff() {
            ask("cutOff", Map.of());
        }

        /// Waits until it is in step again, or was told that its document is of an older generation: how is then
        /// the reason of that close.
        Optional<String> returns() {
            JsonNode stale = ask("returned", Map.of());
            return stale.isNull()
                    ? Optional.empty()
                    : Optional.of(stale.path("reason").asString());
        }

        /// Writes one numbered word after the other, and asks after each whether all is safe.
        void startsTyping(String prefix) {
            ask("startTyping", Map.of("prefix", prefix, "everyMillis", 5));
        }

        void hasSaved(int words) {
            ask("typedAndSaved", Map.of("count", words));
        }

        Typed stopsTyping() {
            JsonNode typed = ask("stopTyping", Map.of());
            return new Typed(typed.path("typed").asInt(), typed.path("saved").asInt());
        }

        void closes() {
            ask("close", Map.of());
        }

        private JsonNode ask(String operation, Map<String, ?> args) {
            Map<String, Object> all = new HashMap<>(args);
            all.put("peer", name);
            return node.ask(operation, all);
        }
    }

    /// @param saved the last word that was said to be durable
    record Typed(int typed, int saved) {}
}
