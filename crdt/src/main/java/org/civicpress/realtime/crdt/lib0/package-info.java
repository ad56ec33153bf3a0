/// The primitives that Yjs's encodings are made of.
@NullMarked
package org.civicpress.realtime.crdt.lib0;

import org.jspecify.annotations.NullMarked;
