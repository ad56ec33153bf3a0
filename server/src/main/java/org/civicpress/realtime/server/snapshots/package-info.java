/// Snapshots of records' documents, as CivicPress's own realtime service keeps them.
@NullMarked
package org.civicpress.realtime.server.snapshots;

import org.jspecify.annotations.NullMarked;
