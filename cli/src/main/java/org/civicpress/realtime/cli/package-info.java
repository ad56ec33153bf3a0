/// The commands: what a person types, and what they are told when it goes wrong.
@NullMarked
package org.civicpress.realtime.cli;

import org.jspecify.annotations.NullMarked;
