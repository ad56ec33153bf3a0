package org.civicpress.realtime.crdt;

import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// The two encodings that Yjs has for updates. They say the same; V2 is smaller for large documents, V1 is what
/// goes over sockets.
public enum UpdateFormat {
    V1 {
        @Override
        UpdateInput deletionsInput(ByteReader in) {
            return new FormatV1.Input(in);
        }

        @Override
        UpdateInput input(Bytes bytes) {
            return new FormatV1.Input(new ByteReader(bytes));
        }

        @Override
        UpdateOutput output(int sizeHint) {
            return new FormatV1.Output(sizeHint);
        }

        @Override
        UpdateCursor cursor(Bytes update, boolean pastSkips) {
            return new CursorV1(update, pastSkips);
        }
    },
    V2 {
        @Override
        UpdateInput deletionsInput(ByteReader in) {
            return new FormatV2.Input(in, false);
        }

        @Override
        UpdateInput input(Bytes bytes) {
            return new FormatV2.Input(new ByteReader(bytes));
        }

        @Override
        UpdateOutput output(int sizeHint) {
            return new FormatV2.Output(sizeHint);
        }

        @Override
        UpdateCursor cursor(Bytes update, boolean pastSkips) {
            return new CursorV2(update, pastSkips);
        }
    };

    abstract UpdateInput input(Bytes bytes);

    /// For deletions that stand alone, without an update before them.
    abstract UpdateInput deletionsInput(ByteReader in);

    abstract UpdateOutput output(int sizeHint);

    /// At the first struct of an update.
    abstract UpdateCursor cursor(Bytes update, boolean pastSkips);
}
