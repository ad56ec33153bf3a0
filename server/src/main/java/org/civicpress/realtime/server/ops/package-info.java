/// Numbers about what happens, and waiting for what has to happen elsewhere.
@NullMarked
package org.civicpress.realtime.server.ops;

import org.jspecify.annotations.NullMarked;
