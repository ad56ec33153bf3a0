package org.civicpress.realtime.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waiting for what another thread does, on a worker's thread, which has nothing better to do.
public final class Patience {
    private static final int LIMIT_SECONDS = 10;

    private Patience() {}

    /// @throws UnavailableException when it fails, or takes too long
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.copy().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UnavailableException(
                    cause instanceof TimeoutException
                            ? "the server is busy; try again"
                            : String.valueOf(cause.getMessage()),
                    e);
        }
    }
}
