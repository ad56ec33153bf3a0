/// A live civic document as Markdown that a person can read, and back.
///
/// ```
/// Markdown ─ CivicMarkdown.parse ─▶ Tree ─ CivicSeed.of ──────▶ Yjs update
/// Markdown ◀ CivicMarkdown.write ── Tree ◀ CivicDocument.read ─ Doc
/// ```
///
/// What cannot be carried is named, never dropped in silence: `parse` lists its losses, and `write` answers
/// [Written.Unfaithful] instead of a text that would read differently. What may differ is listed in [Norm].
@NullMarked
package org.civicpress.realtime.markdown;

import org.jspecify.annotations.NullMarked;
