package org.civicpress.realtime.civicpress;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One line of the list of records, as the database has it. Immutable.
public record RecordSummary(
        String id,
        String title,
        String type,
        String status,
        @Nullable Instant updated) {}
