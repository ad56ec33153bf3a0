package org.civicpress.realtime.server.auth;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.civicpress.CivicDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that who is inside may be. CivicPress logs people out, changes roles, deletes and archives in a process
/// of its own; all of it is a write to the database that both share. So the watch looks twice a second whether there
/// was one, which costs next to nothing, and when there was, asks again for everybody. Every now and then it asks for
/// everybody in any case.
///
/// Trouble with the database ends nobody's session: it is logged once, and everybody is asked about when it is over.
///
/// Shared; has a platform thread of its own.
public final class AccessWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessWatch.class);
    private static final int LOOK_MILLIS = 500;
    private static final int LOOKS_UNTIL_THOROUGH = 40;
    private static final int CLOSE_SECONDS = 5;

    private final CivicDatabase.Changes changes;
    private final Inside inside;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("access-watch").factory());

    /// Somebody may have been missed, or trouble came between.
    private boolean isRoundDue;

    private boolean isTroubled;
    private int looks;

    /// Those who are inside. Shared.
    public interface Inside {
        /// Whether somebody came in who was judged before the last round and was not there yet during it. Says so once.
        boolean wasMissed();

        /// Asks again for everybody, on this thread.
        void askAgain(Round round);
    }

    public AccessWatch(CivicDatabase database, Inside inside) {
        changes = database.changes();
        this.inside = inside;
        thread.scheduleWithFixedDelay(() -> look(false), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Asks again for everybody, now. Returns at once.
    public void askNow() {
        try {
            thread.execute(() -> look(true));
        } catch (RejectedExecutionException e) {
            LOG.debug("nobody is asked about any more", e);
        }
    }

    private void look(boolean isWanted) {
        try {
            boolean hasChanged = changes.happened();
            boolean isThorough = isWanted || ++looks % LOOKS_UNTIL_THOROUGH == 0;
            if (inside.wasMissed() || hasChanged || isThorough) {
                isRoundDue = true;
            }
            if (isRoundDue) {
                inside.askAgain(new Round(isThorough));
                isRoundDue = false;
            }
            if (isTroubled) {
                isTroubled = false;
                LOG.info("whether sessions are still valid can be asked again");
            }
        } catch (RuntimeException e) {
            isRoundDue = true;
            if (!isTroubled) {
                isTroubled = true;
                LOG.warn("cannot ask whether sessions are still valid; everybody stays until it can be asked", e);
            }
        }
    }

    /// To be called before the database is closed.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("it is still being asked whether sessions are valid");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        changes.close();
    }
}
