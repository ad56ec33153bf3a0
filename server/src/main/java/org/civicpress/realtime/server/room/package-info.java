/// Rooms: live documents with the sessions that edit them. The centre of the server; it names what it needs
/// of its siblings as small interfaces, which they implement.
@NullMarked
package org.civicpress.realtime.server.room;

import org.jspecify.annotations.NullMarked;
