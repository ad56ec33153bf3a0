package org.civicpress.realtime.protocol;

/// What one client says of itself. Immutable.
///
/// @param client the Yjs client
/// @param clock grows with each state of this client
/// @param state JSON text, as it came; `null` when the client is gone
public record AwarenessEntry(long client, long clock, String state) {
    /// The state of a client that is gone.
    public static final String GONE = "null";

    public boolean isGone() {
        return state.equals(GONE);
    }
}
