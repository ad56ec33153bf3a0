/// From a room's document back to the draft of its record.
@NullMarked
package org.civicpress.realtime.server.writeback;

import org.jspecify.annotations.NullMarked;
