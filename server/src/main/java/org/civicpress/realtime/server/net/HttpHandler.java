package org.civicpress.realtime.server.net;

/// Answers requests. Shared; called on a worker's thread, where it may take its time.
@FunctionalInterface
public interface HttpHandler {
    HttpAnswer handle(HttpCall call);
}
