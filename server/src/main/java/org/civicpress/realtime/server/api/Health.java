package org.civicpress.realtime.server.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.civicpress.realtime.server.auth.ConnectionLimits;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.Journal;
import org.civicpress.realtime.server.room.Rooms;

/// How the server is: 200 when edits are being kept, and soon; 503 when they are not, or wait. Shared.
public final class Health {
    private final Rooms rooms;
    private final ConnectionLimits limits;
    private final Journal journal;
    private final Counters counters;

    public Health(Rooms rooms, ConnectionLimits limits, Journal journal, Counters counters) {
        this.rooms = rooms;
        this.limits = limits;
        this.journal = journal;
        this.counters = counters;
    }

    HttpAnswer answer() {
        Journal.Health kept = journal.health();
        Map<String, Object> health = new LinkedHashMap<>();
        health.put("status", kept.isWell() ? "healthy" : "unhealthy");
        health.put("server", Map.of("listening", true));
        health.put("rooms", ordered("total", rooms.people().size(), "maxRooms", rooms.maxRooms()));
        health.put("connections", ordered("total", limits.total(), "perUser", limits.users(), "perIP", limits.peers()));
        Map<String, Object> ofJournal =
                ordered("waiting", kept.waiting(), "waitingBytes", kept.waitingBytes(), "lagMillis", kept.lagMillis());
        kept.trouble().ifPresent(trouble -> ofJournal.put("trouble", trouble));
        health.put("journal", ofJournal);
        health.put(
                "drafts",
                ordered(
                        "written", counters.get(Counter.DRAFTS_WRITTEN),
                        "unfaithful", counters.get(Counter.DRAFTS_UNFAITHFUL),
                        "failed", counters.get(Counter.DRAFTS_FAILED)));
        return Json.plain(kept.isWell() ? 200 : 503, health);
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
