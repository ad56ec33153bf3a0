package org.civicpress.realtime.protocol;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// The wire form of a [Message]: one message, one binary frame.
///
/// ```
/// message   := varUint(0) sync
///            | varUint(1) byteArray(awareness)
///            | varUint(2) varUint(0) varString            permission denied
///            | varUint(3)                                 query awareness
///            | varUint(102) byteArray                     sync status
///            | varUint byte*                              unknown
/// sync      := varUint(0) byteArray(stateVector)          step 1
///            | varUint(1) byteArray(update)               step 2
///            | varUint(2) byteArray(update)               update
/// awareness := varUint(n) n × (varUint(client) varUint(clock) varString(json))
/// ```
///
/// Bytes after the message are refused, because the reference would drop them without a word. Updates and state
/// vectors are taken as they are; whoever applies them decodes them. Awareness is decoded whole: its JSON goes on
/// to people's browsers, so it must be JSON, and neither large nor deep.
public final class Messages {
    /// The most that one client may say of itself, in UTF-16 units.
    public static final int MAX_STATE_LENGTH = 64 << 10;

    /// The highest clock that a presence may have. Above the clock that is known there has to be room for more: a
    /// client that had none could say nothing any more, and anybody can say something in its place.
    public static final long MAX_CLOCK = 1L << 52;

    private static final int SYNC = 0;
    private static final int AWARENESS = 1;
    private static final int AUTH = 2;
    private static final int QUERY_AWARENESS = 3;
    private static final int SYNC_STATUS = 102;

    private static final int STEP_1 = 0;
    private static final int STEP_2 = 1;
    private static final int UPDATE = 2;

    private static final int PERMISSION_DENIED = 0;

    private Messages() {}

    /// @throws MalformedBytesException when the frame is not a message
    public static Message read(Bytes frame) {
        ByteReader in = new ByteReader(frame);
        long type = in.varUint();
        Message message = switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case SYNC -> readSync(in);
            case AWARENESS -> new Message.AwarenessUpdate(readAwareness(in.byteArray()));
            case AUTH -> readAuth(in);
            case QUERY_AWARENESS -> new Message.QueryAwareness();
            case SYNC_STATUS -> new Message.SyncStatus(in.byteArray());
            default -> {
                in.bytes(in.remaining());
                yield new Message.Unknown(type);
            }
        };
        if (in.hasRemaining()) {
            throw in.malformed(in.remaining() + " bytes after the message");
        }
        return message;
    }

    private static Message readSync(ByteReader in) {
        return switch (in.tag()) {
            case STEP_1 -> new Message.SyncStep1(in.byteArray());
            case STEP_2 -> new Message.SyncStep2(in.byteArray());
            case UPDATE -> new Message.Update(in.byteArray());
            default -> throw in.malformed("unknown sync step");
        };
    }

    private static Message readAuth(ByteReader in) {
        int tag = in.tag();
        if (tag == PERMISSION_DENIED) {
            return new Message.PermissionDenied(in.varString());
        }
        in.bytes(in.remaining());
        return new Message.Unknown(AUTH);
    }

    static List<AwarenessEntry> readAwareness(Bytes bytes) {
        ByteReader in = new ByteReader(bytes);
        int count = in.count();
        List<AwarenessEntry> entries = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            long client = in.varUint();
            long clock = in.varUint();
            if (clock > MAX_CLOCK) {
                throw in.malformed("a presence at clock " + clock);
            }
            String state = in.varString();
            if (state.length() > MAX_STATE_LENGTH) {
                throw in.malformed("a presence of " + state.length() + " characters");
            }
            if (!JsonText.isJson(state)) {
                throw in.malformed("a presence that is not JSON");
            }
            entries.add(new AwarenessEntry(client, clock, state));
        }
        if (in.hasRemaining()) {
            throw in.malformed(in.remaining() + " bytes after the presence");
        }
        return entries;
    }

    public static Bytes write(Message message) {
        ByteWriter out = new ByteWriter();
        switch (message) {
            case Message.SyncStep1(var stateVector) ->
                out.varUint(SYNC).varUint(STEP_1).byteArray(stateVector);
            case Message.SyncStep2(var update) ->
                out.varUint(SYNC).varUint(STEP_2).byteArray(update);
            case Message.Update(var update) -> out.varUint(SYNC).varUint(UPDATE).byteArray(update);
            case Message.AwarenessUpdate(var entries) -> out.varUint(AWARENESS).byteArray(writeAwareness(entries));
            case Message.PermissionDenied(var reason) ->
                out.varUint(AUTH).varUint(PERMISSION_DENIED).varString(reason);
            case Message.QueryAwareness() -> out.varUint(QUERY_AWARENESS);
            case Message.SyncStatus(var token) -> out.varUint(SYNC_STATUS).byteArray(token);
            case Message.Unknown(var type) ->
                throw new IllegalArgumentException("a message of the unknown type " + type);
        }
        return out.toBytes();
    }

    static Bytes writeAwareness(List<AwarenessEntry> entries) {
        ByteWriter out = new ByteWriter();
        out.varUint(entries.size());
        for (AwarenessEntry entry : entries) {
            out.varUint(entry.client()).varUint(entry.clock()).varString(entry.state());
        }
        return out.toBytes();
    }
}
