package org.civicpress.realtime.civicpress;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A record as CivicPress reads it: from its file when that can be read, else from its row. The fields that hold
/// structure are JSON text, as in the database. Immutable.
///
/// @param status the legal status; `workflowState` is the editorial one
/// @param body the Markdown below the front matter, without white space around it
/// @param path of the file, relative to the data directory
public record CivicRecord(
        String id,
        String title,
        String type,
        String status,
        @Nullable String workflowState,
        String body,
        @Nullable String author,
        @Nullable Instant created,
        @Nullable Instant updated,
        @Nullable String path,
        @Nullable String metadata,
        @Nullable String geography,
        @Nullable String attachedFiles,
        @Nullable String linkedRecords,
        @Nullable String linkedGeographyFiles) {}
