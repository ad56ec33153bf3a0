package org.civicpress.realtime.server.writeback;

import java.util.Optional;
import org.civicpress.realtime.civicpress.CivicRecord;
import org.civicpress.realtime.civicpress.Draft;
import org.civicpress.realtime.civicpress.Drafts;
import org.civicpress.realtime.civicpress.Records;

/// The bodies in a CivicPress installation. Shared: platform threads only, because its database would pin
/// the carrier of a virtual one.
public record CivicBodies(Records records, Drafts drafts) implements Bodies {
    @Override
    public Optional<String> find(String record) {
        Optional<String> draft = drafts.find(record).map(Draft::body);
        return draft.isPresent() ? draft : records.find(record).map(CivicRecord::body);
    }

    @Override
    public void write(String record, String markdown) {
        drafts.writeBody(record, markdown);
    }
}
