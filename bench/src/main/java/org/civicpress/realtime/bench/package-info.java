/// What both commands need.
@NullMarked
package org.civicpress.realtime.bench;

import org.jspecify.annotations.NullMarked;
