package org.civicpress.realtime.server.ops;

/// What is counted. Each only grows, and starts at 0 with the process.
public enum Counter {
    SESSIONS_JOINED,
    SESSIONS_LEFT,
    SESSIONS_TOO_SLOW,
    SESSIONS_MALFORMED,
    SESSIONS_STALE,
    ROOMS_OPENED,
    ROOMS_CLOSED,
    ROOMS_FAILED,
    ROOMS_LATE,
    MESSAGES_RECEIVED,
    EDITS_APPLIED,
    EDITS_REFUSED,
    FRAMES_SENT,
    JOURNAL_FAILURES,
    DRAFTS_WRITTEN,
    DRAFTS_UNFAITHFUL,
    DRAFTS_FAILED
}
