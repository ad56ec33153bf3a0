package org.civicpress.realtime.civicpress;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The unpublished text of a record. There is at most one per record, in the database only. Immutable.
///
/// @param body the Markdown; empty when the draft has none
public record Draft(
        String id,
        String title,
        String type,
        @Nullable String status,
        @Nullable String workflowState,
        String body,
        @Nullable String metadata,
        @Nullable String geography,
        @Nullable String attachedFiles,
        @Nullable String linkedRecords,
        @Nullable String linkedGeographyFiles,
        @Nullable String author,
        @Nullable String createdBy,
        @Nullable Instant saved,
        @Nullable Instant updated) {}
