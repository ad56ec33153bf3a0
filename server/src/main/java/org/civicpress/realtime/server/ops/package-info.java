/// Numbers about what happens.
@NullMarked
package org.civicpress.realtime.server.ops;

import org.jspecify.annotations.NullMarked;
