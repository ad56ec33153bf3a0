/// Rooms that hold any Yjs document.
@NullMarked
package org.civicpress.realtime.server.docs;

import org.jspecify.annotations.NullMarked;
