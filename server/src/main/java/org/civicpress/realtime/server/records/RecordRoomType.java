package org.civicpress.realtime.server.records;

import org.civicpress.realtime.civicpress.Drafts;
import org.civicpress.realtime.civicpress.Records;
import org.civicpress.realtime.server.ops.Counters;
import org.civicpress.realtime.server.room.RoomType;

/// Rooms of type `records`: the body of a record of the installation, from its draft when there is one, and back into the
/// draft. Shared.
public final class RecordRoomType implements RoomType, AutoCloseable {
    public static final String NAME = "records";

    private final Records records;
    private final Drafts drafts;
    private final Counters counters;

    public RecordRoomType(Records records, Drafts drafts, Counters counters) {
        this.records = records;
        this.drafts = drafts;
        this.counters = counters;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean speaksText() {
        return true;
    }

    /// Ends its threads. To be called after [org.civicpress.realtime.server.room.Rooms#close] has completed.
    @Override
    public void close() {}
}
