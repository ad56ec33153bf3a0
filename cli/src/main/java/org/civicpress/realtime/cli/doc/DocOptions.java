package org.civicpress.realtime.cli.doc;

import java.util.OptionalLong;
import org.civicpress.realtime.crdt.UpdateFormat;

/// How an operation is done. Immutable.
///
/// @param format of the updates that come in
/// @param outFormat of a state that goes out
/// @param gc whether a document made for the operation forgets what was deleted
/// @param clientId of a document made for the operation; without one, a random one
public record DocOptions(UpdateFormat format, UpdateFormat outFormat, boolean gc, OptionalLong clientId) {
    public static final DocOptions DEFAULT =
            new DocOptions(UpdateFormat.V1, UpdateFormat.V1, true, OptionalLong.empty());
}
