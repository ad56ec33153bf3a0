/// The server as a whole.
@NullMarked
package org.civicpress.realtime.server;

import org.jspecify.annotations.NullMarked;
