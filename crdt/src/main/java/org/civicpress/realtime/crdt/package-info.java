/// Yjs in Java: documents, their shared types, and the values in them.
@NullMarked
package org.civicpress.realtime.crdt;

import org.jspecify.annotations.NullMarked;
