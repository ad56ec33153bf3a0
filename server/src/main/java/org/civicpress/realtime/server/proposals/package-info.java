/// What waits for a person because it could not be merged: kept, looked at, applied or dropped.
@NullMarked
package org.civicpress.realtime.server.proposals;

import org.jspecify.annotations.NullMarked;
