package org.civicpress.realtime.server.writeback;

import java.util.Optional;

/// The Markdown bodies of the installation's records. Shared; its methods take their time, and throw what
/// the database throws.
public interface Bodies {
    /// The draft's body when there is a draft, else the record's; absent when there is neither.
    Optional<String> find(String record);

    /// Gives the record's draft this body, making a draft when there is none.
    void write(String record, String markdown);
}
