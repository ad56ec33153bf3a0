package org.civicpress.realtime.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waiting for what another thread does, on a worker's thread, which has nothing better to do.
public final class Patience {
    private static final int SECONDS = 10;

    private Patience() {}

    /// @throws UnavailableException when it fails, or takes too long
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UnavailableException(String.valueOf(cause.getMessage()), e);
        } catch (TimeoutException e) {
            throw new UnavailableException("the server is busy; try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("the server is stopping; try again", e);
        }
    }
}
