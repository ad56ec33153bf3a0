package org.civicpress.realtime.protocol;

import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// One message between a client and its room. Immutable.
public sealed interface Message {
    /// Tell me what I lack: here is what I have.
    record SyncStep1(Bytes stateVector) implements Message {}

    /// What you lack.
    record SyncStep2(Bytes update) implements Message {}

    /// An edit.
    record Update(Bytes update) implements Message {}

    /// Who is here, and where.
    record AwarenessUpdate(List<AwarenessEntry> entries) implements Message {
        public AwarenessUpdate {
            entries = List.copyOf(entries);
        }
    }

    /// You may not do that.
    record PermissionDenied(String reason) implements Message {}

    /// Tell me who is here.
    record QueryAwareness() implements Message {}

    /// From a client: tell me when all I sent before is safe. From the server, with the same token: it is.
    record SyncStatus(Bytes token) implements Message {}

    /// Of a kind that this version does not know; to be ignored.
    record Unknown(long type) implements Message {}
}
