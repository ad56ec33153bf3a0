package org.civicpress.realtime.cli.doc;

import java.util.OptionalLong;

/// How an operation is done. Immutable.
///
/// @param version update encoding of the inputs, 1 or 2
/// @param outVersion update encoding of a result that is an update
/// @param gc whether a document made for the operation forgets what was deleted
/// @param clientId of a document made for the operation; without one, a random one
public record DocOptions(int version, int outVersion, boolean gc, OptionalLong clientId) {
    public static final DocOptions DEFAULT = new DocOptions(1, 1, true, OptionalLong.empty());
}
