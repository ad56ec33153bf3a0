/// The engine beside npm `yjs` and `ywasm`: the same works on the same bytes, in fresh processes that take turns.
@NullMarked
package org.civicpress.realtime.bench.engine;

import org.jspecify.annotations.NullMarked;
