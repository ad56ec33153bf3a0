/// `doc`: the engine from a shell, to inspect, repair and compare documents.
@NullMarked
package org.civicpress.realtime.cli.doc;

import org.jspecify.annotations.NullMarked;
