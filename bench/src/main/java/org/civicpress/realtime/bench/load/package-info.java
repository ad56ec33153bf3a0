/// Real sockets against real server processes: this server and the peer, in one run, in turns.
@NullMarked
package org.civicpress.realtime.bench.load;

import org.jspecify.annotations.NullMarked;
