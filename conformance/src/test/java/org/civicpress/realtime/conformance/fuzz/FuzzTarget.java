package org.civicpress.realtime.conformance.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.AnyCodec;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.RelativePosition;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.civicpress.realtime.protocol.Awareness;
import org.civicpress.realtime.protocol.AwarenessStates;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;

/// A decoder, and what has to hold of it whatever the bytes are: they are refused with [MalformedBytesException]
/// and nothing has changed, or what they mean can be used, written and read again.
public enum FuzzTarget {
    UPDATE_V1(update -> UpdateChecks.check(update, UpdateFormat.V1)),
    UPDATE_V2(update -> UpdateChecks.check(update, UpdateFormat.V2)),
    TOOLS_V1(update -> UpdateChecks.checkTools(update, UpdateFormat.V1)),
    TOOLS_V2(update -> UpdateChecks.checkTools(update, UpdateFormat.V2)),
    STATE_VECTOR(FuzzTarget::stateVector),
    SNAPSHOT_V1(bytes -> snapshot(bytes, UpdateFormat.V1)),
    SNAPSHOT_V2(bytes -> snapshot(bytes, UpdateFormat.V2)),
    RELATIVE_POSITION(FuzzTarget::relativePosition),
    ANY(FuzzTarget::any),
    JSON(FuzzTarget::json),
    FRAME(FuzzTarget::frame),
    AWARENESS(FuzzTarget::awareness);

    private final Consumer<Bytes> decoder;

    FuzzTarget(Consumer<Bytes> decoder) {
        this.decoder = decoder;
    }

    /// As in the names of the folders of the corpus: `update-v1`.
    public String folder() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FuzzTarget named(String folder) {
        return Arrays.stream(values())
                .filter(target -> target.folder().equals(folder))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no target is named " + folder));
    }

    /// @throws RuntimeException or an error, when something does not hold
    public void check(Bytes input) {
        try {
            decoder.accept(input);
        } catch (MalformedBytesException refused) {
            // The one answer to bytes that are not what they claim to be.
        }
    }

    /// For a check that may only be reached when the bytes were taken: refusing now is a failure.
    static void mustHold(String what, boolean holds) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    static <T> T taken(String what, java.util.function.Supplier<T> again) {
        try {
            return again.get();
        } catch (MalformedBytesException e) {
            throw new AssertionError(what + " is refused: " + e.getMessage(), e);
        }
    }

    private static void stateVector(Bytes bytes) {
        Doc doc = Samples.document();
        Bytes lacking = doc.stateSince(bytes);
        Doc reader = new Doc(99);
        taken("what somebody lacks", () -> reader.apply(lacking, null));
        Bytes diff = Updates.diff(Samples.update(), bytes);
        taken("a diff", () -> reader.apply(diff, null));
        doc.stateSince(bytes, UpdateFormat.V2);
    }

    private static void snapshot(Bytes bytes, UpdateFormat format) {
        Snapshot snapshot = Snapshot.decode(bytes, format);
        Bytes written = snapshot.encode(format);
        mustHold(
                "it is read again as it was",
                taken("a snapshot", () -> Snapshot.decode(written, format)).equals(snapshot));
        snapshot.contains(Samples.update());
        Doc doc = Samples.documentThatForgetsNothing();
        Bytes before = doc.state();
        doc.text("text").toDelta(snapshot);
        try {
            Doc restored = new Doc(99);
            snapshot.restore(doc, restored);
            Reading.of(restored);
        } catch (IllegalArgumentException notOfThisDocument) {
            // It speaks of what the document has not.
        }
        mustHold("looking back changes nothing", doc.state().equals(before));
    }

    private static void relativePosition(Bytes bytes) {
        RelativePosition position = RelativePosition.decode(bytes);
        mustHold(
                "it is read again as it was",
                taken("a position", () -> RelativePosition.decode(position.encode()))
                        .equals(position));
        RelativePosition.fromJson(position.toJson()).orElseThrow();
        position.in(Samples.document());
    }

    private static void any(Bytes bytes) {
        Any value = AnyCodec.read(new ByteReader(bytes));
        ByteWriter out = new ByteWriter();
        AnyCodec.write(out, value);
        mustHold(
                "it is read again as it was",
                taken("a value", () -> AnyCodec.read(new ByteReader(out.toBytes())))
                        .equals(value));
        try {
            String json = Json.stringify(value);
            mustHold(
                    "what JSON says of it stays",
                    Json.stringify(taken("JSON", () -> Json.parse(json))).equals(json));
        } catch (IllegalArgumentException notJson) {
            // Undefined and big integers.
        }
    }

    private static void json(Bytes bytes) {
        String text = new String(bytes.toArray(), StandardCharsets.UTF_8);
        String json = Json.stringify(Json.parse(text));
        mustHold(
                "it is printed as it was",
                Json.stringify(taken("JSON", () -> Json.parse(json))).equals(json));
    }

    private static void frame(Bytes bytes) {
        Message message = Messages.read(bytes);
        switch (message) {
            case Message.Unknown _ -> {
                return;
            }
            case Message.SyncStep1(var stateVector) -> Samples.document().stateSince(stateVector);
            case Message.AwarenessUpdate(var entries) -> {
                AwarenessStates states = new AwarenessStates();
                entries.forEach(states::apply);
                mustHold("who is here is among those who said so", states.all().size() <= entries.size());
            }
            case Message.SyncStep2 _,
                    Message.Update _,
                    Message.PermissionDenied _,
                    Message.QueryAwareness _,
                    Message.SyncStatus _ -> {}
        }
        Bytes written = Messages.write(message);
        mustHold(
                "it is read again as it was",
                taken("a message", () -> Messages.read(written)).equals(message));
    }

    private static void awareness(Bytes update) {
        InstantSource clock = InstantSource.fixed(Instant.EPOCH);
        Awareness awareness = new Awareness(7, clock);
        Map<Long, Long> before = awareness.clocks();
        try {
            awareness.apply(update, null);
        } catch (MalformedBytesException refused) {
            mustHold("what is refused changes nothing", awareness.clocks().equals(before));
            throw refused;
        }
        Awareness other = new Awareness(8, clock);
        Bytes all = awareness.encode(awareness.clocks().keySet());
        taken("what it says", () -> {
            other.apply(all, null);
            return other.states();
        });
        mustHold("nobody can take the client away", awareness.clocks().containsKey(7L));
    }
}
