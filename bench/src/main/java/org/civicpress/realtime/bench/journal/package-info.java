/// The journal on a real disk: how soon an edit is safe, how many there may be, how long a room takes to open, and what
/// it all takes up.
@NullMarked
package org.civicpress.realtime.bench.journal;

import org.jspecify.annotations.NullMarked;
