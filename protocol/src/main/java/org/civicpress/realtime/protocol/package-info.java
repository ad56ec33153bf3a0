/// What is said over a socket: y-protocols sync and awareness, and the codes with which a connection ends.
@NullMarked
package org.civicpress.realtime.protocol;

import org.jspecify.annotations.NullMarked;
