/// The one port: HTTP and WebSocket on Netty, and rooms' loops made of Netty's.
@NullMarked
package org.civicpress.realtime.server.net;

import org.jspecify.annotations.NullMarked;
