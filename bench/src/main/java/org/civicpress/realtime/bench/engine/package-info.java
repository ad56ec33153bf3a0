/// Micro-benchmarks of the engine.
@NullMarked
package org.civicpress.realtime.bench.engine;

import org.jspecify.annotations.NullMarked;
