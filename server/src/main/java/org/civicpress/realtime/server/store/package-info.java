/// What must survive: the journal of all rooms in SQLite, and the snapshots that CivicPress keeps.
@NullMarked
package org.civicpress.realtime.server.store;

import org.jspecify.annotations.NullMarked;
