package org.civicpress.realtime.server.net;

import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// A request that is not a WebSocket's. Immutable; not to be logged, it may carry a token.
///
/// @param path of the target, as it stands there, without the query
public record HttpCall(
        String method,
        String path,
        Optional<String> authorization,
        Optional<String> contentType,
        Optional<String> host,
        Bytes body) {
    @Override
    public String toString() {
        return method + " " + path;
    }
}
