/// Rooms that hold a Markdown record of a CivicPress installation.
@NullMarked
package org.civicpress.realtime.server.records;

import org.jspecify.annotations.NullMarked;
