package org.civicpress.realtime.conformance.fuzz;

import org.civicpress.realtime.crdt.lib0.Bytes;

/// What Jazzer calls: `./dev fuzz TARGET SECONDS`. It looks which branches an input takes, keeps those that take
/// new ones, and makes its next inputs of them. Nothing here needs Jazzer to be compiled.
public final class Fuzz {
    private static FuzzTarget target = FuzzTarget.UPDATE_V1;

    private Fuzz() {}

    /// @param args the name of the target
    public static void fuzzerInitialize(String[] args) {
        target = FuzzTarget.named(args[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        target.check(Bytes.wrap(input));
    }
}
